"""A task that knows only what a file depends on: it is the same in most environments of a tenant, and done once."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from varve.emit.kit import Kit, Task
from varve.language.same import Same, Spelt, spelt
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment, Resolved, Unit

if TYPE_CHECKING:
    from varve.model.source import Map

T = TypeVar("T")


def once(task: Task, value: "Map", parts: tuple[str, ...], name: Hashable, make: Callable[[Task], T]) -> T:
    """What `make` gives for a task that knows of its unit this `value` alone, and of the platform these parts.

    `make` is asked once for all environments of a tenant in which these are the same. The task that it gets has neither
    the name of an environment nor the sources of one, and what it reports is lost. `name` tells what is made from other
    things that are made of the same.
    """
    tenant, said, environment = task.unit.unit.tenant, spelt(value), _narrowed(Same(task.environment), parts)

    def made() -> T:
        return make(_task(task.kit, tenant, value, environment.value))

    return task.kit.once.get(tenant, (name, said, environment), made)


def for_all(kit: Kit, name: Hashable, make: Callable[[Task], T]) -> T:
    """The same for a task that knows nothing but the kit: `make` is asked once for all tenants."""
    return kit.once.for_all(name, lambda: make(_task(kit, "", {}, Environment("", {}, Stack(())))))


def quietly(make: Callable[[Task], T], task: Task) -> T | None:
    """What `make` gives; None where it reports anything, which then everybody reports by themselves."""
    made = make(task)
    return None if len(task.report) else made


def _task(kit: Kit, tenant: str, value: "Map", environment: Environment) -> Task:
    return Task(Resolved(Unit(tenant, ""), value, Stack(()), {}), environment, kit, Report())


@lru_cache(maxsize=32)
def _narrowed(environment: Same[Environment], parts: tuple[str, ...]) -> Same[Environment]:
    """An environment without a name, whose platform says nothing but these parts."""
    said: Map = {part: environment.value.platform[part] for part in parts if part in environment.value.platform}
    return _alike(spelt(said))


@lru_cache(maxsize=32)
def _alike(platform: Spelt) -> Same[Environment]:
    """One environment for all that say the same."""
    return Same(Environment("", platform.value, Stack(())))
