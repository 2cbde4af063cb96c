"""Reloading: which answers of one generation are reused in the next, and which values differ."""

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
    """The result of a reload: whether readers now have the current files (`done`), and which values differ.

    `kept` are the units that are broken now, and keep their last sound values. If the repository itself cannot be
    opened, `done` is False, and everything stays as it was.
    """

    findings: Findings
    done: bool = True
    differences: tuple[Difference, ...] = ()
    kept: tuple[Unit, ...] = ()


def transfer_answers(old: Generation, new: Generation, units: Collection[Unit], changed: Collection[str]) -> None:
    """Answer in `new` for units that were read in `old`; the files at `changed` differ.

    Answers that no change touches are reused. A unit that was sound and is broken now keeps its value.
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
    """The values that differ, by unit and path, as far as the units were read."""
    for unit in sorted(old.answers.keys() | new.answers.keys()):
        before, after = (each.answers[unit].value if unit in each.answers else None for each in (old, new))
        if before is not after:
            yield from difference.differences(unit, before, after)


def kept(generation: Generation) -> tuple[Unit, ...]:
    """The units that are broken, and have the value of an earlier generation."""
    answers = generation.answers.copy()
    return tuple(unit for unit in sorted(answers) if answers[unit].broken and answers[unit].value is not None)


def findings(generation: Generation) -> Findings:
    """The findings about a generation's files, and about the units that were read."""
    report = Report()
    report.extend(generation.diagnostics)
    for each in generation.answers.copy().values():
        report.extend(each.diagnostics)
    return gather(report, generation.opening.snapshot)
