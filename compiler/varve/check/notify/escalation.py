"""Whether escalations are unique."""

from varve.model.diagnostic import Note, Report, Rule
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter

REPEATED_ESCALATION = Rule(
    "check/repeated-escalation",
    "Two escalations of one severity after the same time",
    "An escalation is identified by its severity and by how long the alert has been firing; two that are the same "
    "would be one alert with two routes, and only the first would match. Name all the receivers in one of them.",
)


def check(unit: Resolved, report: Report) -> None:
    """Report each escalation that repeats an earlier one."""
    reporter, seen = ValueReporter(unit.stack, report), dict[str, int]()
    for index, escalation in enumerate(notify.escalations(unit.value)):
        earlier = seen.setdefault(notify.escalation(escalation), index)
        if earlier != index:
            other, _ = origin(unit.stack, ("notify", "escalation", earlier))
            message = f"there are two escalations of `{escalation['severity']}` after {escalation['after']}"
            note = Note("the other one", other)
            hint = "name all receivers in one of them"
            reporter.at(("notify", "escalation", index, "after"), REPEATED_ESCALATION, message, note, hint=hint)
