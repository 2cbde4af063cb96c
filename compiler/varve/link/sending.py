"""What a Prometheus sends on to stores: all of it at once, or each tenant's under its own name."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from varve.language.promql import LABEL
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.platform import credentials
from varve.resolve.replica import replica, telling
from varve.resolve.store import Store, stores


class Whose(NamedTuple):
    """The tenants of a server, and those of them who are told apart by a header, both sorted."""

    tenants: tuple[str, ...]
    partial: tuple[str, ...]


def entries(environment: Environment, whose: Whose) -> list[Value]:
    """The remote writes of a server: one for each store, or one for each tenant where the store tells tenants apart."""
    said, own = cast("dict[str, Map]", environment.platform.get("remote_write", {})), replica(environment)
    told, apart = telling(environment), {each.name: each for each in stores(environment)}
    made: list[Value] = []
    for name, each in said.items():
        steps: list[Value] = [own.dropping] if own and name not in told else []
        entry: Map = {"name": name, **each, **credentials(environment, "platform", each)}
        if name in apart:
            made += _one_by_one(entry, apart[name], whose, steps)
        else:
            made.append({**entry, **({"write_relabel_configs": steps} if steps else {})})
    return made


def _one_by_one(entry: Map, store: Store, whose: Whose, steps: Sequence[Value]) -> Iterator[Map]:
    """An entry for each tenant that is written, and one for all else where that has a name."""
    written = whose.partial if store.partial else whose.tenants
    for tenant in written:
        yield _under(store.header, tenant, {**entry, "name": f"{store.name}/{tenant}"}, [_keeping(tenant), *steps])
    if store.rest:
        yield _under(store.header, store.rest, entry, [*_leaving(written, whose), *steps])


def _under(header: str, name: str, entry: Map, steps: list[Value]) -> Map:
    # What metrics mean is told of all that the server scrapes, whatever steps there are: it would say whom it serves.
    unexplained: Map = {"metadata_config": {"send": False}}
    return {**entry, "headers": {header: name}, **({"write_relabel_configs": steps} if steps else {}), **unexplained}


def _keeping(tenant: str) -> Map:
    return {"action": "keep", "source_labels": [LABEL], "regex": tenant}


def _leaving(written: Sequence[str], whose: Whose) -> list[Value]:
    """The step that takes out what is written by itself: where that is every tenant's, whatever is of a tenant."""
    if len(written) == len(whose.tenants):
        return [_keeping("")]
    return [{"action": "drop", "source_labels": [LABEL], "regex": "|".join(written)}] if written else []
