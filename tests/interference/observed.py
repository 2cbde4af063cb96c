"""What everybody but one tenant has of a build: artifacts, their part of what is shared, who hears of their alerts."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from random import Random
from typing import Any, Final, NamedTuple, TypeAlias

import yaml

from tests.interference.repository import ENVIRONMENT, TENANTS, word
from varve.language.fault import Fault
from varve.link.routing import Decision, decide, read
from varve.model.artifact import Build
from varve.model.diagnostic import Diagnostic

World: TypeAlias = Mapping[str, bytes]
"""What stands in `build/`, by path."""

SHARED: Final = f"build/{ENVIRONMENT}/shared/"
TEXTS: Final = f"{SHARED}alertmanager/"
ROUTES: Final = f"{SHARED}alertmanager.yaml"
ALERTS: Final = 100
_SEED: Final = 4_004
_LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "severity": ("critical", "warning", "info", "none"),
    "service": ("checkout", "ledger", ""),
    "alertname": ("LedgerDown", "QueueStuck", "Escalated", "Heartbeat"),
    "escalation": ("warning-30m", "critical-5m", ""),
    "team": (*map(word, TENANTS), ""),
    "page": ("yes", "now", ""),
    "pack": ("http-service", ""),
    "zone": ("a", ""),
}
_INSTANTS: Final = (
    None,
    datetime(2026, 11, 16, 3, 0, tzinfo=UTC),
    datetime(2026, 11, 18, 12, 0, tzinfo=UTC),
    datetime(2026, 12, 6, 23, 30, tzinfo=UTC),
)


class Seen(NamedTuple):
    """What others have: artifacts, texts and other files that are shared, decisions, and the diagnostics about them."""

    artifacts: World
    texts: World
    shared: Mapping[str, Any]
    decisions: tuple[object, ...]
    diagnostics: tuple[Diagnostic, ...]


def seen(world: World, build: Build, tenant: str) -> Seen:
    """What everybody but `tenant` has of it."""
    own = folder(tenant)
    return Seen(
        {path: data for path, data in world.items() if not path.startswith((own, SHARED))},
        {path: data for path, data in world.items() if path.startswith(TEXTS)},
        {path: without(tenant, path, data) for path, data in world.items() if is_shared_file(path)},
        decisions(world[ROUTES], tenant) if ROUTES in world else (),
        tuple(each for each in build.diagnostics if not is_about(each, tenant)),
    )


def folder(tenant: str) -> str:
    """Where the artifacts of a tenant lie."""
    return f"build/{ENVIRONMENT}/tenants/{tenant}/"


def is_shared_file(path: str) -> bool:
    """Whether it is one of the files into which tenants bring something."""
    return path.startswith(SHARED) and not path.startswith(TEXTS)


def is_about(diagnostic: Diagnostic, tenant: str) -> bool:
    """Whether a diagnostic stands in the tenant's files, artifacts or grants, and none of its notes in others'."""
    files = [place.file for place in (diagnostic.place, *(each.place for each in diagnostic.notes)) if place]
    others = tuple(f"{root}/{each}/" for root in ("tenants", folder("")[:-2]) for each in TENANTS if each != tenant)
    first = files[0] if files else ""
    own = (f"tenants/{tenant}", folder(tenant), f"environments/tenants/{tenant}.")
    return first.startswith(own) and not any(each.startswith(others) for each in files)


# Shared files, without what one tenant brings


@lru_cache(maxsize=256)
def without(tenant: str, path: str, data: bytes) -> Any:  # noqa: ANN401 - YAML
    """What a shared file says, but for what it says of `tenant` in the one form in which it may."""
    value = yaml.load(data, yaml.CSafeLoader)
    match path.removeprefix(SHARED):
        case "prometheus.yaml":
            return _lists(value, dict.fromkeys(("rule_files", "scrape_config_files"), _is_file), tenant)
        case "alertmanager.yaml":
            routes = _lists(value.get("route", {}), {"routes": _is_node}, tenant)
            named = {"receivers": _is_named, "time_intervals": _is_named, "inhibit_rules": _is_confined}
            return _lists({**value, "route": routes, "templates": None}, named, tenant)
        case "grafana/dashboards.yaml":
            return _lists(value, {"providers": _is_folder}, tenant)
    return value


def _lists(value: Any, fields: Mapping[str, Any], tenant: str) -> Any:  # noqa: ANN401 - YAML
    """The value, in which lists hold nothing of the tenant; an empty list is like none."""
    rest = {key: [each for each in value.get(key) or [] if not is_own(each, tenant)] for key, is_own in fields.items()}
    return {key: each for key, each in {**value, **rest}.items() if each != []}


def _is_file(path: str, tenant: str) -> bool:
    return path.startswith((f"../tenants/{tenant}/rules/", f"../tenants/{tenant}/scrape/")) and ".." not in path[3:]


def _is_node(node: Any, tenant: str) -> bool:  # noqa: ANN401 - YAML
    return node.get("matchers") == [f'tenant="{tenant}"'] and not node.get("continue")


def _is_named(each: Any, tenant: str) -> bool:  # noqa: ANN401 - YAML
    return str(each.get("name")).startswith(f"{tenant}/")


def _is_confined(rule: Any, tenant: str) -> bool:  # noqa: ANN401 - YAML
    sides = all(f'tenant="{tenant}"' in rule.get(f"{side}_matchers", ()) for side in ("source", "target"))
    return sides and "tenant" in rule.get("equal", ())


def _is_folder(provider: Any, tenant: str) -> bool:  # noqa: ANN401 - YAML
    called = f"{ENVIRONMENT} {tenant}"
    return (provider["name"], provider["folder"], provider["options"]["path"].rpartition("/")[2]) == (
        called,
        called,
        tenant,
    )


# Decisions


@lru_cache(maxsize=256)
def decisions(data: bytes, tenant: str) -> tuple[object, ...]:
    """What an Alertmanager does with alerts of all others, and of nobody, while many fire, those of `tenant` too."""
    tree = read(yaml.load(data, yaml.CSafeLoader))
    if isinstance(tree, Fault):
        return (tree,)
    probes, firing = alerts(tenant)
    return tuple(
        _plain(decide(tree, labels, _INSTANTS[index % len(_INSTANTS)], firing)) for index, labels in enumerate(probes)
    )


@lru_cache(maxsize=8)
def alerts(tenant: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Alerts of others to ask about, and alerts of everybody that fire beside them."""
    chance = Random(_SEED)  # noqa: S311 - not for secrets
    others = [*(each for each in TENANTS if each != tenant), "", "platform"]
    probes = [_alert(chance, others) for _ in range(ALERTS)]
    return probes, [_alert(chance, [*TENANTS, tenant, ""]) for _ in range(30)]


