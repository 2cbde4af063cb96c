"""The functions that an alert's texts may call, and what they take and give."""

from collections.abc import Mapping
from enum import Flag, auto
from types import MappingProxyType
from typing import Final, NamedTuple


class Sort(Flag):
    """What a value of a template is; a set of sorts is what a function admits, or what a value might be."""

    TEXT = auto()
    INT = auto()
    FLOAT = auto()
    BOOL = auto()
    LABELS = auto()


ANY: Final = Sort.TEXT | Sort.INT | Sort.FLOAT | Sort.BOOL | Sort.LABELS
_NUMBER: Final = Sort.TEXT | Sort.INT | Sort.FLOAT  # a text is read as a number when the alert fires
_ORDERED: Final = Sort.TEXT | Sort.INT | Sort.FLOAT
_EQUAL: Final = _ORDERED | Sort.BOOL


class Operand(NamedTuple):
    """A value in a template: what it might be, the bytes it prints at most, and what it says if it is written out."""

    sort: Sort
    length: int
    literal: str | None = None


class Function(NamedTuple):
    """What a function takes, argument by argument, and what it gives; with `more`, the last may come again."""

    takes: tuple[Sort, ...]
    gives: Sort = Sort.TEXT
    more: bool = False
    least: int = 0  # arguments, where fewer will do than are listed

    @property
    def fewest(self) -> int:
        """How many arguments it needs."""
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
        **dict.fromkeys(("print", "println", "urlquery"), Function((ANY,), more=True)),
        **dict.fromkeys(("lt", "le", "gt", "ge"), Function((_ORDERED, _ORDERED), Sort.BOOL)),
        **dict.fromkeys(("and", "or"), Function((ANY,), ANY, more=True)),
        "ne": Function((_EQUAL, _EQUAL), Sort.BOOL),
        "eq": Function((_EQUAL, _EQUAL), Sort.BOOL, more=True),
        "not": Function((ANY,), Sort.BOOL),
        "len": Function((Sort.TEXT | Sort.LABELS,), Sort.INT),
        "index": Function((Sort.LABELS, Sort.TEXT)),
        "match": Function((Sort.TEXT, Sort.TEXT), Sort.BOOL),
        "reReplaceAll": Function((Sort.TEXT, Sort.TEXT, Sort.TEXT)),
        "printf": Function((Sort.TEXT, ANY), more=True, least=1),
    }
)

_READS: Final = "it reads series beyond the alert's own"
_PAGES: Final = "it is meant for console pages"
_YOUNG: Final = "not every supported Prometheus has it"
REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "query": _READS,
        **dict.fromkeys(("first", "value", "label", "strvalue", "sortByLabel"), "it works on the results of `query`"),
        **dict.fromkeys(("tableLink", "graphLink", "pathPrefix", "safeHtml", "args", "tmpl"), _PAGES),
        **dict.fromkeys(("now", "toDuration", "toTime", "parseDuration", "urlQueryEscape"), _YOUNG),
        **dict.fromkeys(("html", "js", "call", "slice"), "nothing in an alert's text needs it"),
        "externalURL": "write `$externalURL`",
    }
)
"""Functions that Prometheus or Go knows and an alert's text may not call, each with the reason."""

KEYWORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("range", "break", "continue"), "there is nothing to repeat"),
        **dict.fromkeys(("define", "template", "block"), "a template cannot refer to another one"),
        "with": "nothing else is allowed in its action",
        "nil": "there is nothing that could be nil",
    }
)
"""Go's own words that have no place in an alert's text, each with the reason."""
