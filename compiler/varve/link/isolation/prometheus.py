"""The main file of a Prometheus: it loads the files of its tenants, and tells nothing without saying whose it is."""

from collections.abc import Iterable, Iterator
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple, cast

from varve.language import regex
from varve.language.promql import LABEL
from varve.link.isolation import replica, store
from varve.link.isolation.evidence import Breach, Facts
from varve.link.isolation.replica import Alike
from varve.link.isolation.scrape import JOBS, job_breaches
from varve.link.isolation.secret import leaks
from varve.link.isolation.shape import MAP, TEXT, Shape, listed, maps, misshapen, under
from varve.link.isolation.store import Told
from varve.model.source import Keys, Map, Value
from varve.resolve.notify import PLATFORM

_SHAPE: Final[Shape] = {
    **dict.fromkeys(("global", "runtime", "alerting", "storage", "tracing", "otlp"), MAP),
    **{key: [TEXT] for key in ("rule_files", "scrape_config_files")},
    "scrape_configs": JOBS,
    **{key: [MAP] for key in ("remote_write", "remote_read")},
}
_ABROAD: Final = ("alerting", "remote_write", "remote_read")

_RELABELLED: Final = "relabel_configs"
_PICKING: Final = frozenset({"keep", "drop", "keepequal", "dropequal"})


class Server(NamedTuple):
    """A Prometheus: the file that it runs on, its tenants, and the artifacts that they bring.

    Of the Alertmanagers that are some tenant's alone, `private`, only those among its own, `hearers`, may hear of it.
    Of the platform's it loads the `heartbeat`, where there is one. `alike` are its replicas, where it has to have any.
    `told` is what stores hear of whom, where any tells tenants apart.
    """

    path: str
    tenants: frozenset[str]
    files: frozenset[str]
    private: frozenset[str]
    hearers: frozenset[str]
    heartbeat: str | None = None
    alike: Alike | None = None
    told: Told | None = None


def main_breaches(value: Value, server: Server, facts: Facts) -> tuple[Breach, ...]:
    """The ways in which a server would load, tell or send what is not of its tenants."""
    if wrong := misshapen(value, _SHAPE):
        return wrong
    said = cast("Map", value or {})
    return (
        *_loaded(said, "rule_files", server, "rules"),
        *(_loaded(said, "scrape_config_files", server, "scrape") if said.get("scrape_config_files") else ()),
        *_jobs(said, server, facts),
        *_labels(said),
        *_heard(said, server),
        *(replica.breaches(said, server.alike) if server.alike else ()),
        *(store.breaches(said, server.told) if server.told else ()),
        *(
            each
            for field in _ABROAD
            for each in leaks(said.get(field), f"{facts.secrets}/{PLATFORM}", facts.secrets, (field,))
        ),
    )


def _loaded(value: Map, field: str, server: Server, kind: str) -> Iterator[Breach]:
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


def _jobs(value: Map, server: Server, facts: Facts) -> Iterator[Breach]:
    for index, job in enumerate(maps(value, "scrape_configs")):
        tenant = str(job.get("job_name")).partition("/")[0]
        if tenant not in server.tenants:
            yield Breach("a job belongs to no tenant of this server", ("scrape_configs", index))
        yield from job_breaches(job, tenant, facts, index)


def _labels(value: Map) -> Iterator[Breach]:
    """What takes the label that says whose something is, or gives it, on the way out of the server."""
    if LABEL in under(under(value, "global"), "external_labels"):
        yield Breach(f"an external label sets `{LABEL}`", ("global", "external_labels", LABEL))
    for field in _ABROAD:
        for step, at in _steps(value.get(field), (field,)):
            if _touches(step):
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


def _touches(step: Map) -> bool:
    """Whether a step might write, rename or drop the label."""
    action, pattern, target = (str(step.get(key, "")) for key in ("action", "regex", "target_label"))
    if action.lower() in {"labeldrop", "labelkeep"}:
        drops = action.lower() == "labeldrop"
        return regex.fault(pattern) is not None or regex.matches(pattern, LABEL) is drops
    return action.lower() not in _PICKING and (target in {LABEL, ""} or "$" in target)


def _heard(value: Map, server: Server) -> Iterator[Breach]:
    """The Alertmanagers that are another tenant's alone."""
    for index, each in enumerate(maps(under(value, "alerting"), "alertmanagers")):
        for one in _targets(each):
            if one in server.private and one not in server.hearers:
                yield Breach("alerts are sent to another tenant's Alertmanager", ("alerting", "alertmanagers", index))


def _targets(value: Map) -> Iterable[str]:
    said = value.get("static_configs")
    groups = [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    return [str(one) for each in groups for one in cast("list[Value]", each.get("targets") or [])]
