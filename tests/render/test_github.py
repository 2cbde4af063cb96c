"""Diagnostics become annotations, and nothing in them can become another command."""

import re

from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span
from varve.model.situated import Situated, Spot
from varve.render.github import github

RULE = Rule("check/policy", "A policy is broken", "Its explanation.")
WARNING = Rule("read/comment-eats-value", "A comment eats a value", "Its explanation.", Severity.WARNING)
PLACE = Place("tenants/acme/tenant.yaml", ("a",))
COMMAND = re.compile(r"::(error|warning|notice) (\w+=[^:,\n]*(,\w+=[^:,\n]*)*)::[^\n\r]*\n")


def test_each_diagnostic_is_one_command(snapshot: SnapshotAssertion) -> None:
    notes = (Note("0.5 was set here", PLACE), Note("nobody may exceed it"))
    spots = (Spot("environments/production.yaml", Span(3, 16, 19), ""), None)
    situated = [
        Situated(Diagnostic(RULE, "100% is too much"), None, ()),
        Situated(Diagnostic(RULE, "a, b: c", PLACE, notes, "ask"), Spot("a,b:100%.yaml", Span(4, 3, 9), ""), spots),
        Situated(Diagnostic(WARNING, "`x` is missing", PLACE), Spot("environments/x.yaml"), ()),
        Situated(Diagnostic(WARNING, "a\r\n::error::b", PLACE), Spot("empty.yaml", Span(1, 1, 1)), ()),
    ]
    assert github(situated) == snapshot


def test_paths_begin_at_the_top_of_the_git_repository() -> None:
    situated = Situated(Diagnostic(RULE, "wrong", PLACE), Spot("varve.yaml", Span(1, 1, 2), ""), ())
    assert "file=monitoring/varve.yaml," in github([situated], prefix="monitoring/")


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_any_text_stays_one_command(text: str, path: str) -> None:
    diagnostic = Diagnostic(RULE, text, PLACE, (Note(text, PLACE),), text)
    shown = github([Situated(diagnostic, Spot(path, Span(1, 1, 2), text), (Spot(path),))])
    assert COMMAND.fullmatch(shown)
    assert shown[:-1].isprintable()
