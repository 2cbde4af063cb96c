"""Units, environments and sealed files whose remembered verdicts still hold, and so need no new work."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import eq
from typing import Final

from varve.check.secrets import sealed
from varve.model.diagnostic import Report
from varve.model.policy import Failure, Judged, Tally, Waiver
from varve.model.unit import Unit
from varve.pipeline import verdict
from varve.pipeline.environment import Ground
from varve.pipeline.ledger import digest
from varve.pipeline.linking import Linked, link_environment
from varve.pipeline.opening import Opened
from varve.pipeline.outcome import Outcome, compile_unit, contribution, keeps_refused
from varve.pipeline.verdict import LinkVerdict, UnitVerdict
from varve.policy import bench

_NOTHING: Final = Judged()


def recall_unit(opened: Opened, unit: Unit) -> Outcome | None:
    """The remembered outcome of a unit; None where there is none, or its artifacts are not as they were made."""
    reading = opened.reading
    if reading.snapshot.refuses(f"tenants/{unit.tenant}"):
        return None
    carried = opened.carried.recall(Outcome, unit, opened.ledger.shared)
    if carried:
        return carried
    known = opened.ledger.recall(_unit_name(unit), reading.answer)
    if known is None:
        return None
    body = verdict.unpack_unit(known.body)
    first = len(known.questions) - body.files
    questions, paths = known.questions[:first], known.questions[first:]
    made = dict(zip(paths, map(reading.answer, paths), strict=True))
    found = recalled_outcome(opened, unit, body, made)._replace(questions=questions)
    found = found._replace(contribution=contribution(opened, found))
    # Without the verdict: what is carried within the process need not be written to the cache again.
    opened.carried.keep(unit, found, known.questions, opened.ledger.shared)
    return found._replace(verdict=known)


def recalled_outcome(
    opened: Opened, unit: Unit, known: UnitVerdict, made: Mapping[str, str], contribution: str = ""
) -> Outcome:
    """The outcome of a unit whose verdict holds, with these artifacts and this `contribution` to linking, if known."""
    judged = Judged(tuple(_excused_tallies(opened, unit, known.excused))) if known.excused else _NOTHING
    return Outcome(unit, known.strict, made, (), known.proof, judged, known.diagnostics, (), None, contribution)


def compile_with_verdict(opened: Opened, ground: Ground, tenant: str) -> Outcome:
    """Compile a unit; where it is sound, its outcome has the verdict to be remembered."""
    reading_report, report = Report(), Report()
    reading = opened.reading.recording(reading_report)
    found = compile_unit(opened._replace(reading=reading), ground, tenant, report)
    found = found._replace(diagnostics=(*reading_report, *report), questions=(*ground.questions, *reading.questions))
    if found.made is None or found.proof is None or reading_report.broken or report.broken:
        return found
    excused = sorted({_waivers(opened).index(each) for each in bench.used_waivers(found.judged)})
    questions, made = sorted(set(found.questions)), dict(sorted(found.made.items()))
    body = verdict.pack_unit(UnitVerdict(found.strict, len(made), found.proof, found.diagnostics, tuple(excused)))
    # An artifact that the unit also reads appears twice: it must match both as it was read and as it was made.
    answers = *map(reading.answer, questions), *made.values()
    entry = opened.ledger.entry(_unit_name(found.unit), body, (*questions, *made), answers)
    return found._replace(verdict=entry, contribution=contribution(opened, found))


def _unit_name(unit: Unit) -> str:
    return f"unit {unit.tenant}/{unit.environment}"


def _exist(opened: Opened, made: Mapping[str, str]) -> bool:
    """Whether the artifacts that were made exist under `build/`, byte for byte."""
    return all(made.values()) and all(map(eq, map(opened.reading.answer, made), made.values()))


def _waivers(opened: Opened) -> Sequence[Waiver]:
    return opened.bench.policies.library.waivers if opened.bench else ()


def _excused_tallies(opened: Opened, unit: Unit, numbers: Iterable[int]) -> Iterator[Tally]:
    for waiver in (_waivers(opened)[number] for number in numbers):
        yield Tally(waiver.policy, unit, 0, (Failure("", waiver),))


def recall_or_link(opened: Opened, ground: Ground, outcomes: Sequence[Outcome], report: Report) -> Linked | None:
    """The link of an environment, recalled or done now; None where that failed, which is reported.

    It fails too where a unit keeps a refused artifact: linking without it would drop the tenant's rules or routes.
    """
    members = [each for each in outcomes if each.unit.environment == ground.name]
    if any(keeps_refused(opened, each) for each in members):
        return None
    # The artifacts of recalled units exist as they were made, so `answer` finds their ids in the snapshot.
    ids = {each.path: outcome.made[each.path] for outcome in members if outcome.made for each in outcome.artifacts}
    context = digest(each.contribution or contribution(opened, each) for each in members)
    name, paths_read = f"link {ground.name}", dict[str, None]()

    def answer(question: str) -> str:
        return ids.get(question) or opened.reading.answer(question)

    # With trusted units, linking has more to prove and does not know their names, so no verdict is used or learnt.
    names_known = all(each.made is None or each.proof is not None for each in members)
    known = opened.ledger.recall(name, answer, context) if names_known else None
    if known and _exist(opened, (found := verdict.unpack_link(known.body)).made):
        opened.ledger.recalled.append(known)
        report.extend(found.diagnostics)
        return Linked(found.made, found.proven)
    diagnostics = Report()
    linked = link_environment(opened, ground, members, paths_read, diagnostics)
    report.extend(diagnostics)
    if linked is not None and names_known and not diagnostics.broken:
        body = verdict.pack_link(LinkVerdict(linked.made, linked.proven, tuple(diagnostics)))
        opened.ledger.learn(name, body, (*ground.questions, *(paths_read.keys() - linked.made.keys())), answer, context)
    return linked


def recall_or_judge_sealed(opened: Opened, environments: Sequence[Ground], report: Report, *, complete: bool) -> None:
    """Judge everything in the folders of sealed files, unless a verdict on the same files and environments is known."""
    reading = opened.reading
    paths = *reading.all_sealed(), *reading.all_unsealed()
    sealed_digest = digest((*paths, *(reading.snapshot.entries[path].id for path in paths)))
    name, context = "sealed", (sealed_digest, str(complete), *(each.name for each in environments))
    known = opened.ledger.recall(name, reading.answer, *context)
    if known:
        opened.ledger.recalled.append(known)
        reading.questions.update(dict.fromkeys(known.questions))
        report.extend(verdict.unpack_diagnostics(known.body))
        return
    diagnostics = Report()
    view = reading.recording(diagnostics)
    sealed.check(view, [each.environment for each in environments], diagnostics, complete=complete)
    reading.questions.update(view.questions)
    report.extend(diagnostics)
    if not diagnostics.broken:
        questions = {*view.questions, *(question for each in environments for question in each.questions)}
        opened.ledger.learn(name, verdict.pack_diagnostics(diagnostics), questions, reading.answer, *context)
