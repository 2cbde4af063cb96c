"""The remote writes of a Prometheus: one for all of a store's series, or one for each tenant under its own id."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from varve.language.promql import LABEL
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.platform import credentials
from varve.resolve.replica import replica, stores_with_replica
from varve.resolve.store import Store, stores


class ServerTenants(NamedTuple):
    """The tenants of a server, and those of them whose data source sends their id in a header, both sorted."""

    tenants: tuple[str, ...]
    partial: tuple[str, ...]


def entries(environment: Environment, served: ServerTenants) -> list[Value]:
    """The remote writes of a server: one for each store, or one for each tenant if the store tells tenants apart."""
    writes, replica_label = cast("dict[str, Map]", environment.platform.get("remote_write", {})), replica(environment)
    with_replica, separated = stores_with_replica(environment), {each.name: each for each in stores(environment)}
    made: list[Value] = []
    for name, each in writes.items():
        steps: list[Value] = [replica_label.labeldrop] if replica_label and name not in with_replica else []
        histograms: Map = {"send_native_histograms": True} if each.get("native_histograms") else {}
        entry: Map = {"name": name, **each, **histograms, **credentials(environment, "platform", each)}
        if name in separated:
            made += _entries_by_tenant(entry, separated[name], served, steps)
        else:
            made.append({**entry, **({"write_relabel_configs": steps} if steps else {})})
    return made


def _entries_by_tenant(entry: Map, store: Store, served: ServerTenants, steps: Sequence[Value]) -> Iterator[Map]:
    """An entry for each tenant that is written separately, and one for all other series if the store has `rest`."""
    written = served.partial if store.partial else served.tenants
    for tenant in written:
        yield _with_header(store.header, tenant, {**entry, "name": f"{store.name}/{tenant}"}, [_keep(tenant), *steps])
    if store.rest:
        yield _with_header(store.header, store.rest, entry, [*_drop(written, served), *steps])


def _with_header(header: str, name: str, entry: Map, steps: list[Value]) -> Map:
    # Metadata is sent for everything that the server scrapes, whatever the relabelling: it would reveal other tenants.
    unexplained: Map = {"metadata_config": {"send": False}}
    return {**entry, "headers": {header: name}, **({"write_relabel_configs": steps} if steps else {}), **unexplained}


def _keep(tenant: str) -> Map:
    return {"action": "keep", "source_labels": [LABEL], "regex": tenant}


def _drop(written: Sequence[str], served: ServerTenants) -> list[Value]:
    """The step that drops what is written separately; if that is every tenant, only series of no tenant are kept."""
    if len(written) == len(served.tenants):
        return [_keep("")]
    return [{"action": "drop", "source_labels": [LABEL], "regex": "|".join(written)}] if written else []
