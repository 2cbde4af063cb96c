"""The result of a look is summed up in one line, below what is new and what is fixed."""

import pytest

from varve.api.compile.built import Built
from varve.api.compile.checked import Checked
from varve.api.findings import NO_FINDINGS, Findings
from varve.api.watch.watched import Watched
from varve.model.diagnostic import Diagnostic, Place, Rule, Severity
from varve.model.situated import Situated
from varve.model.unit import Unit
from varve.world.disk.transaction import LOCKED

ODD = Rule("check/odd", "It is odd", "It is odd because the test says so.", Severity.WARNING)
SAID = Diagnostic(ODD, "it is \x1bso", Place("varve.yaml"))
ONE, TWO = (Findings((Situated(SAID, None, ()),) * number) for number in (1, 2))
UNITS = tuple(Unit("acme", f"e{number}") for number in range(4))
WROTE = Built(NO_FINDINGS, done=True, units=UNITS, written=("build/a", "build/b"), deleted=("build/c",))


@pytest.mark.parametrize(
    ("watched", "summary"),
    {
        "written": (Watched(NO_FINDINGS, WROTE), "2 written, 1 deleted"),
        "compiled": (Watched(NO_FINDINGS, WROTE, UNITS[:2]), "compiled acme/e0, acme/e1; 2 written, 1 deleted"),
        "compiled many": (Watched(NO_FINDINGS, WROTE, UNITS), "compiled 4 units; 2 written, 1 deleted"),
        "to the same": (
            Watched(NO_FINDINGS, Built(NO_FINDINGS, done=True), UNITS[:1]),
            "compiled acme/e0; nothing to write",
        ),
        "refused": (Watched(NO_FINDINGS, Built(NO_FINDINGS)), "nothing was written"),
        "one that stands": (Watched(ONE, WROTE), "2 written, 1 deleted; 1 warning remains"),
        "some that stand": (Watched(TWO, WROTE), "2 written, 1 deleted; 2 warnings remain"),
        "judged": (
            Watched(NO_FINDINGS, Checked(NO_FINDINGS), UNITS[:1]),
            "compiled acme/e0; build/ matches the sources",
        ),
        "the first": (Watched(NO_FINDINGS, WROTE, UNITS, first=True), WROTE.summary),
    }.values(),
)
def test_the_summary_is_one_line(watched: Watched, summary: str) -> None:
    assert watched.summary == summary
    assert watched.text() == f"{summary}\n"


def test_fixed_diagnostics_are_escaped() -> None:
    watched = Watched(NO_FINDINGS, WROTE, mended=(SAID,))
    assert watched.fixed == (r"fixed: warning[check/odd]: it is \x1bso (varve.yaml)",)
    assert watched.text() == f"{watched.fixed[0]}\n2 written, 1 deleted\n"


def test_only_another_varve_that_writes_counts_as_locked() -> None:
    locked = Findings((Situated(Diagnostic(LOCKED, "process 1 is writing here"), None, ()),))
    assert Watched(locked, Built(locked)).is_locked
    assert not Watched(ONE, Built(ONE)).is_locked
