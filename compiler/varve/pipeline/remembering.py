"""What need not be done again: units, environments and sealed files about which an earlier verdict still holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
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
from varve.pipeline.outcome import Outcome, brought, compile_unit
from varve.pipeline.verdict import OfLink, OfUnit
from varve.policy import bench

_NOTHING: Final = Judged()


def recall_unit(opened: Opened, unit: Unit) -> Outcome | None:
    """The outcome that is remembered of a unit, where the files that it made stand as they were made."""
    desk = opened.reading
    if any(path.startswith(f"tenants/{unit.tenant}/") for path in desk.snapshot.refused):
        return None
    carried = opened.carried.recall(Outcome, unit, opened.ledger.shared)
    if carried:
        return carried
    known = opened.ledger.recall(_named(unit), desk.answer)
    if known is None:
        return None
    body = verdict.to_unit(known.body)
    first = len(known.questions) - body.files
    asked, paths = known.questions[:first], known.questions[first:]
    made = dict(zip(paths, map(desk.answer, paths), strict=True))
    found = as_recalled(opened, unit, body, made)._replace(asked=asked)
    found = found._replace(brought=brought(opened, found))
    # What is carried need not be kept again.
    opened.carried.keep(unit, found, known.questions, opened.ledger.shared)
    return found._replace(verdict=known)


def as_recalled(opened: Opened, unit: Unit, known: OfUnit, made: Mapping[str, str], brings: str = "") -> Outcome:
    """The outcome of a unit of which a verdict holds, and of which this was made; and what it `brings` to linking."""
    judged = Judged(tuple(_excused(opened, unit, known.excused))) if known.excused else _NOTHING
    return Outcome(unit, known.strict, made, (), known.confined, judged, known.said, (), None, brings)


def settle_unit(opened: Opened, ground: Ground, tenant: str) -> Outcome:
    """What becomes of a unit that is compiled now, with the verdict to be remembered where it is sound."""
    heard, said = Report(), Report()
    desk = opened.reading.watched(heard)
    found = compile_unit(replace(opened, reading=desk), ground, tenant, said)
    found = found._replace(said=(*heard, *said), asked=(*ground.asked, *desk.asked))
    if found.made is None or found.confined is None or heard.broken or said.broken:
        return found
    excused = sorted({_waivers(opened).index(each) for each in bench.excused(found.judged)})
    asked, made = sorted(set(found.asked)), dict(sorted(found.made.items()))
    body = verdict.of_unit(OfUnit(found.strict, len(made), found.confined, found.said, tuple(excused)))
    # An artifact that a unit reads, too, is asked for twice: it would have to stand as it was read and as it was made.
    answers = *map(desk.answer, asked), *made.values()
    entry = opened.ledger.entry(_named(found.unit), body, (*asked, *made), answers)
    return found._replace(verdict=entry, brought=brought(opened, found))


def _named(unit: Unit) -> str:
    return f"unit {unit.tenant}/{unit.environment}"


def _stand(opened: Opened, made: Mapping[str, str]) -> bool:
    """Whether the artifacts that were made stand under `build/`, byte for byte."""
    return all(made.values()) and all(map(eq, map(opened.reading.answer, made), made.values()))


def _waivers(opened: Opened) -> Sequence[Waiver]:
    return opened.bench.policies.library.waivers if opened.bench else ()


def _excused(opened: Opened, unit: Unit, numbers: Iterable[int]) -> Iterator[Tally]:
    for waiver in (_waivers(opened)[number] for number in numbers):
        yield Tally(waiver.policy, unit, 0, (Failure("", waiver),))


def settle_link(opened: Opened, ground: Ground, outcomes: Sequence[Outcome], report: Report) -> Linked | None:
    """What an environment is linked to, remembered or done now; None where that failed, which is reported."""
    own = [each for each in outcomes if each.unit.environment == ground.name]
    # What is remembered stands as it was made.
    ids = {each.path: outcome.made[each.path] for outcome in own if outcome.made for each in outcome.artifacts}
    beside = digest(each.brought or brought(opened, each) for each in own)
    name, asked = f"link {ground.name}", dict[str, None]()

    def answer(question: str) -> str:
        return ids.get(question) or opened.reading.answer(question)

    # Where units are trusted, more is proven while linking, and less is known of their names.
    seen = all(each.made is None or each.confined is not None for each in own)
    known = opened.ledger.recall(name, answer, beside) if seen else None
    if known and _stand(opened, (found := verdict.to_link(known.body)).made):
        opened.ledger.recalled.append(known)
        report.extend(found.said)
        return Linked(found.made, found.proven)
    said = Report()
    linked = link_environment(opened, ground, own, asked, said)
    report.extend(said)
    if linked is not None and seen and not said.broken:
        body = verdict.of_link(OfLink(linked.made, linked.proven, tuple(said)))
        opened.ledger.learn(name, body, (*ground.asked, *(asked.keys() - linked.made.keys())), answer, beside)
    return linked


def settle_sealed(opened: Opened, environments: Sequence[Ground], report: Report, *, complete: bool) -> None:
    """Judge every sealed file, unless all of them were judged before as they are, for the same environments."""
    desk = opened.reading
    paths = tuple(desk.all_sealed())
    there = digest((*paths, *(desk.snapshot.entries[path].id for path in paths)))
    name, beside = "sealed", (there, str(complete), *(each.name for each in environments))
    known = opened.ledger.recall(name, desk.answer, *beside)
    if known:
        opened.ledger.recalled.append(known)
        desk.asked.update(dict.fromkeys(known.questions))
        report.extend(verdict.to_said(known.body))
        return
    said = Report()
    view = desk.watched(said)
    sealed.check(view, [each.environment for each in environments], said, complete=complete)
    desk.asked.update(view.asked)
    report.extend(said)
    if not said.broken:
        asked = {*view.asked, *(question for each in environments for question in each.asked)}
        opened.ledger.learn(name, verdict.of_said(said), asked, desk.answer, *beside)
