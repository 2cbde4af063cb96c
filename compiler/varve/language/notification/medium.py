"""The places that texts go to: how our own words and the values of alerts are written there.

A value may hold anything, so it never reaches a place but through that place's own escapes: no label can mention a
channel, end a string, or be read as a link. Lengths are cut after the escapes, and never inside one.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from varve.language import canonical
from varve.language.gotemplate import escape

_REPEAT: Final = 1000
"""How often a repetition in a regular expression of Go may repeat."""

CUT: Final = "…"
NOTHING: Final = "-"

LONGEST_URL: Final = 700
_URL: Final = rf"^https?://[^\pC\pZ\x{{FFFE}}\x{{FFFF}}]{{1,{LONGEST_URL}}}$"
_ENCODED: Final = (("<", "%3C"), (">", "%3E"), ("[|]", "%7C"), ('"', "%22"), ("`", "%60"))

# Controls, which YAML refuses in the payload of a webhook, and what turns the direction of writing around.
_CONTROLS: Final = (
    r"[\x00-\x08\x0B-\x1F\x7F-\x9F\x{2028}\x{2029}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}\x{FFFE}\x{FFFF}]"
)


class Medium(NamedTuple):
    """One way to write: `literal` our own text, `escape` a value, in a pipeline; `newline` between two lines.

    `quote` is the last step of a value's pipeline. In `markup`, times and links are those of Slack, or of HTML.
    `shared` begins the names of the definitions that print values; where there are none, each value has its pipeline.
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
# The text of a card is Markdown: a link or a picture is what brackets and a parenthesis make together.
TEAMS: Final = Medium(escape, _replace(r"\]\(", "] ("), newline="\n\n")
# A description in Jira is wiki text: people are mentioned and links are made in brackets, macros in braces.
JIRA: Final = Medium(escape, _replace(r"([\\\[\]{}!|])", r"\${1}"))
HTML: Final = Medium(_html, newline="", markup="html")
MRKDWN: Final = Medium(escape, _ENTITIES, markup="mrkdwn")
JSON_PLAIN: Final = Medium(_json, "", _IN_STRING, newline="\\n")
JSON_MRKDWN: Final = Medium(_json, _ENTITIES, _IN_STRING, newline="\\n", markup="mrkdwn")


def value(said: str, most: int, medium: Medium, *, lines: bool = False) -> str:
    """The action that prints a value: a call of what prints such values, or the whole pipeline."""
    if medium.shared:
        return f'{{{{ template "{medium.shared}.{"lines" if lines else "line"}.{most}" {said} }}}}'
    return f"{{{{ {text(said, most, medium, lines=lines)} }}}}"


def address(said: str, medium: Medium) -> str:
    """The action that prints an address."""
    return f'{{{{ template "{medium.shared}.url" {said} }}}}' if medium.shared else f"{{{{ {url(said, medium)} }}}}"


def text(said: str, most: int, medium: Medium, *, lines: bool = False) -> str:
    """The pipeline of a value: without controls, on one line unless `lines`, escaped, at most `most` and one more."""
    blank = "" if lines else _replace(r"\s+", " ")
    clean = said + _replace(_CONTROLS, "") + blank + _replace(r"^\s+|\s+$", "")
    torn = _replace(f"&[a-z]*{CUT}$", CUT) if medium.escape == _ENTITIES else ""
    return f'or ({clean}) "{NOTHING}"{medium.escape}{_replace(_longer(most), "${1}" + CUT)}{torn}{medium.quote}'


def is_url(said: str) -> str:
    """The condition that a value is an address that people may be led to."""
    return f"match `{_URL}` {said}"


def url(said: str, medium: Medium) -> str:
    """The pipeline of an address, with what would end it encoded."""
    encoded = said + "".join(_replace(pattern, by) for pattern, by in _ENCODED)
    return encoded + (_replace("&", "&amp;") if medium.escape == _ENTITIES else "") + medium.quote


def longest_url() -> int:
    """The most characters that an address may take: all that are encoded take three."""
    return len("https://") + 3 * LONGEST_URL


def _longer(most: int) -> str:
    """The regular expression of a text that is longer than `most`, with its beginning as a group."""
    whole, rest = divmod(most, _REPEAT)
    return f"(?s)^({f'.{{{_REPEAT}}}' * whole}.{{{rest}}}).+$"
