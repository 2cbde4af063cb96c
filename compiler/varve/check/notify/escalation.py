"""Whether escalations are unique."""

from varve.model.diagnostic import Note, Report, Rule
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.reporting import Saying

REPEATED_ESCALATION = Rule(
    "check/repeated-escalation",
    "Two escalations of one severity after the same time",
    "An escalation is identified by its severity and by how long the alert has been firing; two that are the same "
    "would be one alert with two routes, and only the first would match. Name all the receivers in one of them.",
)


def check(unit: Resolved, report: Report) -> None:
    """Report each escalation that repeats an earlier one."""
    say, first = Saying(unit.stack, report), dict[str, int]()
    for index, said in enumerate(notify.escalations(unit.value)):
        before = first.setdefault(notify.escalation(said), index)
        if before != index:
            other, _ = origin(unit.stack, ("notify", "escalation", before))
            message = f"there are two escalations of `{said['severity']}` after {said['after']}"
            note = Note("the other one", other)
            hint = "name all receivers in one of them"
            say.at(("notify", "escalation", index, "after"), REPEATED_ESCALATION, message, note, hint=hint)
