"""What a look brought is said in one line, below what is new and what is mended."""

import pytest

from varve.api.compile.built import Built
from varve.api.compile.checked import Checked
from varve.api.findings import NONE, Findings
from varve.api.watch.watched import Watched
from varve.model.diagnostic import Diagnostic, Place, Rule, Severity
from varve.model.situated import Situated
from varve.model.unit import Unit
from varve.world.disk.transaction import LOCKED

ODD = Rule("check/odd", "It is odd", "It is odd because the test says so.", Severity.WARNING)
SAID = Diagnostic(ODD, "it is \x1bso", Place("varve.yaml"))
ONE, TWO = (Findings((Situated(SAID, None, ()),) * number) for number in (1, 2))
UNITS = tuple(Unit("acme", f"e{number}") for number in range(4))
WROTE = Built(NONE, done=True, units=UNITS, written=("build/a", "build/b"), deleted=("build/c",))


@pytest.mark.parametrize(
    ("came", "summary"),
    {
        "written": (Watched(NONE, WROTE), "2 written, 1 deleted"),
        "compiled": (Watched(NONE, WROTE, UNITS[:2]), "compiled acme/e0, acme/e1; 2 written, 1 deleted"),
        "compiled many": (Watched(NONE, WROTE, UNITS), "compiled 4 units; 2 written, 1 deleted"),
        "to the same": (Watched(NONE, Built(NONE, done=True), UNITS[:1]), "compiled acme/e0; nothing to write"),
        "refused": (Watched(NONE, Built(NONE)), "nothing was written"),
        "one that stands": (Watched(ONE, WROTE), "2 written, 1 deleted; 1 warning stands"),
        "some that stand": (Watched(TWO, WROTE), "2 written, 1 deleted; 2 warnings stand"),
        "judged": (Watched(NONE, Checked(NONE), UNITS[:1]), "compiled acme/e0; build/ matches the sources"),
        "the first": (Watched(NONE, WROTE, UNITS, first=True), WROTE.summary),
    }.values(),
)
def test_the_summary_is_one_line(came: Watched, summary: str) -> None:
    assert came.summary == summary
    assert came.text() == f"{summary}\n"


def test_a_terminal_is_shown_what_is_mended_and_nothing_moves_its_cursor() -> None:
    came = Watched(NONE, WROTE, mended=(SAID,))
    assert came.relieved == (r"fixed: warning[check/odd]: it is \x1bso (varve.yaml)",)
    assert came.text() == f"{came.relieved[0]}\n2 written, 1 deleted\n"


def test_it_waits_for_another_varve_and_for_nothing_else() -> None:
    locked = Findings((Situated(Diagnostic(LOCKED, "process 1 is writing here"), None, ()),))
    assert Watched(locked, Built(locked)).waits
    assert not Watched(ONE, Built(ONE)).waits
