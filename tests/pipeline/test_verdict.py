"""What is remembered comes back equal to what it was."""

from pathlib import Path
from resource import getpagesize

import pytest

from varve.link.isolation import Confined
from varve.model.artifact import Proven
from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span
from varve.pipeline import verdict
from varve.pipeline.verdict import OfLink, OfUnit

RULE = Rule("check/odd", "Odd", "It is odd.", Severity.WARNING)
SAID = (
    Diagnostic(RULE, "it is \ud800 odd", Place("a.yaml", ("a", 0, "b"), "key"), (Note("here"),), "mend it"),
    Diagnostic(RULE, "é", Place("b.yaml", span=Span(1, 2, 3), sealed=True), (Note("and", Place("c.yaml")),)),
    Diagnostic(RULE, "nowhere"),
)


def test_of_a_unit() -> None:
    confined = Confined(Proven(1, 2, 3, 4), (("uid", "one"), ("group", "two")))
    known = OfUnit(True, 4, confined, SAID, (0, 3))  # noqa: FBT003 - it is strict
    assert verdict.to_unit(verdict.of_unit(known)) == known


def test_of_an_environment() -> None:
    known = OfLink({"build/a": "0" * 40}, Proven(5, 6, 7, 8), SAID)
    assert verdict.to_link(verdict.of_link(known)) == known


@pytest.mark.parametrize("said", [SAID, SAID[1:], ()], ids=["half a pair", "text", "nothing"])
def test_of_what_was_said(said: tuple[Diagnostic, ...]) -> None:
    assert verdict.to_said(verdict.of_said(said)) == said


def test_many_that_are_kept_hold_no_more_memory_than_they_fill() -> None:
    known = OfUnit(False, 4, Confined(Proven(1, 2, 3, 4)), (), ())  # noqa: FBT003 - it is not strict
    before = _held()
    kept = [verdict.of_unit(known) for _ in range(20_000)]
    assert _held() - before < 8 << 20
    assert len(kept) == 20_000


def _held() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * getpagesize()
