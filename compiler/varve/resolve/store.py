"""Stores that tell tenants apart by a header: who is written there, and what becomes of all else."""

from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from varve.model.source import Map
    from varve.model.unit import Environment


class Store(NamedTuple):
    """A store to which tenants are written one by one, each under its id in the `header`.

    Where it is for `partial` ones, of those who share a server only they are, whom Grafana shows by a header. `rest` is
    the name under which all else is written; None where that is not written at all.
    """

    name: str
    url: str
    header: str
    partial: bool
    rest: str | None


def stores(environment: "Environment") -> tuple[Store, ...]:
    """Those of the environment's remote writes that tell tenants apart, in the order in which they are said."""
    said = cast("dict[str, Map]", environment.platform.get("remote_write") or {})
    return tuple(_store(name, each) for name, each in said.items() if "tenants" in each)


def _store(name: str, said: "Map") -> Store:
    told = cast("dict[str, str]", said["tenants"])
    return Store(name, cast("str", said["url"]), told["header"], told.get("of") == "partial", told.get("rest"))
