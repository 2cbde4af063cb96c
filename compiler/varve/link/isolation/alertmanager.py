"""An Alertmanager file: a tenant's routes, receivers, hours and inhibitions concern only that tenant."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, cast

from varve.language.cache_key import IdentityKey
from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.language.promql import LABEL
from varve.link.isolation import channel, heartbeat
from varve.link.isolation.evidence import Breach, Facts, File, Name, Proof, is_own
from varve.link.isolation.secret import leaks
from varve.link.isolation.shape import TEXT, TRUTH, Shape, empty, listed, maps, misshapen, under
from varve.link.routing.reading import read_cached
from varve.link.routing.tree import Node, Tree
from varve.model.source import Keys, Map, Value
from varve.read.plain import DEPTH
from varve.resolve.heartbeat import RECEIVER
from varve.resolve.notify import PLATFORM

_ROUTE: Final[dict[str, Shape]] = {
    **dict.fromkeys(("receiver", "group_wait", "group_interval", "repeat_interval"), TEXT),
    **{key: [TEXT] for key in ("matchers", "group_by", "active_time_intervals", "mute_time_intervals")},
    "continue": TRUTH,
}
_ROUTE["routes"] = [_ROUTE]
_INHIBITION: Final[Shape] = {key: [TEXT] for key in ("source_matchers", "target_matchers", "equal")}
_HOURS: Final[Shape] = {
    **{key: [TEXT] for key in ("weekdays", "days_of_month", "months", "years")},
    "times": [{"start_time": TEXT, "end_time": TEXT}],
    "location": TEXT,
}
SHAPE: Final[Shape] = {
    "global": {
        **dict.fromkeys(("smtp_smarthost", "smtp_from", "smtp_auth_username", "smtp_auth_password_file"), TEXT),
        "smtp_require_tls": TRUTH,
    },
    "templates": [TEXT],
    "route": _ROUTE,
    "receivers": [{"name": TEXT, **channel.CHANNELS}],
    "time_intervals": [{"name": TEXT, "time_intervals": [_HOURS]}],
    "inhibit_rules": [_INHIBITION],
}

_LOGIN: Final = "smtp_auth_password_file"
_SMTP_SERVER: Final = ("smtp_smarthost", "smtp_require_tls")
_TENANT_MATCHER: Final = re.compile(rf'{LABEL}="([a-z0-9-]+)"')
_TEMPLATE_PATH: Final = re.compile(r"\.\./\.\./shared/alertmanager/[a-z]{2}_[A-Z]{2}\.tmpl")


def prove(file: File, facts: Facts) -> Proof:
    """What is proven of a tenant's own file; that of a strict tenant, whose server loads it, may have a heartbeat."""
    return _prove(file.tenant, IdentityKey(file.value), facts.secrets, strict=file.strict)


# A tenant's environments are proven one after another, and its file is the same in most of them.
@lru_cache(maxsize=4)
def _prove(tenant: str, file: IdentityKey[Value], secrets: str, *, strict: bool) -> Proof:
    if wrong := shape_breaches(file.value) or tuple(empty(file.value)):
        return Proof(wrong)
    value = cast("Map", file.value or {})
    tree = read_cached(value)
    has_heartbeat = strict and heartbeat.is_sent(value)
    breaches = [*_template_breaches(value), *name_breaches(value, {tenant}, secrets, has_heartbeat=has_heartbeat)]
    if isinstance(tree, Fault):
        breaches.append(Breach(f"Alertmanager would not load it: {tree.message}"))
    else:
        breaches += [
            *root_breaches(tree),
            *node_breaches(tree, (tenant,), has_heartbeat=has_heartbeat),
            *inhibition_breaches(value, {tenant}),
        ]
    return Proof(tuple(breaches), tuple(_names(value)))


def shape_breaches(value: Value) -> tuple[Breach, ...]:
    """The places where a file has another shape or too deep routes; of such a file nothing else is examined."""
    level = [under(value, "route")] if isinstance(value, dict) and isinstance(value.get("route"), dict) else []
    for _ in range(DEPTH):
        if not level:
            break
        below = [_routes_of(route) for route in level]
        level = [route for routes in below for route in routes if isinstance(route, dict)]
    return (Breach("routes are nested too deep", ("route",)),) if level else misshapen(value, SHAPE)


def _routes_of(route: Map) -> list[Value]:
    routes = route.get("routes")
    return routes if isinstance(routes, list) else []


def _template_breaches(value: Map) -> Iterator[Breach]:
    for index, text in enumerate(listed(value, "templates")):
        if not _TEMPLATE_PATH.fullmatch(str(text)):
            yield Breach("a template file does not belong to the environment", ("templates", index))


