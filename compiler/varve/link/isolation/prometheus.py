"""The main file of a Prometheus: it loads its tenants' files, and what it sends keeps the label `tenant`."""

from collections.abc import Iterable, Iterator
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple, cast

from varve.language import regex
from varve.language.promql import LABEL
from varve.link.isolation import replica, store
from varve.link.isolation.evidence import Breach, Facts
from varve.link.isolation.replica import Replicas
from varve.link.isolation.scrape import JOBS, job_breaches
from varve.link.isolation.secret import leaks
from varve.link.isolation.shape import MAP, TEXT, Shape, listed, maps, misshapen, under
from varve.link.isolation.store import Expected
from varve.model.source import Keys, Map, Value
from varve.resolve.notify import PLATFORM

_SHAPE: Final[Shape] = {
    **dict.fromkeys(("global", "runtime", "alerting", "storage", "tracing", "otlp"), MAP),
    **{key: [TEXT] for key in ("rule_files", "scrape_config_files")},
    "scrape_configs": JOBS,
    **{key: [MAP] for key in ("remote_write", "remote_read")},
}
_REMOTE: Final = ("alerting", "remote_write", "remote_read")

_RELABELLED: Final = "relabel_configs"
_FILTER_ACTIONS: Final = frozenset({"keep", "drop", "keepequal", "dropequal"})


class Server(NamedTuple):
    """A Prometheus: the path of its main file, the ids of its tenants, and the paths of their artifacts.

    `foreign` are the Alertmanagers of other tenants, to which it may send no alerts. `heartbeat` is the path of the
    heartbeat's rule, if the server has to load it. `replicas` describes its replicas, None if it has none, and `stores`
    what the stores that tell tenants apart have to receive, None if there are no such stores.
    """

    path: str
    tenants: frozenset[str]
    files: frozenset[str]
    foreign: frozenset[str]
    heartbeat: str | None = None
    replicas: Replicas | None = None
    stores: Expected | None = None


def main_breaches(value: Value, server: Server, facts: Facts) -> tuple[Breach, ...]:
    """The breaches of a main file: what it loads, labels or sends that is not its tenants'."""
    if wrong := misshapen(value, _SHAPE):
        return wrong
    main = cast("Map", value or {})
    return (
        *_file_breaches(main, "rule_files", server, "rules"),
        *(_file_breaches(main, "scrape_config_files", server, "scrape") if main.get("scrape_config_files") else ()),
        *_job_breaches(main, server, facts),
        *_label_breaches(main),
        *_alertmanager_breaches(main, server),
        *(replica.breaches(main, server.replicas) if server.replicas else ()),
        *(store.breaches(main, server.stores) if server.stores else ()),
        *(
            each
            for field in _REMOTE
            for each in leaks(main.get(field), f"{facts.secrets}/{PLATFORM}", facts.secrets, (field,))
        ),
    )


def _file_breaches(value: Map, field: str, server: Server, kind: str) -> Iterator[Breach]:
    folder, found = dirname(server.path), set[str]()
    due = {path for path in server.files if path.split("/")[4:5] == [kind]}
    platform = {server.heartbeat} - {None} if kind == "rules" else set()
    every = due | platform
    for index, each in enumerate(listed(value, field)):
        path = normpath(join(folder, str(each)))
        if path not in every or path in found:
            yield Breach(f"`{field}` lists what no tenant of this server has, or lists it twice", (field, index))
        found.add(path)
    if due - found:
        yield Breach(f"`{field}` omits what a tenant of this server has", (field,) if field in value else ())
    if platform - found:
        yield Breach(f"`{field}` omits the heartbeat", (field,) if field in value else ())


def _job_breaches(value: Map, server: Server, facts: Facts) -> Iterator[Breach]:
    for index, job in enumerate(maps(value, "scrape_configs")):
        tenant = str(job.get("job_name")).partition("/")[0]
        if tenant not in server.tenants:
            yield Breach("a job belongs to no tenant of this server", ("scrape_configs", index))
        yield from job_breaches(job, tenant, facts, index)


def _label_breaches(value: Map) -> Iterator[Breach]:
    """What adds, changes or drops the label `tenant` when the server sends or reads elsewhere."""
    if LABEL in under(under(value, "global"), "external_labels"):
        yield Breach(f"an external label sets `{LABEL}`", ("global", "external_labels", LABEL))
    for field in _REMOTE:
        for step, at in _steps(value.get(field), (field,)):
            if _may_change_tenant(step):
                yield Breach(f"a relabelling step can change `{LABEL}`", at)


def _steps(value: Value, at: Keys) -> Iterator[tuple[Map, Keys]]:
    match value:
        case dict():
            for key, each in value.items():
                if key.endswith(_RELABELLED) and isinstance(each, list):
                    yield from ((step, (*at, key, index)) for index, step in enumerate(each) if isinstance(step, dict))
                yield from _steps(each, (*at, key))
        case list():
            for index, each in enumerate(value):
                yield from _steps(each, (*at, index))


def _may_change_tenant(step: Map) -> bool:
    """Whether a relabelling step might write, rename or drop the label."""
    action, pattern, target = (str(step.get(key, "")) for key in ("action", "regex", "target_label"))
    if action.lower() in {"labeldrop", "labelkeep"}:
        drops = action.lower() == "labeldrop"
        return regex.fault(pattern) is not None or regex.matches(pattern, LABEL) is drops
    return action.lower() not in _FILTER_ACTIONS and (target in {LABEL, ""} or "$" in target)


def _alertmanager_breaches(value: Map, server: Server) -> Iterator[Breach]:
    """The targets that are another tenant's own Alertmanager."""
    for index, each in enumerate(maps(under(value, "alerting"), "alertmanagers")):
        for one in _targets(each):
            if one in server.foreign:
                yield Breach("alerts are sent to another tenant's Alertmanager", ("alerting", "alertmanagers", index))


def _targets(value: Map) -> Iterable[str]:
    configs = value.get("static_configs")
    groups = [each for each in configs if isinstance(each, dict)] if isinstance(configs, list) else []
    return [str(one) for each in groups for one in cast("list[Value]", each.get("targets") or [])]
