"""Packs diagnostics into plain data that can be cached as JSON, and unpacks them."""

from collections.abc import Iterable
from typing import Any

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span


def packed(diagnostics: Iterable[Diagnostic]) -> list[object]:
    """Diagnostics as lists, numbers and texts, fit for JSON; each pair of rule and hint is stored once."""
    rules: dict[tuple[Rule, str], int] = {}
    found = [
        [
            rules.setdefault((each.rule, each.hint), len(rules)),
            each.message,
            _packed_place(each.place),
            [[note.message, _packed_place(note.place)] for note in each.notes],
            *([True] if each.more else []),
        ]
        for each in diagnostics
    ]
    return [[_packed_rule(rule, hint) for rule, hint in rules], found] if found else []


def unpacked(stored: list[Any]) -> tuple[Diagnostic, ...]:
    """The diagnostics of which `stored` is the packed form."""
    if not stored:
        return ()
    rules = [_rule(*each) for each in stored[0]]
    return tuple(
        Diagnostic(rule, message, _place(place), tuple([Note(words, _place(at)) for words, at in notes]), hint, *more)
        for number, message, place, notes, *more in stored[1]
        for rule, hint in (rules[number],)
    )


def _packed_rule(rule: Rule, hint: str) -> list[object]:
    """A rule and a hint; the hint is omitted if it is the rule's explanation, as it often is."""
    fields: list[object] = [rule.code, rule.title, rule.explanation, rule.severity.value]
    return fields if hint == rule.explanation else [*fields, hint]


def _rule(code: str, title: str, explanation: str, severity: str, hint: str | None = None) -> tuple[Rule, str]:
    return Rule(code, title, explanation, Severity(severity)), explanation if hint is None else hint


def _packed_place(place: Place | None) -> list[object] | None:
    if place is None:
        return None
    span = place.span
    return [place.file, place.keys, place.on, span and [span.line, span.column, span.end], place.sealed]


def _place(stored: list[Any] | None) -> Place | None:
    if stored is None:
        return None
    file, keys, on, span, sealed = stored
    return Place(file, tuple(keys), on, span and Span(*span), sealed)
