"""The result of a check is summed up in one line, or none if there is any error."""

import pytest

from varve.api.compile.checked import Checked
from varve.api.findings import NO_FINDINGS, Findings
from varve.model.artifact import Proven
from varve.model.diagnostic import Diagnostic, Rule
from varve.model.situated import Situated
from varve.model.unit import Unit

UNITS = tuple(Unit("acme", f"e{number}") for number in range(2))
WRONG = Diagnostic(Rule("check/wrong", "It is wrong", "It is wrong because the test says so."), "it is so")


@pytest.mark.parametrize(
    ("checked", "summary"),
    {
        "one": (
            Checked(NO_FINDINGS, UNITS[:1], ("build/a",)),
            "1 unit is sound, and build/ matches the sources: 1 artifact",
        ),
        "more": (
            Checked(NO_FINDINGS, UNITS, ("build/a", "build/b"), proven=Proven(2, 0, 1, 1)),
            "2 units are sound, and build/ matches the sources: 2 artifacts; proven: 2 rules, 1 route, 1 alert",
        ),
        "trusted": (
            Checked(NO_FINDINGS, UNITS, trusted=1),
            "2 units are sound, and build/ matches the sources: 0 artifacts; 1 unit trusted",
        ),
        "broken": (Checked(Findings((Situated(WRONG, None, ()),)), UNITS, ("build/a",)), ""),
    }.values(),
)
def test_the_summary_is_one_line(checked: Checked, summary: str) -> None:
    assert checked.summary == summary
