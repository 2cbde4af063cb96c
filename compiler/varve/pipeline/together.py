"""Units of neighbouring tenants, remembered as one: of most of them nothing has changed.

Such a verdict rests on all that stands in the folders of these tenants, below `tenants/` and `build/`, and on whatever
else their units ask. So one digest tells that it holds, and no unit has to be asked for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import Final, NamedTuple

from varve.model.unit import Unit
from varve.pipeline.ledger import digest
from varve.pipeline.opening import Opened
from varve.pipeline.outcome import Outcome, brought, main_file
from varve.pipeline.remembering import as_recalled
from varve.pipeline.verdict import to_unit
from varve.read.repository import is_missed

_SOME: Final = 32


class Together(NamedTuple):
    """Units that are remembered as one: those of tenants, whose folders stand side by side, in these environments."""

    tenants: tuple[str, ...]
    environments: tuple[str, ...]

    @property
    def name(self) -> str:
        """What a verdict about them is called."""
        return f"units of {' '.join(self.environments)} from {self.tenants[0]} on"

    @property
    def units(self) -> Iterator[Unit]:
        """All of them, in the order in which their artifacts stand."""
        return (Unit(tenant, environment) for environment in self.environments for tenant in self.tenants)

    @property
    def folders(self) -> Iterator[str]:
        """The folders of the sources, and of the artifacts, of these tenants, each with a slash at its end."""
        for top in ("tenants", *(f"build/{each}/tenants" for each in self.environments)):
            yield from (f"{top}/{tenant}/" for tenant in self.tenants)

    def owns(self, question: str) -> bool:
        """Whether a question is about the sources in the folders of these tenants."""
        top, _, rest = question.partition("/")
        tenant, slash, _ = rest.partition("/")
        return bool(slash) and top == "tenants" and tenant in self.tenants


class _Files(NamedTuple):
    """Files that stand side by side: their sorted paths, and their blob ids."""

    paths: Sequence[str]
    ids: Sequence[str]


class _Body(NamedTuple):
    """What is remembered: the `verdicts` that units have, in the form in which one is remembered, each once.

    `units` tell of each its verdict's number, how many files stand in its folder, and what it brings to linking.
    `unread` are the places of the tenants' sources that no unit has read.
    """

    verdicts: list[str]
    units: list[tuple[int, int, str]]
    unread: list[int]


def neighbours(opened: Opened, environments: Iterable[str]) -> Iterator[Together]:
    """All units of these environments, as they are remembered."""
    names = tuple(environments)
    # Where no environment is sound there are no units.
    tenants = sorted(opened.tenants, key="{}/".format) if names else []
    for first in range(0, len(tenants), _SOME):
        yield Together(tuple(tenants[first : first + _SOME]), names)


class _Recalled(NamedTuple):
    """The outcomes of units, and what these ask; of their own files only those that were read."""

    outcomes: dict[Unit, Outcome]
    asked: tuple[str, ...]


def recall_together(opened: Opened, some: Together) -> dict[Unit, Outcome]:
    """The outcomes that are remembered of units, where all of these hold; else none. What each asks is not told."""
    # A file that is refused is none that stands, and breaks whoever owns it.
    if opened.reading.snapshot.refused:
        return {}
    found = opened.carried.recall(_Recalled, some, opened.ledger.shared) or _recalled(opened, some)
    opened.reading.asked.update(dict.fromkeys(found.asked if found else ()))
    return found.outcomes if found else {}


def _recalled(opened: Opened, some: Together) -> _Recalled | None:
    (sources, *built), ledger = _standing(opened, some), opened.ledger
    known = ledger.recall_young(some.name, opened.reading.answer, _there([sources, *built]), *some.tenants)
    if known is None:
        return None
    ledger.recalled.append(known)
    body = _Body(*json.loads(known.body))
    unread = set(body.unread)
    asked = (*known.questions, *(path for place, path in enumerate(sources.paths) if place not in unread))
    found = _Recalled(_outcomes(opened, some, body, built), asked)
    stand = chain(sources.paths, *(each.paths for each in built))
    opened.carried.keep(some, found, (*known.questions, *some.folders, *stand), ledger.shared)
    return found


def _outcomes(opened: Opened, some: Together, body: _Body, built: Iterable[_Files]) -> dict[Unit, Outcome]:
    verdicts = [to_unit(each.encode()) for each in body.verdicts]
    paths, ids = ([*chain.from_iterable(each)] for each in zip(*built, strict=True))
    ends = accumulate((count for _, count, _ in body.units), initial=0)
    found = {}
    for unit, (number, _, brings), (start, end) in zip(some.units, body.units, pairwise(ends), strict=True):
        made = dict(zip(paths[start:end], ids[start:end], strict=True))
        if verdicts[number].strict:
            made.pop(main_file(unit), None)
        found[unit] = as_recalled(opened, unit, verdicts[number], made, brings)
    return found


def learn_together(opened: Opened, some: Together, found: Mapping[Unit, Outcome], linked: Mapping[str, str]) -> None:
    """Remember units as one, where there is a verdict about each; `linked` are the files that linking has made."""
    if not all((known := found.get(unit)) and known.verdict for unit in some.units):
        return
    outcomes = [found[unit] for unit in some.units]
    made = [_made(each, linked) for each in outcomes]
    asked = {question for each in outcomes for question in _asked(each)}
    bodies = [each.verdict.body.decode() for each in outcomes if each.verdict]
    numbers = {body: number for number, body in enumerate(dict.fromkeys(bodies))}
    units = [
        (numbers[body], len(files), outcome.brought or brought(opened, outcome))
        for body, files, outcome in zip(bodies, made, outcomes, strict=True)
    ]
    sources, desk = _standing(opened, some)[0], opened.reading
    unread = [place for place, path in enumerate(sources.paths) if path not in asked]
    body = json.dumps(_Body([*numbers], units, unread), separators=(",", ":")).encode()
    # What a file was meant to be, that nothing reads, is told by whatever else was asked for beside it.
    missed = any(is_missed(sources.paths[place]) for place in unread)
    questions = tuple(sorted(each for each in asked if missed or not some.owns(each)))
    size = len(some.tenants)
    built = [_files(made[first : first + size]) for first in range(0, len(made), size)]
    beside = _there([sources, *built]), *some.tenants
    opened.ledger.learnt.append(opened.ledger.entry(some.name, body, questions, map(desk.answer, questions), *beside))


def _standing(opened: Opened, some: Together) -> list[_Files]:
    """The sources of these tenants, and their artifacts of each environment, with whatever stands between them."""
    folders = ("tenants", *(f"build/{each}/tenants" for each in some.environments))
    ends = some.tenants[0], some.tenants[-1]
    return [_Files(*opened.reading.snapshot.between(*(f"{folder}/{end}" for end in ends))) for folder in folders]


def _made(outcome: Outcome, linked: Mapping[str, str]) -> dict[str, str]:
    """What will stand in the folder of a unit: what was made of it, and the one file that linking makes, if it does."""
    main = main_file(outcome.unit)
    return {**(outcome.made or {}), **({main: linked[main]} if main in linked else {})}


def _asked(outcome: Outcome) -> tuple[str, ...]:
    """The questions that the sources of a unit answer."""
    questions = outcome.verdict.questions if outcome.verdict else ()
    return questions[: len(questions) - len(outcome.made or ())]


def _files(made: Iterable[Mapping[str, str]]) -> _Files:
    """The same files, of units of which each has a folder."""
    items = [item for each in made for item in sorted(each.items())]
    return _Files([path for path, _ in items], [id_ for _, id_ in items])


def _there(files: Iterable[_Files]) -> str:
    """A digest of files."""
    return digest(text for paths, ids in files for text in (*paths, "", *ids, ""))
