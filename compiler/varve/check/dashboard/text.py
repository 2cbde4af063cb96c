"""Whether the texts of a dashboard are safe: no scripts or HTML, links to pages only, no buttons that send requests."""

import html
import re
from collections.abc import Iterator
from typing import Final

from varve.language.name import dotted
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Document, Keys, Value

BAD_LINK = Rule(
    "check/bad-dashboard-link",
    "Dashboard link does not lead to a page",
    "A link may lead to a page (`https://…`, `http://…`) or to a place within Grafana (`/d/…`, `?…`). Anything else "
    "could run a script in the viewer's browser. Blanks and control characters are ignored, because browsers drop "
    "them, and a variable may not be part of the scheme: a variable at the start of a link must be the whole link, "
    "or be followed by `/`, `?` or `#`.",
)
SCRIPT = Rule(
    "check/dashboard-script",
    "Dashboard contains HTML or a script",
    "Text panels in the mode `html`, and texts with HTML in them, run in the browser of every viewer if Grafana is "
    "configured not to sanitise them. Write text panels and descriptions in Markdown, `&lt;` for a `<` before a "
    "letter, and links as `[text](https://…)`.",
)
ACTION = Rule(
    "check/dashboard-action",
    "Dashboard button sends a request",
    "Buttons of a canvas and actions of fields send a request from the browser, with the rights of whoever presses "
    "them: an administrator would change Grafana itself in a tenant's name. Remove the action, or make it a link.",
)

_REQUESTS: Final = ("api", "fetch", "infinity")
_RENDERED: Final = ("content", "description", "textFormat", "titleFormat", "tooltip")
"""Keys whose texts Grafana renders as Markdown or HTML; elsewhere, such as in queries, `<` is shown as it is."""

_MARKUP: Final = re.compile(r"<(?:[A-Za-z!/$]|\[\[)[^\s<>]{0,20}")
_ELEMENT: Final = re.compile(
    r"<\s*+/?\s*+(?:script|iframe|object|embed|img|svg|math|meta|form|link|base|style|video|audio)\b", re.IGNORECASE
)
_PROGRAM: Final = re.compile(r"(?:javascript|vbscript):|data:text/html", re.IGNORECASE)
_IGNORED: Final = re.compile(r"[\s\x00-\x1f\x7f]+")
_VARIABLE: Final = re.compile(r"\$\{[^{}]*+\}|\[\[[^\[\]]*+\]\]|\$[A-Za-z_]\w*+", re.ASCII)
_SCHEME: Final = re.compile(r"[^/?#:]*+:")
_COMPOSED: Final = re.compile(r"\$[^/?#]")


def check(document: Document, report: Report) -> None:
    """Report texts that could run as scripts, links that do not lead to a page, and buttons that send a request."""
    for keys, value in _walk(document.value, ()):
        place = Place(document.path, keys)
        if isinstance(value, str):
            _check_text(place, value, report)
        elif keys[-1] in _REQUESTS and isinstance(value, dict) and (value.get("endpoint") or value.get("url")):
            hint = "remove it, or make it a link"
            report.add(ACTION, f"`{dotted(keys)}` sends a request", Place(document.path, keys, "key"), hint=hint)


def _check_text(place: Place, text: str, report: Report) -> None:
    key, where = place.keys[-1], dotted(place.keys)
    if key == "mode" and text.strip().casefold() == "html":
        report.add(SCRIPT, f"the text panel mode `{text.strip()}` is not allowed", place, hint="write Markdown")
    elif found := _program(text) or (_MARKUP.search(text) if key in _RENDERED else None):
        hint = "write Markdown, with `&lt;` for `<`" if found[0].startswith("<") else "remove it"
        report.add(SCRIPT, f"`{where}` contains `{found[0]}`", place, hint=hint)
    elif isinstance(key, str) and key.casefold().endswith("url") and not _leads_to_page(text):
        report.add(BAD_LINK, f"`{where}` does not lead to a page", place, hint="begin with `https://` or `/`")


def _program(text: str) -> re.Match[str] | None:
    """A script in the text as browsers read it: without entities, blanks, and backslashes that Markdown removes."""
    normalised = _IGNORED.sub("", html.unescape(text)).replace("\\", "")
    return _ELEMENT.search(text) or _PROGRAM.search(normalised)


def _leads_to_page(url: str) -> bool:
    """Whether the link stays in Grafana or opens a page in a browser, which treats a backslash as a slash."""
    normalised = _VARIABLE.sub("$", _IGNORED.sub("", url).replace("\\", "/"))
    scheme = _SCHEME.match(normalised)
    if normalised.startswith("//") or _COMPOSED.match(normalised):
        return False
    return scheme is None or scheme[0].lower() in ("http:", "https:")


def _walk(value: Value, at: Keys) -> Iterator[tuple[Keys, Value]]:
    """Every value in the dashboard, with its path."""
    if at:
        yield at, value
    match value:
        case dict():
            for key, each in value.items():
                yield from _walk(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                yield from _walk(each, (*at, index))
