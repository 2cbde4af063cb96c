"""Stores that separate tenants by a header: under which id each series is written."""

from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from varve.model.source import Map
    from varve.model.unit import Environment


class Store(NamedTuple):
    """A store to which each tenant's series are written separately, with its id in the `header`.

    If `partial` is true, of the tenants that share a server only those with `partial` isolation are written separately,
    and Grafana queries for them with the header. `rest` is the id under which everything else is written, None if it
    is not written.
    """

    name: str
    url: str
    header: str
    partial: bool
    rest: str | None


def stores(environment: "Environment") -> tuple[Store, ...]:
    """The environment's remote writes that separate tenants, in the order of the platform map."""
    writes = cast("dict[str, Map]", environment.platform.get("remote_write") or {})
    return tuple(_store(name, each) for name, each in writes.items() if "tenants" in each)


def _store(name: str, settings: "Map") -> Store:
    tenants = cast("dict[str, str]", settings["tenants"])
    return Store(
        name, cast("str", settings["url"]), tenants["header"], tenants.get("of") == "partial", tenants.get("rest")
    )
