"""A unit and its environment as far as one file tells of them: the same in most environments of a tenant."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from varve.emit.kit import Task
from varve.language.same import Same, Spelt, spelt
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment, Resolved, Unit

if TYPE_CHECKING:
    from varve.model.source import Map

T = TypeVar("T")


def once(task: Task, told: "Map", platform: tuple[str, ...], name: Hashable, make: Callable[[Task], T]) -> T:
    """What `make` gives for a unit that says what is `told`, where the platform says nothing but these parts.

    That is done once for all environments of a tenant that say the same so far: `make` sees no name of any, and none of
    their sources, so whatever it reports is heard by nobody. `name` is that of what it makes.
    """
    tenant, value, environment = task.unit.unit.tenant, spelt(told), _told(Same(task.environment), platform)

    def made() -> T:
        unit = Resolved(Unit(tenant, ""), told, Stack(()), {})
        return make(Task(unit, environment.value, task.kit, Report()))

    return task.kit.once.get(tenant, (name, value, environment), made)


@lru_cache(maxsize=32)
def _told(environment: Same[Environment], parts: tuple[str, ...]) -> Same[Environment]:
    said: Map = {part: environment.value.platform[part] for part in parts if part in environment.value.platform}
    return _alike(spelt(said))


@lru_cache(maxsize=32)
def _alike(platform: Spelt) -> Same[Environment]:
    """One environment for all that say the same."""
    return Same(Environment("", platform.value, Stack(())))
