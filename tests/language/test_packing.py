"""Diagnostics are equal after packing and unpacking."""

import json

from hypothesis import given
from hypothesis import strategies as st

from varve.language.packing import packed, unpacked
from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span

TEXT = st.text(max_size=8)
RULES = st.builds(Rule, TEXT, TEXT, TEXT, st.sampled_from(Severity))
SPANS = st.none() | st.builds(Span, st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
KEYS = st.lists(TEXT | st.integers(0, 9), max_size=3).map(tuple)
PLACES = st.none() | st.builds(Place, TEXT, KEYS, st.sampled_from(["key", "value"]), SPANS, st.booleans())
NOTES = st.lists(st.builds(Note, TEXT, PLACES), max_size=2).map(tuple)


@given(st.lists(st.builds(Diagnostic, RULES, TEXT, PLACES, NOTES, TEXT, st.booleans()), max_size=3).map(tuple))
def test_diagnostics_are_equal_after_a_round_trip_through_json(said: tuple[Diagnostic, ...]) -> None:
    assert unpacked(json.loads(json.dumps(packed(said)))) == said


def test_a_hint_equal_to_the_explanation_is_stored_once() -> None:
    rule = Rule("policy/a", "A", "Mend it, as follows.", Severity.NOTE)
    diagnostics = tuple(Diagnostic(rule, f"`{each}` is wrong", hint=rule.explanation) for each in "abc")
    assert json.dumps(packed(diagnostics)).count(rule.explanation) == 1
    assert unpacked(packed(diagnostics)) == diagnostics
