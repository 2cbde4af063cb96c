"""The proof of the linked files: those that the tenants share, and the main files of strict tenants' Prometheus."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias, cast

from varve.link.isolation import grafana, heartbeat, prometheus, sharing, store
from varve.link.isolation.evidence import Breach, Facts
from varve.link.isolation.replica import Replicas
from varve.link.isolation.shape import listed, under
from varve.link.isolation.store import Expected
from varve.link.linking import Linking, Member
from varve.link.piece import FILE as ALERTMANAGER_FILE
from varve.model.artifact import Proven
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.heartbeat import FILE as HEARTBEAT_FILE
from varve.resolve.heartbeat import heartbeat as heartbeat_of
from varve.resolve.platform import strict
from varve.resolve.replica import replica, stores_with_replica
from varve.resolve.store import stores

PlacedBreaches: TypeAlias = Iterator[tuple[str, Breach]]


class Linked(NamedTuple):
    """An environment after the link, and the paths of the linked files."""

    linking: Linking
    facts: Facts
    paths: frozenset[str]

    def path_of(self, name: str) -> str | None:
        """The path of a shared file; None if the environment has no such file."""
        path = f"{self.linking.folder}/{name}"
        return path if path in self.paths else None

    @property
    def sharing(self) -> tuple[Member, ...]:
        """The tenants that share servers."""
        return tuple(each for each in self.linking.members if not each.strict)


def prove(linked: Linked, say: Callable[[str, Breach], None]) -> Proven:
    """How much is proven of the linked files; `say` gets each breach, with the path of its file."""
    path = linked.path_of(ALERTMANAGER_FILE)
    shared = sharing.shared(linked.linking, path, linked.facts) if path else None
    alertmanager_breaches = ((shared.path, each) for each in sharing.breaches(shared, linked.paths)) if shared else ()
    for at, breach in (
        *_server_breaches(linked),
        *_heartbeat_breaches(linked),
        *alertmanager_breaches,
        *_grafana_breaches(linked),
    ):
        say(at, breach)
    return Proven(
        rules=1 if linked.path_of(HEARTBEAT_FILE) else 0,
        routes=len(listed(under(linked.linking.frame, "route"), "routes")) if shared else 0,
        alerts=1 if shared and shared.has_heartbeat else 0,
    )


def _server_breaches(linked: Linked) -> PlacedBreaches:
    for path, server in _servers(linked):
        yield from ((path, each) for each in prometheus.main_breaches(linked.linking.read(path), server, linked.facts))


def _grafana_breaches(linked: Linked) -> PlacedBreaches:
    for name, prove_them in (("dashboards", grafana.provider_breaches), ("datasources", grafana.source_breaches)):
        if path := linked.path_of(f"grafana/{name}.yaml"):
            yield from ((path, each) for each in prove_them(_unescaped(linked.linking.read(path)), _tenants(linked)))


def _servers(linked: Linked) -> Iterator[tuple[str, prometheus.Server]]:
    """Every Prometheus, with the path of its main file; a strict tenant's Alertmanagers may get only its alerts."""
    environment = linked.linking.environment
    targets = {tenant: _alertmanagers(strict(environment, tenant)) for tenant in under(environment.platform, "strict")}
    if path := linked.path_of("prometheus.yaml"):
        beat, expected = (
            _rule(linked) if heartbeat_of(environment) else None,
            _expected_stores(linked, linked.sharing, fresh=True),
        )
        server = _server(path, linked.sharing, _foreign(targets))
        yield path, server._replace(heartbeat=beat, replicas=_replicas(environment), stores=expected)
    for member in linked.linking.members:
        if member.strict:
            main = f"build/{environment.name}/tenants/{member.tenant}/prometheus.yaml"
            server = _server(main, (member,), _foreign(targets, member.tenant))
            rule = _rule(linked) if _loads_heartbeat(linked, member) else None
            replicas, expected = (
                _replicas(environment) if member.fresh else None,
                _expected_stores(linked, (member,), fresh=member.fresh),
            )
            yield main, server._replace(heartbeat=rule, replicas=replicas, stores=expected)


