"""Diagnostics in a form in which they can be kept, and back."""

from collections.abc import Iterable
from typing import Any

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span


def packed(said: Iterable[Diagnostic]) -> list[object]:
    """Diagnostics as lists, numbers and texts, as JSON has them: their rules and hints, each once, and all else."""
    rules: dict[tuple[Rule, str], int] = {}
    found = [
        [
            rules.setdefault((each.rule, each.hint), len(rules)),
            each.message,
            _put(each.place),
            [[note.message, _put(note.place)] for note in each.notes],
        ]
        for each in said
    ]
    return [[_told(rule, hint) for rule, hint in rules], found] if found else []


def unpacked(said: list[Any]) -> tuple[Diagnostic, ...]:
    """The diagnostics that `packed` gave: equal to those that it was given."""
    if not said:
        return ()
    rules = [_rule(*each) for each in said[0]]
    return tuple(
        Diagnostic(rule, message, _place(place), tuple([Note(words, _place(at)) for words, at in notes]), hint)
        for number, message, place, notes in said[1]
        for rule, hint in (rules[number],)
    )


def _told(rule: Rule, hint: str) -> list[object]:
    """A rule and a hint, which often is what explains the rule."""
    told: list[object] = [rule.code, rule.title, rule.explanation, rule.severity.value]
    return told if hint == rule.explanation else [*told, hint]


def _rule(code: str, title: str, explanation: str, severity: str, hint: str | None = None) -> tuple[Rule, str]:
    return Rule(code, title, explanation, Severity(severity)), explanation if hint is None else hint


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
