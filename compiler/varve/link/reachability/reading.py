"""Reads alerts and routes from the artifacts that were just made of a unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, cast

from varve.language.cache_key import IdentityKey
from varve.link.reachability.alert import Alert
from varve.link.routing import Inhibition, Tree, matched_labels, read_own
from varve.link.routing.alerts import received_labels
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.source import Map, Source
from varve.model.unit import Environment
from varve.read.artifact import read

_NAMING: Final = frozenset({"pack", "service", "severity", "slo"})
"""The labels by which an alert is found in its sources and described in messages."""

_FILE: Final = "alertmanager.yaml"


def unit_tree(artifacts: Sequence[Artifact]) -> Tree | None:
    """The cached tree of a unit, whose list of artifacts must not change; None if it has no Alertmanager."""
    return _unit_tree(IdentityKey(artifacts))


def unit_alerts(tenant: str, environment: Environment, tree: Tree, artifacts: Sequence[Artifact]) -> tuple[Alert, ...]:
    """The alerts as from `alerts`, cached for the current unit, whose list of artifacts must not change."""
    return _unit_alerts(tenant, IdentityKey(environment), IdentityKey(tree), IdentityKey(artifacts))


# Only the current unit is cached: a unit's artifacts are most of what a compile holds in memory.


@lru_cache(maxsize=1)
def _unit_tree(artifacts: IdentityKey[Sequence[Artifact]]) -> Tree | None:
    return next((tree(each) for each in artifacts.value if each.path.endswith(f"/{_FILE}")), None)


@lru_cache(maxsize=1)
def _unit_alerts(
    tenant: str,
    environment: IdentityKey[Environment],
    tree: IdentityKey[Tree],
    artifacts: IdentityKey[Sequence[Artifact]],
) -> tuple[Alert, ...]:
    return tuple(alerts(tenant, environment.value, tree.value, artifacts.value))


def tree(artifact: Artifact) -> Tree:
    """The tree of a unit's `alertmanager.yaml`, which the compiler has just made."""
    return read_own(_parsed(artifact))


def _parsed(artifact: Artifact) -> Map:
    value = artifact.value
    return value if isinstance(value, dict) else read(Source(artifact.path, "", artifact.data), Report()) or {}


def alerts(tenant: str, environment: Environment, tree: Tree, artifacts: Iterable[Artifact]) -> Iterator[Alert]:
    """Every alert of a unit's rule files, with the labels that routes or inhibitions match, or that describe it."""
    needed = _needed_labels(IdentityKey(tree))
    default = {name: value for name, value in received_labels({}, environment, tenant).items() if name in needed}
    for file in artifacts:
        if file.path.split("/")[4] == "rules":
            yield from _alerts(file, needed, default)


@lru_cache(maxsize=16)
def _needed_labels(tree: IdentityKey[Tree]) -> frozenset[str]:
    return _NAMING.union(matched_labels(tree.value.root), *map(_inhibition_labels, tree.value.inhibitions))


def _inhibition_labels(inhibition: Inhibition) -> set[str]:
    return {each.name for each in (*inhibition.source, *inhibition.target)}


def _alerts(file: Artifact, needed: frozenset[str], default: Mapping[str, str]) -> Iterator[Alert]:
    for position, group in enumerate(_maps(_parsed(file), "groups")):
        shared = _labels(group, needed)
        for number, rule in enumerate(_maps(group, "rules")):
            if "alert" in rule:
                texts = {**shared, **_labels(rule, needed)}
                # Only Prometheus can evaluate a template, and a text of several lines can only be one.
                templated = frozenset([name for name, value in texts.items() if "{{" in value or "\n" in value])
                known = {name: value for name, value in texts.items() if name not in templated} if templated else texts
                labels = {**default, **known, "alertname": str(rule["alert"])}
                yield Alert(file.path, (position, number), labels, templated - {"alertname"}, str(rule.get("expr", "")))


def _labels(rule: Map, needed: frozenset[str]) -> dict[str, str]:
    """The labels in `needed` of a rule or a group."""
    labels = cast("Map", rule.get("labels") or {})
    return {name: str(value) for name, value in labels.items() if name in needed}


def _maps(value: Map, key: str) -> list[Map]:
    return cast("list[Map]", value.get(key) or [])
