"""One verdict for the units of neighbouring tenants, because most of them have not changed.

Such a verdict depends on everything in the folders of these tenants, below `tenants/` and `build/`, and on whatever
else their units ask. So one digest shows that it holds, and no unit has to be recalled by itself.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import Final, NamedTuple

from varve.model.unit import Unit
from varve.pipeline.ledger import digest
from varve.pipeline.opening import Opened
from varve.pipeline.outcome import Outcome, contribution, main_file
from varve.pipeline.remembering import recalled_outcome
from varve.pipeline.verdict import unpack_unit
from varve.read.repository import is_reported_if_unread

_GROUP_SIZE: Final = 32


class TenantGroup(NamedTuple):
    """The units, in these environments, of tenants with neighbouring folders, which share one verdict."""

    tenants: tuple[str, ...]
    environments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of a verdict about them."""
        return f"units of {' '.join(self.environments)} from {self.tenants[0]} on"

    @property
    def units(self) -> Iterator[Unit]:
        """All of these units, in the order of their artifacts' paths."""
        return (Unit(tenant, environment) for environment in self.environments for tenant in self.tenants)

    @property
    def folders(self) -> Iterator[str]:
        """The folders of these tenants' sources and artifacts, each with a slash at its end."""
        for top in ("tenants", *(f"build/{each}/tenants" for each in self.environments)):
            yield from (f"{top}/{tenant}/" for tenant in self.tenants)

    def owns(self, question: str) -> bool:
        """Whether a question is about the sources in the folders of these tenants."""
        top, _, rest = question.partition("/")
        tenant, slash, _ = rest.partition("/")
        return bool(slash) and top == "tenants" and tenant in self.tenants


class _Files(NamedTuple):
    """Neighbouring files: their sorted paths, and their blob ids."""

    paths: Sequence[str]
    ids: Sequence[str]


class _Body(NamedTuple):
    """What is remembered: the `verdicts` of the units, each distinct one once, in the form of a unit's own verdict.

    `units` has for each unit the position of its verdict, the number of files in its folder, and its contribution to
    linking. `unread` are the positions of the tenants' sources that no unit has read.
    """

    verdicts: list[str]
    units: list[tuple[int, int, str]]
    unread: list[int]


def tenant_groups(opened: Opened, environments: Iterable[str]) -> Iterator[TenantGroup]:
    """All units of these environments, in the groups in which they are remembered."""
    names = tuple(environments)
    # Without a sound environment there are no units.
    tenants = sorted(opened.tenants, key="{}/".format) if names else []
    for first in range(0, len(tenants), _GROUP_SIZE):
        yield TenantGroup(tuple(tenants[first : first + _GROUP_SIZE]), names)


class _Recalled(NamedTuple):
    """The outcomes of units, and the questions that they ask; of their own files only those that were read."""

    outcomes: dict[Unit, Outcome]
    questions: tuple[str, ...]


def recall_group(opened: Opened, group: TenantGroup) -> dict[Unit, Outcome]:
    """The remembered outcomes of a group of units where all of them hold, else none; without each one's questions."""
    # A refused file is not among the files of the snapshot, but breaks the units of its owner.
    if opened.reading.snapshot.refused:
        return {}
    found = opened.carried.recall(_Recalled, group, opened.ledger.shared) or _recalled(opened, group)
    opened.reading.questions.update(dict.fromkeys(found.questions if found else ()))
    return found.outcomes if found else {}


def _recalled(opened: Opened, group: TenantGroup) -> _Recalled | None:
    (sources, *built), ledger = _current_files(opened, group), opened.ledger
    known = ledger.recall_young(group.name, opened.reading.answer, _digest_of([sources, *built]), *group.tenants)
    if known is None:
        return None
    ledger.recalled.append(known)
    body = _Body(*json.loads(known.body))
    unread = set(body.unread)
    questions = (*known.questions, *(path for place, path in enumerate(sources.paths) if place not in unread))
    found = _Recalled(_outcomes(opened, group, body, built), questions)
    paths = chain(sources.paths, *(each.paths for each in built))
    opened.carried.keep(group, found, (*known.questions, *group.folders, *paths), ledger.shared)
    return found


