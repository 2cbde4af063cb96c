"""Breaks a template into lines without changing what it prints, so that people can review it."""

import re
from collections.abc import Iterator
from typing import Final

_ACTION: Final = re.compile(r"""\{\{ ((?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^"`])*?) \}\}""")
_BLOCK: Final = re.compile(r"(define|if|range|else|end)\b")
_ASSIGNMENT: Final = re.compile(r"\$\w+ :?= ")
_INDENT: Final = "  "


def laid(template: str) -> str:
    """The template with each block and each assignment on a line of its own, if that does not change the output.

    `{{-` and `-}}` remove all white space next to an action, so no line is broken where the text itself has any.
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
        yield _action_start(depth, is_fresh=is_fresh and not text) if is_own else "{{ "
        is_fresh = not word and is_own and not template[end : end + 1].isspace()
        yield found[1] + (" -}}\n" if is_fresh else " }}")
        depth += word not in {"", "end"}
    yield template[end:]


def _action_start(depth: int, *, is_fresh: bool) -> str:
    """The beginning of an action on a line of its own; `is_fresh` if that line has just begun."""
    return f"{_INDENT * depth}{{{{ " if is_fresh else f"\n{_INDENT * depth}{{{{- "


def stepped(template: str) -> str:
    """The template with each step of its pipelines on a line of its own."""
    return _ACTION.sub(lambda found: found[0].replace(" | ", f"\n{_INDENT}| "), template)
