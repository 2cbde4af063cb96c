"""A template on many lines that prints what it prints on one, so that people can review what will be said."""

import re
from collections.abc import Iterator
from typing import Final

_ACTION: Final = re.compile(r"""\{\{ ((?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^"`])*?) \}\}""")
_BLOCK: Final = re.compile(r"(define|if|range|else|end)\b")
_ASSIGNMENT: Final = re.compile(r"\$\w+ :?= ")
_STEP: Final = "  "


def laid(template: str) -> str:
    """The template with each block and each assignment on a line of its own, where that prints nothing.

    White space beside an action is left out by its `{{-` or `-}}`, so no line ends where the text itself has white
    space.
    """
    return "".join(_lines(template))


def _lines(template: str) -> Iterator[str]:
    depth, end, is_fresh = 0, 0, True
    for found in _ACTION.finditer(template):
        text, end = template[end : found.start()], found.end()
        block = _BLOCK.match(found[1])
        word = block[1] if block else ""
        depth -= word in {"else", "end"}
        yield text
        is_own = bool(word or _ASSIGNMENT.match(found[1])) and not text[-1:].isspace()
        yield _begun(depth, is_fresh=is_fresh and not text) if is_own else "{{ "
        is_fresh = not word and is_own and not template[end : end + 1].isspace()
        yield found[1] + (" -}}\n" if is_fresh else " }}")
        depth += word not in {"", "end"}
    yield template[end:]


def _begun(depth: int, *, is_fresh: bool) -> str:
    """How an action begins on a line of its own, which may have begun already."""
    return f"{_STEP * depth}{{{{ " if is_fresh else f"\n{_STEP * depth}{{{{- "


def stepped(template: str) -> str:
    """The template with each step of its pipelines on a line of its own."""
    return _ACTION.sub(lambda found: found[0].replace(" | ", f"\n{_STEP}| "), template)