def _outcomes(opened: Opened, group: TenantGroup, body: _Body, built: Iterable[_Files]) -> dict[Unit, Outcome]:
    verdicts = [unpack_unit(each.encode()) for each in body.verdicts]
    paths, ids = ([*chain.from_iterable(each)] for each in zip(*built, strict=True))
    ends = accumulate((count for _, count, _ in body.units), initial=0)
    found = {}
    for unit, (number, _, contributed), (start, end) in zip(group.units, body.units, pairwise(ends), strict=True):
        made = dict(zip(paths[start:end], ids[start:end], strict=True))
        if verdicts[number].strict:
            made.pop(main_file(unit), None)
        found[unit] = recalled_outcome(opened, unit, verdicts[number], made, contributed)
    return found


def learn_group(opened: Opened, group: TenantGroup, found: Mapping[Unit, Outcome], linked: Mapping[str, str]) -> None:
    """Remember a group of units where each has a verdict; `linked` are the ids of the files that linking has made."""
    if not all((known := found.get(unit)) and known.verdict for unit in group.units):
        return
    outcomes = [found[unit] for unit in group.units]
    made = [_files_of(each, linked) for each in outcomes]
    source_questions = {question for each in outcomes for question in _source_questions(each)}
    bodies = [each.verdict.body.decode() for each in outcomes if each.verdict]
    numbers = {body: number for number, body in enumerate(dict.fromkeys(bodies))}
    units = [
        (numbers[body], len(files), outcome.contribution or contribution(opened, outcome))
        for body, files, outcome in zip(bodies, made, outcomes, strict=True)
    ]
    sources, reading = _current_files(opened, group)[0], opened.reading
    unread = [place for place, path in enumerate(sources.paths) if path not in source_questions]
    body = json.dumps(_Body([*numbers], units, unread), separators=(",", ":")).encode()
    # The warning about an unread file depends on what else was asked for in its folder, so all questions are kept.
    missed = any(is_reported_if_unread(sources.paths[place]) for place in unread)
    questions = tuple(sorted(each for each in source_questions if missed or not group.owns(each)))
    size = len(group.tenants)
    built = [_files(made[first : first + size]) for first in range(0, len(made), size)]
    context = _digest_of([sources, *built]), *group.tenants
    opened.ledger.learnt.append(
        opened.ledger.entry(group.name, body, questions, map(reading.answer, questions), *context)
    )


def _current_files(opened: Opened, group: TenantGroup) -> list[_Files]:
    """The sources of these tenants, and their artifacts in each environment, with any files sorted between them."""
    folders = ("tenants", *(f"build/{each}/tenants" for each in group.environments))
    ends = group.tenants[0], group.tenants[-1]
    return [_Files(*opened.reading.snapshot.between(*(f"{folder}/{end}" for end in ends))) for folder in folders]


def _files_of(outcome: Outcome, linked: Mapping[str, str]) -> dict[str, str]:
    """The files that a unit's folder will contain: its artifacts, and the main file if linking makes one."""
    main = main_file(outcome.unit)
    return {**(outcome.made or {}), **({main: linked[main]} if main in linked else {})}


def _source_questions(outcome: Outcome) -> tuple[str, ...]:
    """The questions that the sources of a unit answer."""
    questions = outcome.verdict.questions if outcome.verdict else ()
    return questions[: len(questions) - len(outcome.made or ())]


def _files(made: Iterable[Mapping[str, str]]) -> _Files:
    """The files of several units, in the order of their folders."""
    items = [item for each in made for item in sorted(each.items())]
    return _Files([path for path, _ in items], [id_ for _, id_ in items])


def _digest_of(files: Iterable[_Files]) -> str:
    """A digest of the paths and ids of files."""
    return digest(text for paths, ids in files for text in (*paths, "", *ids, ""))
