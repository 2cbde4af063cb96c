"""The functions that an alert's texts may call, with the types of their arguments and results."""

from collections.abc import Mapping
from enum import Flag, auto
from types import MappingProxyType
from typing import Final, NamedTuple


class Sort(Flag):
    """The type of a value in a template; a set of sorts is what a function accepts, or what a value can be."""

    TEXT = auto()
    INT = auto()
    FLOAT = auto()
    BOOL = auto()
    LABELS = auto()


ANY: Final = Sort.TEXT | Sort.INT | Sort.FLOAT | Sort.BOOL | Sort.LABELS
_NUMBER: Final = Sort.TEXT | Sort.INT | Sort.FLOAT  # a text is converted to a number when the alert fires
_ORDERED: Final = Sort.TEXT | Sort.INT | Sort.FLOAT
_EQUAL: Final = _ORDERED | Sort.BOOL


class Operand(NamedTuple):
    """A value in a template: its possible types, the maximum bytes that it prints, and its value if it is a literal."""

    sort: Sort
    length: int
    literal: str | None = None


class Function(NamedTuple):
    """The types of a function's arguments and result; if it is `variadic`, the last argument can be repeated."""

    takes: tuple[Sort, ...]
    returns: Sort = Sort.TEXT
    variadic: bool = False
    least: int = 0  # number of arguments, if fewer are required than listed

    @property
    def fewest(self) -> int:
        """The minimum number of arguments."""
        return self.least or len(self.takes)


COMPARISONS: Final = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
CHOICES: Final = frozenset({"and", "or"})
PATTERNS: Final = frozenset({"match", "reReplaceAll"})

FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp"),
            Function((_NUMBER,)),
        ),
        **dict.fromkeys(("title", "toUpper", "toLower", "stripPort", "stripDomain"), Function((Sort.TEXT,))),
        **dict.fromkeys(("print", "println", "urlquery"), Function((ANY,), variadic=True)),
        **dict.fromkeys(("lt", "le", "gt", "ge"), Function((_ORDERED, _ORDERED), Sort.BOOL)),
        **dict.fromkeys(("and", "or"), Function((ANY,), ANY, variadic=True)),
        "ne": Function((_EQUAL, _EQUAL), Sort.BOOL),
        "eq": Function((_EQUAL, _EQUAL), Sort.BOOL, variadic=True),
        "not": Function((ANY,), Sort.BOOL),
        "len": Function((Sort.TEXT | Sort.LABELS,), Sort.INT),
        "index": Function((Sort.LABELS, Sort.TEXT)),
        "match": Function((Sort.TEXT, Sort.TEXT), Sort.BOOL),
        "reReplaceAll": Function((Sort.TEXT, Sort.TEXT, Sort.TEXT)),
        "printf": Function((Sort.TEXT, ANY), variadic=True, least=1),
    }
)

_READS: Final = "it reads series beyond the alert's own"
_PAGES: Final = "it is meant for console pages"
_TOO_NEW: Final = "not every supported Prometheus has it"
REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "query": _READS,
        **dict.fromkeys(("first", "value", "label", "strvalue", "sortByLabel"), "it works on the results of `query`"),
        **dict.fromkeys(("tableLink", "graphLink", "pathPrefix", "safeHtml", "args", "tmpl"), _PAGES),
        **dict.fromkeys(("now", "toDuration", "toTime", "parseDuration", "urlQueryEscape"), _TOO_NEW),
        **dict.fromkeys(("html", "js", "call", "slice"), "nothing in an alert's text needs it"),
        "externalURL": "write `$externalURL`",
    }
)
"""Functions of Prometheus or Go that an alert's text may not call, each with the reason."""

KEYWORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("range", "break", "continue"), "there is nothing to repeat"),
        **dict.fromkeys(("define", "template", "block"), "a template cannot refer to another one"),
        "with": "nothing else is allowed in its action",
        "nil": "there is nothing that could be nil",
    }
)
"""Go's keywords that are not allowed in an alert's text, each with the reason."""
