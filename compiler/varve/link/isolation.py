"""Does what a tenant brings to an environment speak of that tenant alone: artifacts, read again from their bytes."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from varve.language.matcher import Matcher, write
from varve.language.uid import uid
from varve.link.linking import Linking, Member
from varve.model.diagnostic import Place, Rule
from varve.model.source import Map, Value
from varve.resolve.datasource import own, shared
from varve.resolve.notify import PLATFORM

NOT_CONFINED = Rule(
    "link/not-confined",
    "An artifact that speaks of more than its own tenant",
    "What a tenant brings to the files that an environment shares is read again before it is linked, whether it was "
    "built now or stands from before: its routes match the tenant alone, its receivers, intervals and groups carry the "
    "tenant's name, its inhibitions stay inside, its rules and jobs say whose they are, its secrets lie in its own "
    "folder. An artifact that was changed by hand fails here, and so would a mistake of varve's own. Build the tenant "
    "again, or restore its artifacts from a commit that was checked. Until then the environment's shared files stay "
    "as they are.",
)

_TEXTS: Final = re.compile(r"\.\./\.\./shared/alertmanager/[a-z]{2}_[A-Z]{2}\.tmpl")

_Faults: TypeAlias = Iterator[str]


def check(linking: Linking) -> None:
    """Report each artifact that is not confined to its tenant.

    Rules, jobs and dashboards that were built now are not read again: the compiler named each of them just before.
    """
    for member in linking.members:
        for path in member.files:
            for fault in sorted(set(_faults(linking, member, path))):
                hint = f"build `{member.tenant}` again, or restore the file"
                linking.report.say(
                    NOT_CONFINED, f"{fault} in the artifact of `{member.tenant}`", Place(path), hint=hint
                )


def _faults(linking: Linking, member: Member, path: str) -> _Faults:
    kind = path.split("/")[4]
    if kind == "alertmanager.yaml":
        value = _map(linking.read(path))
        yield from _alertmanager(value, member.tenant)
        own = [each for each in map(_map, _list(value.get("receivers"))) if each.get("name") != PLATFORM]
        yield from _secrets(list(own), f"{_root(linking)}/tenants/{member.tenant}/")
    elif kind == "dashboards" and not member.fresh:
        yield from _dashboard(_map(linking.read(path)), linking.environment.name, path)
    elif kind in _KINDS and not member.fresh:
        yield from _KINDS[kind](_map(linking.read(path)), member.tenant)


def _root(linking: Linking) -> str:
    return str(_map(linking.environment.platform.get("secrets")).get("root", "")).rstrip("/")


def _alertmanager(value: Map, tenant: str) -> _Faults:
    route = _map(value.get("route"))
    nodes = [_map(each) for each in _list(route.get("routes"))]
    if route.get("receiver") != PLATFORM or len(nodes) != 1 or nodes[0].get("matchers") != [_own(tenant)]:
        yield "routes do not hang under one node that matches the tenant alone"
    for node in nodes:
        if node.get("continue") or node.get("receiver") != PLATFORM:
            yield "the tenant's node hands on to others"
        yield from _route(node, tenant)
    if not all(isinstance(each, str) and _TEXTS.fullmatch(each) for each in _list(value.get("templates"))):
        yield "a file of texts is not one of the environment's"
    yield from _named(value, "receivers", tenant, PLATFORM)
    yield from _named(value, "time_intervals", tenant)
    for each in _list(value.get("inhibit_rules")):
        yield from _inhibition(_map(each), tenant)


def _route(node: Map, tenant: str) -> _Faults:
    if (_list(node.get("group_by")) or ["tenant"])[0] != "tenant":
        yield "a group does not begin with `tenant`"
    for field in ("active_time_intervals", "mute_time_intervals"):
        if not all(_is_own(name, tenant) for name in _list(node.get(field))):
            yield "a route has hours of somebody else"
    for each in map(_map, _list(node.get("routes"))):
        if not _is_own(each.get("receiver"), tenant):
            yield "a route leads to a receiver of somebody else"
        yield from _route(each, tenant)


def _inhibition(rule: Map, tenant: str) -> _Faults:
    sides = (_list(rule.get(side)) for side in ("source_matchers", "target_matchers"))
    if not all(_own(tenant) in side for side in sides) or "tenant" not in _list(rule.get("equal")):
        yield "an inhibition is not confined to the tenant"


def _named(value: Map, field: str, tenant: str, *others: str) -> _Faults:
    for each in map(_map, _list(value.get(field))):
        if each.get("name") not in others and not _is_own(each.get("name"), tenant):
            yield f"a name under `{field}` is not the tenant's"


def _secrets(value: Value, folder: str) -> _Faults:
    """The fields that name a file outside of the `folder` that holds the tenant's secrets."""
    match value:
        case dict():
            for key, each in value.items():
                if key.endswith("_file") and not _is_inside(each, folder):
                    yield f"`{key}` leads out of the folder of the tenant's secrets"
                yield from _secrets(each, folder)
        case list():
            for each in value:
                yield from _secrets(each, folder)


def _is_inside(path: Value, folder: str) -> bool:
    return isinstance(path, str) and path.startswith(folder) and ".." not in path.split("/")


def _rules(value: Map, tenant: str) -> _Faults:
    for group in map(_map, _list(value.get("groups"))):
        if not _is_own(group.get("name"), tenant):
            yield "a group is not named after the tenant"
        if any(_map(_map(rule).get("labels")).get("tenant") != tenant for rule in _list(group.get("rules"))):
            yield "a rule does not say `tenant`"


def _scrape(value: Map, tenant: str) -> _Faults:
    for job in map(_map, _list(value.get("scrape_configs"))):
        last = (_list(job.get("relabel_configs")) or [None])[-1]
        if not _is_own(job.get("job_name"), tenant):
            yield "a job is not named after the tenant"
        if last != {"target_label": "tenant", "replacement": tenant} or job.get("honor_labels"):
            yield "a job does not say `tenant` last"


def _dashboard(value: Map, environment: str, path: str) -> _Faults:
    """What of a dashboard is not this tenant's: its uid follows from its path, its data source from the tenant."""
    tenant, *rest = path.split("/")[3:]
    name = rest[-1].removesuffix(".json")
    named = ("raw", name) if "raw" in rest[1:-1] else ("tenant",) if name == "_tenant" else ("service", name)
    if value.get("uid") != uid(environment, tenant, *named):
        yield "the uid of a dashboard is not its own"
    variables = map(_map, _list(_map(value.get("templating")).get("list")))
    sources = [_map(each.get("current")).get("value") for each in variables if each.get("type") == "datasource"]
    if not sources or not {own(environment, tenant).uid, shared(environment).uid}.issuperset(map(str, sources)):
        yield "a dashboard reads from a data source that is not the tenant's"


_KINDS: Final[Mapping[str, Callable[[Map, str], _Faults]]] = {"rules": _rules, "scrape": _scrape}


def _own(tenant: str) -> str:
    return write(Matcher("tenant", "=", tenant))


def _is_own(name: Value, tenant: str) -> bool:
    return isinstance(name, str) and name.startswith(f"{tenant}/")


def _map(value: Value) -> Map:
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
