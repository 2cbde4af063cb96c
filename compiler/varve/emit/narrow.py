"""Tasks narrowed to what a file depends on, so that work is shared by all environments in which that is the same."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from varve.emit.kit import Kit, Task
from varve.language.cache_key import ContentKey, IdentityKey, content_key
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment, Resolved, Unit

if TYPE_CHECKING:
    from varve.model.source import Map

T = TypeVar("T")


def once(task: Task, value: "Map", parts: tuple[str, ...], name: Hashable, make: Callable[[Task], T]) -> T:
    """The result of `make` for a task whose unit has only this `value`, and whose platform map only these `parts`.

    `make` is called once for all environments of a tenant in which these are the same. The task that it receives has no
    environment name and no stack, and its report is discarded. `name` distinguishes results of different kinds that
    depend on the same value and parts.
    """
    tenant, environment = task.unit.unit.tenant, _narrowed(IdentityKey(task.environment), parts)

    def compute() -> T:
        return make(_task(task.kit, tenant, value, environment.value))

    return task.kit.once.get(tenant, (name, content_key(value), environment), compute)


def for_all(kit: Kit, name: Hashable, make: Callable[[Task], T]) -> T:
    """The same for a task that contains nothing but the kit: `make` is called once for all tenants."""
    return kit.once.for_all(name, lambda: make(_task(kit, "", {}, Environment("", {}, Stack(())))))


def quietly(make: Callable[[Task], T], task: Task) -> T | None:
    """The result of `make`; None if it reports anything, so that each environment reports it with its own places."""
    result = make(task)
    return None if len(task.report) else result


def _task(kit: Kit, tenant: str, value: "Map", environment: Environment) -> Task:
    return Task(Resolved(Unit(tenant, ""), value, Stack(()), {}), environment, kit, Report())


@lru_cache(maxsize=32)
def _narrowed(environment: IdentityKey[Environment], parts: tuple[str, ...]) -> IdentityKey[Environment]:
    """An environment without a name, whose platform map has only these parts."""
    platform: Map = {part: environment.value.platform[part] for part in parts if part in environment.value.platform}
    return _shared_environment(content_key(platform))


@lru_cache(maxsize=32)
def _shared_environment(platform: ContentKey) -> IdentityKey[Environment]:
    """The same environment object for all equal platform maps."""
    return IdentityKey(Environment("", platform.value, Stack(())))
