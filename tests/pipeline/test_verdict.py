"""Verdicts are equal after packing and unpacking."""

from pathlib import Path
from resource import getpagesize

import pytest

from varve.link.isolation import TenantProof
from varve.model.artifact import Proven
from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span
from varve.pipeline import verdict
from varve.pipeline.verdict import LinkVerdict, UnitVerdict

RULE = Rule("check/odd", "Odd", "It is odd.", Severity.WARNING)
DIAGNOSTICS = (
    Diagnostic(RULE, "it is \ud800 odd", Place("a.yaml", ("a", 0, "b"), "key"), (Note("here"),), "mend it"),
    Diagnostic(RULE, "é", Place("b.yaml", span=Span(1, 2, 3), sealed=True), (Note("and", Place("c.yaml")),)),
    Diagnostic(RULE, "nowhere"),
)


def test_the_verdict_about_a_unit_is_the_same_after_unpacking() -> None:
    proof = TenantProof(Proven(1, 2, 3, 4), (("uid", "one"), ("group", "two")))
    known = UnitVerdict(True, 4, proof, DIAGNOSTICS, (0, 3))  # noqa: FBT003 - it is strict
    assert verdict.unpack_unit(verdict.pack_unit(known)) == known


def test_the_verdict_about_an_environment_is_the_same_after_unpacking() -> None:
    known = LinkVerdict({"build/a": "0" * 40}, Proven(5, 6, 7, 8), DIAGNOSTICS)
    assert verdict.unpack_link(verdict.pack_link(known)) == known


@pytest.mark.parametrize(
    "diagnostics", [DIAGNOSTICS, DIAGNOSTICS[1:], ()], ids=["half a surrogate pair", "text", "nothing"]
)
def test_diagnostics_are_the_same_after_unpacking(diagnostics: tuple[Diagnostic, ...]) -> None:
    assert verdict.unpack_diagnostics(verdict.pack_diagnostics(diagnostics)) == diagnostics


def test_packed_verdicts_keep_no_larger_buffers_alive() -> None:
    known = UnitVerdict(False, 4, TenantProof(Proven(1, 2, 3, 4)), (), ())  # noqa: FBT003 - it is not strict
    before = _resident_bytes()
    kept = [verdict.pack_unit(known) for _ in range(20_000)]
    assert _resident_bytes() - before < 8 << 20
    assert len(kept) == 20_000


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * getpagesize()
