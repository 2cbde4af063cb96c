"""Values that YAML takes for comments, a common mistake with the names of Slack channels."""

import re
from typing import Final

from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.read import plain
from varve.read.events import Event, ScalarEvent, StreamEndEvent, events
from varve.read.mark import Lines

COMMENT_EATS_VALUE = Rule(
    "read/comment-eats-value",
    "A comment begins where a value was probably meant",
    "In YAML ` #` begins a comment, so `channel: #acme` is null and `says: ask #sre for help` is `ask`. Quote the "
    'value: `channel: "#acme"`. If a comment is meant, put a space after its `#`.',
    Severity.WARNING,
)

_HINT: Final = "quote the value, or put a space after the `#` of a comment"
_SUSPECTS: Final = (re.compile(r" #[^\s#]"), re.compile(r"\t#[^\s#]"))
# Comments that SOPS encrypted were not meant as values.
_COMMENT: Final = re.compile(r"[ \t]+(#(?!ENC\[)[^\s#][^\r\n]*)")


def check(text: str, file: str, report: Report) -> None:
    """Warn of each unquoted value in the YAML `text` that a comment replaces or cuts short."""
    if not any(each.search(text) for each in _SUSPECTS):
        return
    lines, get = Lines(text), events(text)
    while (event := get()).__class__ is not StreamEndEvent:
        if found := _commented(event, text):
            lost = found[1].rstrip()
            left = f"only `{plain.show(event.value)}` is left of the value" if event.value else "the value is null"
            place = Place(file, span=lines.span(found.start(1), found.start(1) + len(lost)))
            report.add(COMMENT_EATS_VALUE, f"`{plain.show(lost)}` is a comment, and {left}", place, hint=_HINT)


def _commented(event: Event, text: str) -> re.Match[str] | None:
    kind = event.__class__
    return _COMMENT.match(text, event.end_mark.index) if kind is ScalarEvent and not event.style else None