def name_breaches(value: Map, tenants: set[str], secrets: str, *, has_heartbeat: bool) -> Iterator[Breach]:
    """The receivers and hours that belong to none of the `tenants`, and secrets outside of their owner's folder.

    `secrets` is the folder of all secrets. One receiver may be the heartbeat's if `has_heartbeat`.
    """
    platform = {PLATFORM, RECEIVER} if has_heartbeat else {PLATFORM}
    yield from leaks(under(value, "global"), f"{secrets}/{PLATFORM}", secrets, ("global",))
    for index, each in enumerate(maps(value, "receivers")):
        owner, at = _owner(each, tenants), ("receivers", index)
        if owner is None and each.get("name") not in platform:
            yield Breach("a receiver is not named after a tenant", (*at, "name"))
        if each.get("name") != PLATFORM or each.keys() - {"name"}:
            yield from channel.breaches(each, at)
        holder = f"tenants/{owner}" if owner else PLATFORM
        yield from leaks(each, f"{secrets}/{holder}", secrets, at)
    names = [str(each.get("name")) for each in maps(value, "receivers")]
    if len(set(names)) != len(names):
        yield Breach("two receivers have the same name", ("receivers",))
    for index, each in enumerate(maps(value, "time_intervals")):
        if _owner(each, tenants) is None:
            yield Breach("hours are not named after a tenant", ("time_intervals", index, "name"))


def platform_breaches(value: Map, frame: Map, *, fresh: bool) -> Iterator[Breach]:
    """Breaches unless the platform's part of a server's file is what the platform sets now.

    A file that was not made now may differ, as long as it sends none of the platform's logins to another server.
    """
    found, due = ([each for each in maps(file, "receivers") if each.get("name") == PLATFORM] for file in (value, frame))
    if found != due and (fresh or len(found) != 1 or channel.contains_login(found[0])):
        yield Breach("the platform's receiver differs from what the platform sets", ("receivers",))
    mail, due_mail = under(value, "global"), under(frame, "global")
    sends_login = _LOGIN in mail and any(mail.get(key) != due_mail.get(key) for key in _SMTP_SERVER)
    if mail != due_mail and (fresh or sends_login):
        yield Breach("mail goes through another server than the platform sets", ("global",))


def _owner(entry: Map, tenants: set[str]) -> str | None:
    tenant = str(entry.get("name")).partition("/")[0]
    return tenant if tenant in tenants and is_own(entry.get("name"), tenant) else None


def root_breaches(tree: Tree) -> Iterator[Breach]:
    """Breaches unless the root takes every alert at all hours, groups by tenant and notifies the platform."""
    root = tree.root
    if root.receiver != PLATFORM:
        yield Breach("alerts that match no route do not reach the platform", ("route", "receiver"))
    if root.matchers or root.active or root.muted or root.continues:
        yield Breach("the root route does not match every alert", ("route",))
    yield from _grouping_breaches(root, ("route",))


def node_breaches(tree: Tree, tenants: tuple[str, ...], *, has_heartbeat: bool) -> Iterator[Breach]:
    """The breaches of the nodes below the root: one for each tenant, in this order, and no others.

    The heartbeat's node comes first if `has_heartbeat`.
    """
    platform, nodes = (tree.root.nodes[:1], tree.root.nodes[1:]) if has_heartbeat else ((), tree.root.nodes)
    for node in platform:
        yield from heartbeat.node_breaches(node)
    matchers = tuple(node.matchers for node in nodes)
    if matchers != tuple((Matcher(LABEL, "=", tenant),) for tenant in tenants):
        yield Breach("routes are not below a single node that matches only the tenant", ("route", "routes"))
        return
    for node, tenant in zip(nodes, tenants, strict=True):
        if node.continues or node.receiver != PLATFORM or node.active or node.muted:
            yield Breach("the tenant's node does not match all of its alerts, or has `continue`", _keys(node))
        yield from _grouping_breaches(node, _keys(node))
        for each in node.nodes:
            yield from _route_breaches(each, tenant)


def _route_breaches(node: Node, tenant: str) -> Iterator[Breach]:
    if not is_own(node.receiver, tenant):
        yield Breach("a route leads to somebody else's receiver", _keys(node))
    if not all(is_own(name, tenant) for name in (*node.active, *node.muted)):
        yield Breach("a route uses somebody else's hours", _keys(node))
    yield from _grouping_breaches(node, _keys(node))
    for each in node.nodes:
        yield from _route_breaches(each, tenant)


def _grouping_breaches(node: Node, at: Keys) -> Iterator[Breach]:
    if node.group_by is not None and LABEL not in node.group_by:
        yield Breach(f"alerts are not grouped by `{LABEL}`", at)


def _keys(node: Node) -> Keys:
    return ("route", *(step for index in node.path for step in ("routes", index)))


def inhibition_breaches(value: Map, tenants: set[str]) -> Iterator[Breach]:
    """The inhibitions that do not match the same tenant on both sides."""
    for index, each in enumerate(maps(value, "inhibit_rules")):
        if inhibition_tenant(each) not in tenants or LABEL not in listed(each, "equal"):
            yield Breach("an inhibition is not confined to the tenant", ("inhibit_rules", index))


def inhibition_tenant(rule: Map) -> str | None:
    """The tenant that both sides of an inhibition match; None if they do not match one and the same."""
    tenants = [set(map(_tenant, listed(rule, side))) - {None} for side in ("source_matchers", "target_matchers")]
    return tenants[0].pop() if len(tenants[0]) == 1 and tenants[0] == tenants[1] else None


def _tenant(matcher: Value) -> str | None:
    found = _TENANT_MATCHER.fullmatch(str(matcher))
    return found[1] if found else None


def _names(value: Map) -> Iterator[Name]:
    for kind, field in (("receiver", "receivers"), ("interval", "time_intervals")):
        for index, each in enumerate(maps(value, field)):
            if each.get("name") not in {PLATFORM, RECEIVER}:
                yield Name(kind, str(each.get("name")), (field, index, "name"))
