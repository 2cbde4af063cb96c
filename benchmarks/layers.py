"""The sources of a repository as layers of another tool: the same values, in the same order of priority."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from benchmarks.repository import ENVIRONMENTS, Kind, files
from varve.model.diagnostic import Report
from varve.model.source import Map, Source, Value
from varve.read.parse import parse


class Unit(NamedTuple):
    """A unit, and the names of its layers, the weakest first."""

    tenant: str
    environment: str
    layers: tuple[str, ...]

    @property
    def facts(self) -> Map:
        """What is known about the unit without reading any layer."""
        return {"environment": self.environment, "tenant": {"id": self.tenant}, "service": "service-0"}


def layers(tenants: int, kind: Kind) -> dict[str, Map]:
    """The values of each layer, at their place in a unit, by its name: `tiers.gold` or `tenants.acme.users.alice`.

    Sealed files are left out: like varve, the other tools would only copy their paths.
    """
    parsed = {path: _parsed(path, text) for path, text in files(tenants, kind) if _is_layer(path)}
    return dict(_placed(path.removesuffix(".yaml"), value) for path, value in parsed.items())


def units(layers: Mapping[str, Map]) -> Iterator[Unit]:
    """The units of all tenants in all environments."""
    parts: dict[str, list[str]] = {}
    for name in layers:
        match name.split("."):
            case ["tenants", tenant, "users" | "services", _]:
                parts.setdefault(tenant, []).append(name)
    for tenant, own in parts.items():
        facts = layers[f"tenants.{tenant}.tenant"]["tenant"]
        if not isinstance(facts, dict):
            raise TypeError(f"{tenant} has no map `tenant`")
        for environment in ENVIRONMENTS:
            first = ("defaults", f"tiers.{facts['tier']}", f"regions.{facts['region']}", environment)
            last = (f"tenants.{tenant}.overlays.{environment}", f"tenants.{tenant}.grants")
            named = (*first, f"tenants.{tenant}.tenant", *sorted(own), *last)
            yield Unit(tenant, environment, tuple(name for name in named if name in layers))


def _is_layer(path: str) -> bool:
    return path.startswith(("environments/", "tenants/")) and "/secrets/" not in path


def _parsed(path: str, text: str) -> Map:
    value = parse(Source(path, "", text.encode()), Report())
    if value is None:
        raise ValueError(f"{path} cannot be read")
    return value


def _placed(path: str, value: Map) -> tuple[str, Map]:
    match path.split("/"):
        case ["environments", "tenants", tenant]:
            return f"tenants.{tenant}.grants", value
        case ["environments", *names]:
            return ".".join(names), value
        case ["tenants", _, "users" | "services" as folder, stem]:
            inner: dict[str, Value] = {stem: value}
            return path.replace("/", "."), {folder: inner}
    return path.replace("/", "."), value
