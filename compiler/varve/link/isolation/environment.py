"""The files that an environment shares, and those that strict tenants begin with, read again once they are linked."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias, cast

from varve.link.isolation import grafana, heartbeat, prometheus, sharing, store
from varve.link.isolation.evidence import Breach, Facts
from varve.link.isolation.replica import Alike
from varve.link.isolation.shape import listed, under
from varve.link.isolation.store import Told
from varve.link.linking import Linking, Member
from varve.link.piece import FILE as ROUTES
from varve.model.artifact import Proven
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.resolve.heartbeat import FILE
from varve.resolve.heartbeat import heartbeat as due_in
from varve.resolve.platform import strict
from varve.resolve.replica import replica, telling
from varve.resolve.store import stores

Found: TypeAlias = Iterator[tuple[str, Breach]]


class Linked(NamedTuple):
    """An environment once it is linked, and the paths of what was linked."""

    linking: Linking
    facts: Facts
    paths: frozenset[str]

    def named(self, name: str) -> str | None:
        """The path of a file that the tenants share; None where the environment has none of the kind."""
        path = f"{self.linking.folder}/{name}"
        return path if path in self.paths else None

    @property
    def sharing(self) -> tuple[Member, ...]:
        """The tenants who share servers."""
        return tuple(each for each in self.linking.members if not each.strict)


def prove(linked: Linked, say: Callable[[str, Breach], None]) -> Proven:
    """How much is proven of the linked files; each way out of a tenant, or into one, is said with its file."""
    path = linked.named(ROUTES)
    shared = sharing.shared(linked.linking, path, linked.facts) if path else None
    of_routes = ((shared.path, each) for each in sharing.breaches(shared, linked.paths)) if shared else ()
    for at, breach in (*_of_servers(linked), *_of_heartbeat(linked), *of_routes, *_of_grafana(linked)):
        say(at, breach)
    return Proven(
        rules=1 if linked.named(FILE) else 0,
        routes=len(listed(under(linked.linking.frame, "route"), "routes")) if shared else 0,
        alerts=1 if shared and shared.beats else 0,
    )


def _of_servers(linked: Linked) -> Found:
    for path, server in _servers(linked):
        yield from ((path, each) for each in prometheus.main_breaches(linked.linking.read(path), server, linked.facts))


def _of_grafana(linked: Linked) -> Found:
    for name, prove_them in (("dashboards", grafana.provider_breaches), ("datasources", grafana.source_breaches)):
        if path := linked.named(f"grafana/{name}.yaml"):
            yield from ((path, each) for each in prove_them(_unescaped(linked.linking.read(path)), _shown(linked)))


def _servers(linked: Linked) -> Iterator[tuple[str, prometheus.Server]]:
    """Every Prometheus; the Alertmanagers of a strict tenant are to hear of that tenant alone."""
    environment = linked.linking.environment
    common = _alertmanagers(environment.platform)
    alone = {tenant: _alertmanagers(strict(environment, tenant)) for tenant in under(environment.platform, "strict")}
    private = frozenset(one for each in alone.values() for one in each)
    if path := linked.named("prometheus.yaml"):
        beat, told = _rule(linked) if due_in(environment) else None, _told(linked, linked.sharing, fresh=True)
        server = _server(path, linked.sharing, private, common)
        yield path, server._replace(heartbeat=beat, alike=_alike(environment), told=told)
    for member in linked.linking.members:
        if member.strict:
            main = f"build/{environment.name}/tenants/{member.tenant}/prometheus.yaml"
            server = _server(main, (member,), private, common | alone.get(member.tenant, frozenset()))
            heard = _rule(linked) if _is_beating(linked, member) else None
            alike, told = _alike(environment) if member.fresh else None, _told(linked, (member,), fresh=member.fresh)
            yield main, server._replace(heartbeat=heard, alike=alike, told=told)


def _server(
    path: str, members: tuple[Member, ...], private: frozenset[str], hearers: frozenset[str]
) -> prometheus.Server:
    files = frozenset(path for each in members for path in each.files)
    return prometheus.Server(path, frozenset(each.tenant for each in members), files, private, hearers)


def _rule(linked: Linked) -> str:
    return f"{linked.linking.folder}/{FILE}"


def _is_beating(linked: Linked, member: Member) -> bool:
    """Whether a strict tenant's Prometheus has to load the heartbeat; one that was not built now keeps what it had."""
    environment = linked.linking.environment
    if member.fresh:
        return due_in(environment, member.tenant) is not None
    path = f"build/{environment.name}/tenants/{member.tenant}/{ROUTES}"
    return path in member.files and sharing.tells(linked.linking.read(path))


def _alike(environment: Environment) -> Alike | None:
    """How replicas are told apart; what was not built now keeps those that it had, or none."""
    own, stores = replica(environment), under(environment.platform, "remote_write")
    return Alike(own, frozenset(stores) - frozenset(telling(environment))) if own else None


def _told(linked: Linked, members: tuple[Member, ...], *, fresh: bool) -> Told | None:
    """Which stores have to hear of whom; what was not built now may tell those that it told, of its tenant alone."""
    said = stores(linked.linking.environment)
    if not said:
        return None
    own, read = frozenset(each.tenant for each in members if each.files), frozenset[str]()
    if fresh and any(each.partial for each in said):
        read = _read_apart(linked, members)
    due = (store.Due(each.name, each.url, each.header, own & read if each.partial else own, each.rest) for each in said)
    everybody = frozenset(each.tenant for each in linked.linking.members if each.files)
    return Told(own, everybody, tuple(due) if fresh else None)


def _read_apart(linked: Linked, members: tuple[Member, ...]) -> frozenset[str]:
    """Who of a server's tenants is told apart where their series are read: a strict one, without a look at others."""
    path = linked.named("grafana/datasources.yaml")
    alone = frozenset(each.tenant for each in members if each.strict)
    return alone if alone or not path else store.read_by_header(linked.linking.read(path))


def _of_heartbeat(linked: Linked) -> Found:
    """Whether there is the rule of the heartbeat that the platform says, and none where it says none."""
    path = _rule(linked)
    there, due = linked.named(FILE), due_in(linked.linking.environment)
    if bool(there) != bool(due):
        yield path, Breach("the heartbeat that the platform sets is missing")
    if there:
        yield from ((path, each) for each in heartbeat.rule_breaches(linked.linking.read(path)))


def _alertmanagers(said: Map) -> frozenset[str]:
    return frozenset(cast("list[str]", said.get("alertmanagers") or []))


def _shown(linked: Linked) -> grafana.Shown:
    environment, members = linked.linking.environment, linked.linking.members
    said = {each.tenant: strict(environment, each.tenant) for each in members if each.strict}
    urls = {tenant: str(each["prometheus_url"]) for tenant, each in said.items() if "prometheus_url" in each}
    return grafana.Shown(environment.name, {each.tenant: each.strict for each in members}, urls)


def _unescaped(value: Value) -> Value:
    """What Grafana reads, which takes one `$` for the name of a variable and two for one."""
    match value:
        case str():
            return value.replace("$$", "$")
        case dict():
            return {key: _unescaped(each) for key, each in value.items()}
        case list():
            return [_unescaped(each) for each in value]
    return value
