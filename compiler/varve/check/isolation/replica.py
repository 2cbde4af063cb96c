"""Checks that replicas differ in one label, which nothing else has or matches."""

from collections.abc import Iterator
from typing import Final, cast

from varve.check.shape.format.label import BAD_LABEL, WRITTEN_LABELS
from varve.language.name import dotted
from varve.model.diagnostic import Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.platform import prometheus_version, strict
from varve.resolve.replica import EXPANSION_FLAG, expands, external_labels, replica, stores_with_replica
from varve.resolve.reporting import ValueReporter

REPLICA_LABEL = Rule(
    "check/replica-label",
    "Replica label is used for something else",
    "Servers that do the same work differ in one label, `platform.replica.label`, which each of them removes from "
    "its alerts, so that an alert from two servers is sent once. Routes and groups cannot match it, and an external "
    "label cannot have its name. Match another label, or give `platform.replica` a label that nothing else uses, "
    "such as `__replica__`.",
)
UNEXPANDED_REPLICA = Rule(
    "check/unexpanded-replica",
    "Replicas would all have the same name",
    "Prometheus fills environment variables into external labels from 3.0 on. Older versions do so only with "
    "`--enable-feature=expand-external-labels`; without it, all replicas would be named after the variable, and a "
    "store would mistake their samples for those of one. Start them with the flag and list it under "
    "`platform.targets.prometheus.features`, or raise the version once they are upgraded.",
)
MISTAKEN_REPLICAS = Rule(
    "check/mistaken-replicas",
    "Servers look like replicas of others",
    "A store that keeps the samples of one replica of each pair, as Mimir does, recognises a pair by its external "
    "labels. It takes servers with the same labels for replicas even if they do different work: it would keep the "
    "samples of one of them and drop those of all others. Without replicas, it would take the series of two "
    "environments for the same ones, and mix them. Set what is different about a strict tenant's own Prometheus, such "
    "as its `cluster`, under `platform.strict.<tenant>.external_labels`, and what is different about those of an "
    "environment under `platform.external_labels`.",
)
IDLE_EXTERNAL_LABELS = Rule(
    "check/idle-external-labels",
    "External labels of a Prometheus that does not exist",
    "The labels under `platform.strict.<tenant>` are those of the tenant's own Prometheus, and only a tenant of the "
    "isolation `strict` has one. Remove them, or make the tenant strict.",
)

_AT: Final[Keys] = ("platform", "replica", "label")
_GROUPS: Final = "group_by"


def check_platform(environment: Environment, report: Report) -> None:
    """Report replicas without distinct names, and other uses of their label in the platform's settings."""
    replicas, reporter = replica(environment), ValueReporter(environment.stack, report)
    if replicas is None:
        return
    if replicas.label in WRITTEN_LABELS:
        message = f"`{replicas.label}` cannot name the label of replicas: varve or Prometheus writes it"
        reporter.at(_AT, BAD_LABEL, message, hint="use another name")
    for keys in _labelled(environment.platform, replicas.label):
        message = f"`{replicas.label}` is the replica label, which each replica sets itself"
        reporter.at(keys, REPLICA_LABEL, message, hint="use another name for one of them", on="key")
    for index, each in enumerate(_groups(cast("Map", environment.platform.get("alertmanager") or {}))):
        if each == replicas.label:
            _report_use(("platform", "alertmanager", _GROUPS, index), replicas.label, reporter)
    if not expands(environment):
        version = prometheus_version(environment)
        message = f"Prometheus {version}, which `{environment.name}` runs, does not expand `{replicas.value}`"
        flag = EXPANSION_FLAG
        hint = f"start it with `--enable-feature={flag}`, and add `{flag}` to the features of the target"
        reporter.at(("platform", "replica", "variable"), UNEXPANDED_REPLICA, message, hint=hint)


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report uses of the replica label in a unit, and a strict tenant's servers that look like other servers."""
    replicas, reporter = replica(environment), ValueReporter(unit.stack, report)
    _check_servers(unit, environment, reporter)
    if replicas is not None:
        for keys in _uses(unit.value, replicas.label):
            _report_use(keys, replicas.label, reporter)


def _report_use(keys: Keys, label: str, reporter: ValueReporter) -> None:
    message = f"`{dotted(keys)}` uses `{label}`, which tells replicas apart and is not on any alert"
    reporter.at(keys, REPLICA_LABEL, message, hint="use another label")


def _labelled(platform: Map, label: str) -> Iterator[Keys]:
    """The paths of external labels that have the name of the replica label."""
    sections: dict[Keys, Map] = {("platform",): platform}
    sections |= {("platform", "strict", name): each for name, each in notify.maps(platform, "strict").items()}
    for keys, each in sections.items():
        if label in cast("Map", each.get("external_labels") or {}):
            yield (*keys, "external_labels", label)


def _uses(value: Map, label: str) -> Iterator[Keys]:
    """The paths of matchers and groups that use the label."""
    notifications = notify.notify(value)
    places: dict[Keys, Map] = {("notify",): notifications}
    for name, route in notify.maps(notifications, "routes").items():
        at: Keys = ("notify", "routes", name)
        places[at] = route
        if any(each.name == label for each in notify.matchers(name, route)):
            yield (*at, "match")
    for at, each in places.items():
        yield from ((*at, _GROUPS, index) for index, group in enumerate(_groups(each)) if group == label)


def _groups(settings: Map) -> list[str]:
    return cast("list[str]", settings.get(_GROUPS) or [])


def _check_servers(unit: Resolved, environment: Environment, reporter: ValueReporter) -> None:
    tenant, at = unit.unit.tenant, ("tenant", "isolation")
    is_strict = cast("dict[str, str]", unit.value["tenant"])["isolation"] == "strict"
    where = f"`platform.strict.{tenant}.external_labels`"
    if not is_strict and "external_labels" in strict(environment, tenant):
        message = f"`{environment.name}` sets {where} but the tenant has no Prometheus of its own"
        reporter.at(at, IDLE_EXTERNAL_LABELS, message, hint="let the platform remove them")
    if is_strict and replica(environment) and stores_with_replica(environment):
        for servers in _alike(environment, tenant):
            message = f"in `{environment.name}` the tenant's servers have the same external labels as {servers}"
            reporter.at(at, MISTAKEN_REPLICAS, message, hint=f"let the platform set {where}")


def _alike(environment: Environment, tenant: str) -> Iterator[str]:
    """The other servers with the external labels of a strict tenant's servers, each as a phrase."""
    own = external_labels(environment, tenant)
    if own == external_labels(environment):
        yield "the shared ones"
    for other in notify.maps(environment.platform, "strict"):
        if other != tenant and own == external_labels(environment, other):
            yield f"those of `{other}`"
