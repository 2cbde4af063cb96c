"""Captured text: what a macro, a `set` block or a `call` block of a template wrote."""

from typing import Final, NoReturn

from varve.emit.template.run import Refusal
from varve.model.diagnostic import Rule

CAPTURED_OUTPUT = Rule(
    "emit/captured-output",
    "Template inspects captured text",
    "The result of a macro, a `set` block, a `call` or a `filter` block is text of the template with placeholders "
    "for its values. Anything that inspects such text (a filter, a test, a comparison, a loop) would see the "
    "placeholders and not the values, and would silently be wrong. Captured text can be written, joined with `~`, "
    "trimmed and indented. Filter and compare the values before they are captured.",
)

_WIDEST: Final = 100
_INSPECTIONS: Final = (
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__bool__", "__len__", "__iter__"),
    *("__contains__", "__getitem__", "__format__", "__mod__", "__rmod__", "__mul__", "__rmul__", "__add__"),
)


def refuse(*_: object) -> NoReturn:
    """Raise a `Refusal`: captured text cannot be inspected."""
    message = "captured text contains placeholders for values, so it cannot be filtered, tested or compared"
    raise Refusal(CAPTURED_OUTPUT, message, "filter and compare the values before they are captured")


class Captured(str):
    """Captured text: a string, because Jinja2 joins nothing else, but with every way to inspect it disabled."""

    __slots__ = ()


for _inspection in _INSPECTIONS:
    setattr(Captured, _inspection, refuse)


def text(captured: Captured) -> str:
    """The text itself, for the engine."""
    return str.__str__(captured)


def indent(captured: Captured, width: int = 4, *, first: bool = False) -> Captured:
    """Indent every line but the first (or with `first` every line) by `width` blanks; empty lines stay empty."""
    pad = " " * max(0, min(width, _WIDEST))
    lines = text(captured).split("\n")
    return Captured("\n".join(pad + line if line and (first or at) else line for at, line in enumerate(lines)))


def trim(captured: Captured) -> Captured:
    """The text without white space at both ends."""
    return Captured(text(captured).strip())
