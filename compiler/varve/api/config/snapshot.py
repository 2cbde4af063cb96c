"""All configuration at one moment, from memory."""

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
"""How many parsed paths are cached; for a path without a value, nothing else is cached."""


class ConfigSnapshot:
    """The resolved units of a repository at one moment; many threads may use it.

    A unit is resolved when it is first read. Its methods raise `ConfigError` if a unit does not exist or is broken.
    """

    __slots__ = ("_found", "_generation")

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._found = generation.found

    def get(self, tenant: str, environment: str, path: str = "", default: Frozen = None) -> Frozen:
        """The value at a path such as `services.checkout.owner` of a unit, or `default` if there is none.

        A map is a read-only mapping, a list is a tuple, and a secret is the reference in the source. Raises
        `ValueError` if `path` is not a path.
        """
        known = self._found.get((tenant, environment))
        found = _NOT_KNOWN if known is None else known.get(path, _NOT_KNOWN)
        return self._find(Unit(tenant, environment), path, default) if found is _NOT_KNOWN else cast("Frozen", found)

    def unit(self, tenant: str, environment: str) -> Section:
        """All values of a unit, as a read-only mapping."""
        return cast("Section", self.get(tenant, environment))

    def load(self, tenant: str, environment: str) -> Map:
        """All values of a unit, as a copy of dicts, lists and scalars that the caller may change."""
        return cast("Map", thawed(self._value(Unit(tenant, environment))))

    def tenants(self) -> tuple[str, ...]:
        """The ids of all tenants, sorted, including broken ones."""
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
            return default  # not cached, because the number of paths without a value is unlimited
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
