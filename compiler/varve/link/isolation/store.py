"""Checks that a store that tells tenants apart gets each tenant's series under that tenant's id and no other."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from varve.language.address import endpoint_of
from varve.language.fault import quote
from varve.language.promql import LABEL
from varve.link.isolation.evidence import Breach
from varve.link.isolation.shape import maps
from varve.model.source import Map, Value

_WRITES: Final = "remote_write"
_READS: Final = "remote_read"
_MORE_HEADERS: Final = "http_headers"
_NO_METADATA: Final[Map] = {"send": False}


class DueStore(NamedTuple):
    """A store as the platform sets it, the `tenants` of the server that are written to it, and the id of the rest."""

    name: str
    url: str
    header: str
    tenants: frozenset[str]
    rest: str | None


class Expected(NamedTuple):
    """The tenants with series in a server, those with series in any server of the environment, and the stores.

    The stores (`due`) are None if the server was not built now.
    """

    tenants: frozenset[str]
    all_tenants: frozenset[str]
    due: tuple[DueStore, ...] | None


def read_by_header(value: Value) -> frozenset[str]:
    """The tenants whose ids the data sources of a Grafana send in a header."""
    sources = value.get("datasources") if isinstance(value, dict) else None
    every = (
        [each.get("secureJsonData") for each in sources if isinstance(each, dict)] if isinstance(sources, list) else ()
    )
    return frozenset(str(each.get("httpHeaderValue1")) for each in every if isinstance(each, dict))


def breaches(value: Map, expected: Expected) -> Iterator[Breach]:
    """The entries of a main file, which is of the right shape, that would write or read series as another tenant's."""
    for index, entry in enumerate(maps(value, _WRITES)):
        name, slash, tenant = str(entry.get("name")).partition("/")
        if slash and not (tenant in expected.tenants and _is_one_tenants(entry, tenant)):
            yield Breach(f"what {quote(name)} receives for one tenant is not only that tenant's", (_WRITES, index))
        elif not slash and not expected.all_tenants.isdisjoint(_header_values(entry)):
            yield Breach("a header names a tenant but more than that tenant's series is written", (_WRITES, index))
    for index, entry in enumerate(maps(value, _READS)):
        if not expected.all_tenants.isdisjoint(_header_values(entry)):
            yield Breach("a header names a tenant but every rule would read its series", (_READS, index))
    for store in expected.due or ():
        yield from _store_breaches(value, store, expected)


def _is_one_tenants(entry: Map, tenant: str) -> bool:
    """Whether an entry writes only the tenant's series, and its headers name only this tenant."""
    return (
        _first_step(entry) == {"action": "keep", "source_labels": [LABEL], "regex": tenant}
        and entry.get("metadata_config") == _NO_METADATA
        and list(_header_values(entry)) == [tenant]
    )


def _store_breaches(value: Map, store: DueStore, expected: Expected) -> Iterator[Breach]:
    """Breaches unless there is exactly one entry for each tenant, one for the rest if it has an id, and no others."""
    due = {f"{store.name}/{tenant}": tenant for tenant in store.tenants} | (
        {store.name: store.rest} if store.rest else {}
    )
    found = Counter[str]()
    for index, entry in enumerate(maps(value, _WRITES)):
        name = str(entry.get("name"))
        if name.partition("/")[0] != store.name and not _may_reach(entry, store):
            continue
        found[name] += 1
        sound = name in due and entry.get("headers") == {store.header: due[name]} and entry.get("url") == store.url
        if not sound or _MORE_HEADERS in entry or (name == store.name and not _is_rest(entry, store, expected)):
            yield Breach(f"{quote(store.name)} does not name the tenant as the platform sets it", (_WRITES, index))
    if found != Counter(due.keys()):
        message = f"{quote(store.name)} is not written exactly once for each tenant, and once for a named rest"
        yield Breach(message, (_WRITES,) if _WRITES in value else ())


def _may_reach(entry: Map, store: DueStore) -> bool:
    """Whether an entry may write to the store, whatever its name; one whose URL cannot be read may.

    Stores that separate tenants by a header ignore the query.
    """
    try:
        return endpoint_of(str(entry.get("url"))).resource == endpoint_of(store.url).resource
    except (ValueError, KeyError):
        return True


def _is_rest(entry: Map, store: DueStore, expected: Expected) -> bool:
    """Whether an entry for the rest writes no series of tenants that are written separately."""
    if entry.get("metadata_config") != _NO_METADATA:
        return False
    if store.tenants == expected.tenants:
        return _first_step(entry) == {"action": "keep", "source_labels": [LABEL], "regex": ""}
    dropping: Map = {"action": "drop", "source_labels": [LABEL], "regex": "|".join(sorted(store.tenants))}
    return not store.tenants or _first_step(entry) == dropping


def _first_step(entry: Map) -> Value:
    steps = entry.get("write_relabel_configs")
    return steps[0] if isinstance(steps, list) and steps else None


def _header_values(entry: Map) -> Iterator[str]:
    """The values of an entry's headers; one may name several tenants, separated by `|`, and then each is returned.

    Blanks around a header are lost in transit, and Mimir ignores what follows a colon in the id.
    """
    for field in ("headers", _MORE_HEADERS):
        for text in _texts(entry.get(field)):
            yield from (each.partition(":")[0].strip() for each in text.split("|"))


def _texts(value: Value) -> Iterator[str]:
    match value:
        case dict() | list():
            for each in value.values() if isinstance(value, dict) else value:
                yield from _texts(each)
        case bool():
            yield str(value).lower()
        case None:
            return
        case _:
            yield str(value)
