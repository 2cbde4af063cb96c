"""The media of notifications: how varve's own texts and the values of alerts are written in each.

A value may contain anything, so it is always escaped for its medium: no label can mention a channel, end a string, or
be read as a link. Values are cut to their length after escaping, and never inside an escape.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from varve.language import canonical
from varve.language.gotemplate import escape

_REPEAT: Final = 1000
"""The maximum count of a repetition in Go's regular expressions."""

CUT: Final = "…"
NOTHING: Final = "-"

LONGEST_URL: Final = 700
_URL: Final = rf"^https?://[^\pC\pZ\x{{FFFE}}\x{{FFFF}}]{{1,{LONGEST_URL}}}$"
_ENCODED: Final = (("<", "%3C"), (">", "%3E"), ("[|]", "%7C"), ('"', "%22"), ("`", "%60"))

# Control characters, which YAML refuses in the payload of a webhook, and those that change the direction of text.
_CONTROLS: Final = (
    r"[\x00-\x08\x0B-\x1F\x7F-\x9F\x{2028}\x{2029}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}\x{FFFE}\x{FFFF}]"
)


class Medium(NamedTuple):
    """How texts are written for one kind of destination.

    `literal` writes varve's own text, `escape` is the part of a pipeline that escapes a value, and `quote` its last
    step. `newline` separates two lines. `markup` is whether times and links are written as for Slack or as HTML.
    `shared` is the prefix of the names of definitions that print values; if it is empty, each value has a whole
    pipeline.
    """

    literal: Callable[[str], str]
    escape: str = ""
    quote: str = ""
    newline: str = "\n"
    markup: str = ""
    shared: str = ""


def _replace(pattern: str, by: str) -> str:
    mark = '"' if "`" in pattern + by else "`"
    return f" | reReplaceAll {mark}{pattern}{mark} {mark}{by}{mark}"


def _json(text: str) -> str:
    return escape(canonical.json(text).decode().strip()[1:-1])


def _html(text: str) -> str:
    from html import escape as escape_html

    return escape(escape_html(text))


_ENTITIES: Final = _replace("&", "&amp;") + _replace("<", "&lt;") + _replace(">", "&gt;")
_IN_STRING: Final = " | toJson" + _replace('^"|"$', "")

PLAIN: Final = Medium(escape)
# The text of a card is Markdown, in which a link or a picture needs `](`.
TEAMS: Final = Medium(escape, _replace(r"\]\(", "] ("), newline="\n\n")
# A description in Jira is wiki text, with mentions and links in brackets, and macros in braces.
JIRA: Final = Medium(escape, _replace(r"([\\\[\]{}!|])", r"\${1}"))
HTML: Final = Medium(_html, newline="", markup="html")
MRKDWN: Final = Medium(escape, _ENTITIES, markup="mrkdwn")
JSON_PLAIN: Final = Medium(_json, "", _IN_STRING, newline="\\n")
JSON_MRKDWN: Final = Medium(_json, _ENTITIES, _IN_STRING, newline="\\n", markup="mrkdwn")


def value(expression: str, most: int, medium: Medium, *, lines: bool = False) -> str:
    """The action that prints a value: by a shared definition, or by the whole pipeline."""
    if medium.shared:
        return f'{{{{ template "{medium.shared}.{"lines" if lines else "line"}.{most}" {expression} }}}}'
    return f"{{{{ {text(expression, most, medium, lines=lines)} }}}}"


def address(expression: str, medium: Medium) -> str:
    """The action that prints a URL."""
    return (
        f'{{{{ template "{medium.shared}.url" {expression} }}}}'
        if medium.shared
        else f"{{{{ {url(expression, medium)} }}}}"
    )


def text(expression: str, most: int, medium: Medium, *, lines: bool = False) -> str:
    """The pipeline of a value: without control characters, on one line unless `lines`, escaped, and cut.

    The result has at most `most` characters, or one more if it was cut and `CUT` was appended.
    """
    blank = "" if lines else _replace(r"\s+", " ")
    clean = expression + _replace(_CONTROLS, "") + blank + _replace(r"^\s+|\s+$", "")
    cut_entity = _replace(f"&[a-z]*{CUT}$", CUT) if medium.escape == _ENTITIES else ""
    return f'or ({clean}) "{NOTHING}"{medium.escape}{_replace(_longer(most), "${1}" + CUT)}{cut_entity}{medium.quote}'


def is_url(expression: str) -> str:
    """The condition that a value is a URL that may be linked."""
    return f"match `{_URL}` {expression}"


def url(expression: str, medium: Medium) -> str:
    """The pipeline of a URL, in which characters that could end it are percent-encoded."""
    encoded = expression + "".join(_replace(pattern, by) for pattern, by in _ENCODED)
    return encoded + (_replace("&", "&amp;") if medium.escape == _ENTITIES else "") + medium.quote


def longest_url() -> int:
    """The maximum number of characters of a URL: three for each, in case all are encoded."""
    return len("https://") + 3 * LONGEST_URL


def _longer(most: int) -> str:
    """The regular expression that matches texts longer than `most`, with the first `most` characters as a group."""
    whole, rest = divmod(most, _REPEAT)
    return f"(?s)^({f'.{{{_REPEAT}}}' * whole}.{{{rest}}}).+$"