def _foreign(targets: Mapping[str, frozenset[str]], tenant: str | None = None) -> frozenset[str]:
    """The Alertmanagers of all strict tenants but `tenant`."""
    return frozenset(one for name, each in targets.items() if name != tenant for one in each)


def _server(path: str, members: tuple[Member, ...], foreign: frozenset[str]) -> prometheus.Server:
    files = frozenset(path for each in members for path in each.files)
    return prometheus.Server(path, frozenset(each.tenant for each in members), files, foreign)


def _rule(linked: Linked) -> str:
    return f"{linked.linking.folder}/{HEARTBEAT_FILE}"


def _loads_heartbeat(linked: Linked, member: Member) -> bool:
    """Whether a strict tenant's Prometheus has to load the heartbeat; a kept one does if its Alertmanager sends it."""
    environment = linked.linking.environment
    if member.fresh:
        return heartbeat_of(environment, member.tenant) is not None
    path = f"build/{environment.name}/tenants/{member.tenant}/{ALERTMANAGER_FILE}"
    return path in member.files and sharing.sends_heartbeat(linked.linking.read(path))


def _replicas(environment: Environment) -> Replicas | None:
    """How the platform tells replicas apart, and which stores must not see the difference; None without replicas."""
    label, names = replica(environment), under(environment.platform, "remote_write")
    return Replicas(label, frozenset(names) - frozenset(stores_with_replica(environment))) if label else None


def _expected_stores(linked: Linked, members: tuple[Member, ...], *, fresh: bool) -> Expected | None:
    """What stores have to receive; a server that was not built now may keep its stores, for its own tenant alone."""
    separating = stores(linked.linking.environment)
    if not separating:
        return None
    tenants, with_header = frozenset(each.tenant for each in members if each.files), frozenset[str]()
    if fresh and any(each.partial for each in separating):
        with_header = _read_by_header(linked, members)
    due = (
        store.DueStore(each.name, each.url, each.header, tenants & with_header if each.partial else tenants, each.rest)
        for each in separating
    )
    all_tenants = frozenset(each.tenant for each in linked.linking.members if each.files)
    return Expected(tenants, all_tenants, tuple(due) if fresh else None)


def _read_by_header(linked: Linked, members: tuple[Member, ...]) -> frozenset[str]:
    """The server's tenants whose series Grafana reads by a header; a strict tenant always counts as one."""
    path = linked.path_of("grafana/datasources.yaml")
    alone = frozenset(each.tenant for each in members if each.strict)
    return alone if alone or not path else store.read_by_header(linked.linking.read(path))


def _heartbeat_breaches(linked: Linked) -> PlacedBreaches:
    """Breaches of the heartbeat's rule, which has to exist exactly if the platform sets a heartbeat."""
    path = _rule(linked)
    made, due = linked.path_of(HEARTBEAT_FILE), heartbeat_of(linked.linking.environment)
    if bool(made) != bool(due):
        yield path, Breach("the heartbeat that the platform sets is missing")
    if made:
        yield from ((path, each) for each in heartbeat.rule_breaches(linked.linking.read(path)))


def _alertmanagers(settings: Map) -> frozenset[str]:
    return frozenset(cast("list[str]", settings.get("alertmanagers") or []))


def _tenants(linked: Linked) -> grafana.Tenants:
    environment, members = linked.linking.environment, linked.linking.members
    settings = {each.tenant: strict(environment, each.tenant) for each in members if each.strict}
    urls = {tenant: str(each["prometheus_url"]) for tenant, each in settings.items() if "prometheus_url" in each}
    return grafana.Tenants(environment.name, {each.tenant: each.strict for each in members}, urls)


def _unescaped(value: Value) -> Value:
    """The value as Grafana reads it, with each `$$` replaced by `$`."""
    match value:
        case str():
            return value.replace("$$", "$")
        case dict():
            return {key: _unescaped(each) for key, each in value.items()}
        case list():
            return [_unescaped(each) for each in value]
    return value
