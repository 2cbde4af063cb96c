"""For programs that read configuration: all of it at one moment, from memory."""

from functools import lru_cache
from typing import Final, cast

from varve.api.config import generation as memory
from varve.api.config.generation import Generation
from varve.api.config.section import Frozen, Section, at, frozen, thawed
from varve.api.findings import ConfigError
from varve.language import name
from varve.model.source import Keys, Map
from varve.model.unit import Unit

_NOT_KNOWN: Final = object()
_PATHS: Final = 10_000
"""How many paths are remembered with the keys that they write; of those that lead nowhere only that is."""


class ConfigSnapshot:
    """What all units resolve to at one moment, for as long as somebody holds it; many threads may.

    A unit is resolved when it is first asked for. One that is not there, or is broken, is a `ConfigError`.
    """

    __slots__ = ("_found", "_generation")

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._found = generation.found

    def get(self, tenant: str, environment: str, path: str = "", default: Frozen = None) -> Frozen:
        """What stands at a path such as `services.checkout.owner` in a unit, or `default` where nothing does.

        Maps are sections and lists are tuples: nobody can change them. `ValueError` where `path` is no path.
        """
        known = self._found.get((tenant, environment))
        found = _NOT_KNOWN if known is None else known.get(path, _NOT_KNOWN)
        return self._find(Unit(tenant, environment), path, default) if found is _NOT_KNOWN else cast("Frozen", found)

    def unit(self, tenant: str, environment: str) -> Section:
        """All that a unit says, as a map that nobody can change."""
        return cast("Section", self.get(tenant, environment))

    def load(self, tenant: str, environment: str) -> Map:
        """All that a unit says, as maps, lists and scalars that are the caller's own to change."""
        return cast("Map", thawed(self._value(Unit(tenant, environment))))

    def tenants(self) -> tuple[str, ...]:
        """The ids of the tenants, sorted; also of those that are broken."""
        return self._generation.opened.tenants

    def environments(self) -> tuple[str, ...]:
        """The names of the environments, in the order of `varve.yaml`."""
        return self._generation.opened.settings.environments

    def _find(self, unit: Unit, path: str, default: Frozen) -> Frozen:
        keys = _keys(path)
        if keys is None:
            raise ValueError(f"`{path}` is not a path; write it like `services.checkout.slos`")
        value = self._value(unit)
        try:
            found = frozen(at(value, keys))
        except KeyError:
            return default  # and not remembered: there is no end of paths that lead nowhere
        self._found[unit][path] = found
        return found

    def _value(self, unit: Unit) -> Map:
        answer = memory.answer(self._generation, unit)
        if answer.value is None:
            raise ConfigError(answer.findings)
        return answer.value


@lru_cache(_PATHS)
def _keys(path: str) -> Keys | None:
    return name.keys(path)
