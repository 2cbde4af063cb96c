"""To reload: what of one generation lives on in the next, and what its readers are told."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from varve.api.config import difference
from varve.api.config.difference import Difference
from varve.api.config.generation import Generation, has, remember, resolve
from varve.api.findings import Findings, Result, gather
from varve.api.question.resolve import Answer
from varve.check.trust.owner import Owners, owners
from varve.model.diagnostic import Report
from varve.model.unit import Unit


@dataclass(frozen=True, slots=True)
class Reloaded(Result):
    """What came of a reload: whether readers have what stands there now (`done`), and which values are others.

    `kept` are the units that are broken now, and say on what they said when they last were sound. Where the repository
    itself cannot be opened, nothing is `done` and all stays as it was.
    """

    findings: Findings
    done: bool = True
    differences: tuple[Difference, ...] = ()
    kept: tuple[Unit, ...] = ()


def succeed(old: Generation, new: Generation, units: Collection[Unit], changed: Collection[str]) -> None:
    """Answer in `new` for units that are in use in `old`, where files at `changed` differ.

    What nothing touches is handed on. A unit that was sound and is broken now keeps its value.
    """
    touched = owners(changed)
    for unit in units:
        if unit not in new.answers and has(new, unit):
            remember(new, unit, _next(old.answers.get(unit), new, unit, touched))


def _next(before: Answer | None, new: Generation, unit: Unit, touched: Owners) -> Answer:
    if before and before.sound and not (touched.platform or unit.tenant in touched.tenants):
        return before
    now = resolve(new, unit)
    return Answer(now.findings, before.value if before and now.value is None else now.value)


def differences(old: Generation, new: Generation) -> Iterator[Difference]:
    """What is not the same, by unit and path; of units that nobody has asked for nothing is known."""
    for unit in sorted(old.answers.keys() | new.answers.keys()):
        before, after = (each.answers[unit].value if unit in each.answers else None for each in (old, new))
        if before is not after:
            yield from difference.differences(unit, before, after)


def kept(generation: Generation) -> tuple[Unit, ...]:
    """The units whose value is from before."""
    answers = generation.answers.copy()
    return tuple(unit for unit in sorted(answers) if answers[unit].broken and answers[unit].value is not None)


def findings(generation: Generation) -> Findings:
    """What was said of a generation's files, and of the units that were asked for."""
    report = Report()
    report.extend(generation.said)
    for each in generation.answers.copy().values():
        report.extend(each.diagnostics)
    return gather(report, generation.opening.snapshot)
