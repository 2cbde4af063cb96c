"""A store that tells tenants apart is told of each of them by itself, under its own name, and under no other's."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from varve.language.fault import quote
from varve.language.promql import LABEL
from varve.link.isolation.evidence import Breach
from varve.link.isolation.shape import maps
from varve.model.source import Map, Value

_WRITES: Final = "remote_write"
_READS: Final = "remote_read"
_MORE_HEADERS: Final = "http_headers"
_SILENT: Final[Map] = {"send": False}


class Due(NamedTuple):
    """A store as the platform says it, the `tenants` of the server who are written there, and the name of the rest."""

    name: str
    url: str
    header: str
    tenants: frozenset[str]
    rest: str | None


class Told(NamedTuple):
    """Who has series in a server, and who in any of the environment; and the stores that are due.

    They are None where the server was not built now.
    """

    own: frozenset[str]
    everybody: frozenset[str]
    due: tuple[Due, ...] | None


def read_by_header(value: Value) -> frozenset[str]:
    """The tenants whom the data sources of a Grafana ask for by a header."""
    sources = value.get("datasources") if isinstance(value, dict) else None
    every = (
        [each.get("secureJsonData") for each in sources if isinstance(each, dict)] if isinstance(sources, list) else ()
    )
    return frozenset(str(each.get("httpHeaderValue1")) for each in every if isinstance(each, dict))


def breaches(value: Map, told: Told) -> Iterator[Breach]:
    """The ways in which a main file, which is of the right shape, would write a tenant's series as another's."""
    for index, entry in enumerate(maps(value, _WRITES)):
        name, slash, tenant = str(entry.get("name")).partition("/")
        if slash and not (tenant in told.own and _is_alone(entry, tenant)):
            yield Breach(f"what {quote(name)} receives for one tenant is not only that tenant's", (_WRITES, index))
        elif not slash and not told.everybody.isdisjoint(_named(entry)):
            yield Breach("a header names a tenant but more than that tenant's series is written", (_WRITES, index))
    for index, entry in enumerate(maps(value, _READS)):
        if not told.everybody.isdisjoint(_named(entry)):
            yield Breach("a header names a tenant but every rule would read its series", (_READS, index))
    for store in told.due or ():
        yield from _of_store(value, store, told)


def _is_alone(entry: Map, tenant: str) -> bool:
    """Whether an entry writes what is of a tenant, and nothing else, and says that name only."""
    return (
        _first(entry) == {"action": "keep", "source_labels": [LABEL], "regex": tenant}
        and entry.get("metadata_config") == _SILENT
        and list(_named(entry)) == [tenant]
    )


def _of_store(value: Map, store: Due, told: Told) -> Iterator[Breach]:
    """Whether each tenant has its one entry, and the rest the one that it has, and nobody any other."""
    due = {f"{store.name}/{tenant}": tenant for tenant in store.tenants} | (
        {store.name: store.rest} if store.rest else {}
    )
    found = Counter[str]()
    for index, entry in enumerate(maps(value, _WRITES)):
        name = str(entry.get("name"))
        if name.partition("/")[0] != store.name:
            continue
        found[name] += 1
        sound = name in due and entry.get("headers") == {store.header: due[name]} and entry.get("url") == store.url
        if not sound or _MORE_HEADERS in entry or (name == store.name and not _is_rest(entry, store, told)):
            yield Breach(f"{quote(store.name)} does not name the tenant as the platform sets it", (_WRITES, index))
    if found != Counter(due.keys()):
        message = f"{quote(store.name)} is not written exactly once for each tenant, and once for a named rest"
        yield Breach(message, (_WRITES,) if _WRITES in value else ())


def _is_rest(entry: Map, store: Due, told: Told) -> bool:
    """Whether nothing of a tenant that is written by itself is written with all else."""
    if entry.get("metadata_config") != _SILENT:
        return False
    if store.tenants == told.own:
        return _first(entry) == {"action": "keep", "source_labels": [LABEL], "regex": ""}
    dropping: Map = {"action": "drop", "source_labels": [LABEL], "regex": "|".join(sorted(store.tenants))}
    return not store.tenants or _first(entry) == dropping


def _first(entry: Map) -> Value:
    steps = entry.get("write_relabel_configs")
    return steps[0] if isinstance(steps, list) and steps else None


def _named(entry: Map) -> Iterator[str]:
    """Whatever headers of an entry say, and each of several tenants that one names, as stores of that kind allow it.

    On the way a header loses the blanks around it, and Mimir takes what is behind a colon for no part of the name.
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
