"""An escalation may not be repeated, however its time is written."""

import pytest

from tests.emit.alertmanager.notifying import findings, task
from varve.check.notify import escalation

TWICE = "check/repeated-escalation: there are two escalations of `warning` after "
ESCALATIONS: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "different ones": ([("warning", "30m"), ("warning", "1h"), ("critical", "30m")], []),
    "the same": ([("warning", "30m"), ("warning", "30m")], [f"{TWICE}30m"]),
    "the same time written differently, twice": (
        [("warning", "90m"), ("warning", "1h30m"), ("info", "1h"), ("warning", "5400s")],
        [f"{TWICE}1h30m", f"{TWICE}5400s"],
    ),
}


@pytest.mark.parametrize(("escalations", "expected"), ESCALATIONS.values(), ids=ESCALATIONS)
def test_a_repeated_escalation_is_reported(escalations: list[tuple[str, str]], expected: list[str]) -> None:
    lines = "".join(
        f"    - {{severity: {severity}, after: {after}, receivers: [one]}}\n" for severity, after in escalations
    )
    made = task(f"notify:\n  receivers: {{one: {{email: {{to: [a@acme.example]}}}}}}\n  escalation:\n{lines}")
    escalation.check(made.unit, made.report)
    assert findings(made) == expected


def test_the_first_of_two_escalations_is_a_note() -> None:
    one = "{severity: info, after: 1h, receivers: [one]}"
    made = task(f"notify: {{escalation: [{one}, {one}]}}")
    escalation.check(made.unit, made.report)
    ((note,),) = [each.notes for each in made.report]
    assert note.place is not None
    assert note.place.keys == ("notify", "escalation", 0)