def _alert(chance: Random, tenants: list[str]) -> dict[str, str]:
    labels = {name: chance.choice(values) for name, values in _LABELS.items() if chance.random() < 0.8}
    return {name: value for name, value in {**labels, "tenant": chance.choice(tenants)}.items() if value}


def _plain(decision: Decision) -> object:
    """A decision without the places of its nodes, which others may move."""
    deliveries = tuple(
        (
            tuple((node.matchers, node.receiver) for node in each.branch),
            each.group,
            (each.node.group_wait, each.node.group_interval, each.node.repeat_interval),
            (each.muted_by, each.outside),
        )
        for each in decision.deliveries
    )
    return deliveries, tuple(
        (each.rule.source, each.rule.target, each.rule.equal, each.source) for each in decision.inhibited
    )


def own_decisions(data: bytes, tenant: str) -> Iterator[str]:
    """The receivers of the tenant's own alerts that are neither its own nor the platform's."""
    tree = read(yaml.load(data, yaml.CSafeLoader))
    if isinstance(tree, Fault):
        return
    for severity, service, name in product(*(_LABELS[key] for key in ("severity", "service", "alertname"))):
        labels = {"tenant": tenant, "severity": severity, "service": service, "alertname": name}
        for each in decide(tree, labels).deliveries:
            if each.receiver != "platform" and not each.receiver.startswith(f"{tenant}/"):
                yield each.receiver
