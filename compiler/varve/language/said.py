"""Diagnostics in a form in which they can be kept, and back."""

from collections.abc import Iterable
from typing import Any

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span


def packed(said: Iterable[Diagnostic]) -> list[object]:
    """Diagnostics as lists, numbers and texts, as JSON has them."""
    return [
        [
            [each.rule.code, each.rule.title, each.rule.explanation, each.rule.severity.value],
            each.message,
            _put(each.place),
            [[note.message, _put(note.place)] for note in each.notes],
            each.hint,
        ]
        for each in said
    ]


def unpacked(said: list[Any]) -> tuple[Diagnostic, ...]:
    """The diagnostics that `packed` gave: equal to those that it was given."""
    return tuple(
        Diagnostic(_rule(*rule), message, _place(place), tuple(Note(words, _place(at)) for words, at in notes), hint)
        for rule, message, place, notes, hint in said
    )


def _rule(code: str, title: str, explanation: str, severity: str) -> Rule:
    return Rule(code, title, explanation, Severity(severity))


def _put(place: Place | None) -> list[object] | None:
    if place is None:
        return None
    span = place.span
    return [place.file, place.keys, place.on, span and [span.line, span.column, span.end], place.sealed]


def _place(said: list[Any] | None) -> Place | None:
    if said is None:
        return None
    file, keys, on, span, sealed = said
    return Place(file, tuple(keys), on, span and Span(*span), sealed)
