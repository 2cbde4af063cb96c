"""For programs that read configuration: resolved units from memory, for many threads."""

from dataclasses import dataclass, field
from os import PathLike
from threading import Lock
from typing import cast

from varve import pipeline
from varve.api import repository
from varve.api.findings import ConfigError, gather
from varve.api.opening import Opening, asking_git, is_there, open_view
from varve.api.resolve import Answer, answer, resolved
from varve.model.diagnostic import Diagnostic, Report
from varve.model.source import Map, Value
from varve.model.unit import Unit
from varve.world.git import WorkTree
from varve.world.repository import Repository


@dataclass(frozen=True, slots=True)
class _Memory:
    """A repository as it stood at one moment, what was `said` of its files, and the answers that it has given.

    `lock` is for whoever adds an answer.
    """

    opening: Opening
    said: tuple[Diagnostic, ...]
    opened: pipeline.Opened
    lock: Lock = field(default_factory=Lock)
    answers: dict[Unit, Answer] = field(default_factory=dict)


class ConfigManager:
    """The resolved configuration of the units of a repository, as its work tree stood when it was opened or reloaded.

    Many threads may use one at once. `ConfigError` where the repository cannot be opened, or its settings are broken.
    """

    __slots__ = ("_memory", "_repository")

    def __init__(self, path: str | PathLike[str] = ".") -> None:
        self._repository = repository.open(path).repository
        self._memory = _open(self._repository)

    def load(self, tenant: str, environment: str) -> Map:
        """What a unit resolves to: maps, lists and scalars that are the caller's own to change.

        `ConfigError` where there is no such unit, or it is broken; other tenants' mistakes do not matter. A unit is
        resolved when it is first asked for, and remembered.
        """
        memory, unit = self._memory, Unit(tenant, environment)
        found = memory.answers.get(unit) or _answer(memory, unit)
        if found.value is None:
            raise ConfigError(found.findings)
        return cast("Map", _copy(found.value))

    def reload(self) -> None:
        """Look at the work tree anew. `ConfigError` where it cannot be opened now; then all stays as it was."""
        self._memory = _open(self._repository)

    def tenants(self) -> tuple[str, ...]:
        """The ids of the tenants, sorted; also of those that are broken."""
        return self._memory.opened.tenants

    def environments(self) -> tuple[str, ...]:
        """The names of the environments, in the order of `varve.yaml`."""
        return self._memory.opened.settings.environments


def _open(found: Repository) -> _Memory:
    report, opened = Report(), None
    opening = open_view(found, WorkTree(), report)
    if opening is None:
        raise ConfigError(gather(report))
    said = tuple(report)
    with asking_git(report):
        opened = pipeline.open_repository(opening.snapshot, report)
    if opened is None:
        raise ConfigError(gather(report, opening.snapshot))
    return _Memory(opening, said, opened)


def _answer(memory: _Memory, unit: Unit) -> Answer:
    """What a unit resolves to, remembered if there is one; of many threads that ask, one does the work."""
    report = Report()
    if not is_there(memory.opened, unit, report):
        return Answer(gather(report))
    with memory.lock:
        if unit not in memory.answers:
            memory.answers[unit] = _resolved(memory, unit)
        return memory.answers[unit]


def _resolved(memory: _Memory, unit: Unit) -> Answer:
    report, value = Report(), None
    with asking_git(report):
        value = resolved(memory.opened, unit, report)
    if value is not None:
        return Answer(gather(report, memory.opening.snapshot), value)
    # A file that units share is judged once, and what is wrong with it is said once: so a broken unit is asked anew.
    anew = Report()
    anew.extend(memory.said)
    return answer(memory.opening, unit, anew)


def _copy(value: Value) -> Value:
    match value:
        case dict():
            return {key: _copy(each) for key, each in value.items()}
        case list():
            return [_copy(each) for each in value]
    return value
