"""What the files that were just made say of alerts and of the routes that these take."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, cast

from varve.language.same import Same
from varve.link.reachability.alert import Alert
from varve.link.routing import Inhibition, Tree, labels, read_own
from varve.link.routing.alerts import arrived
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.source import Map, Source
from varve.model.unit import Environment
from varve.read.artifact import read

_NAMING: Final = frozenset({"pack", "service", "severity", "slo"})
"""The labels by which an alert is found in its sources, and said."""

_FILE: Final = "alertmanager.yaml"


def routed(artifacts: Sequence[Artifact]) -> Tree | None:
    """The tree of a unit, of whose artifacts nobody changes the list any more; None where it has no Alertmanager."""
    return _routed(Same(artifacts))


def every(tenant: str, environment: Environment, tree: Tree, artifacts: Sequence[Artifact]) -> tuple[Alert, ...]:
    """The same alerts as `alerts` finds, for those who ask for them of one unit after another, each more than once."""
    return _every(tenant, Same(environment), Same(tree), Same(artifacts))


# The unit that is at hand is remembered, and no other: its artifacts are most of what a compile holds.


@lru_cache(maxsize=1)
def _routed(artifacts: Same[Sequence[Artifact]]) -> Tree | None:
    return next((tree(each) for each in artifacts.value if each.path.endswith(f"/{_FILE}")), None)


@lru_cache(maxsize=1)
def _every(
    tenant: str, environment: Same[Environment], tree: Same[Tree], artifacts: Same[Sequence[Artifact]]
) -> tuple[Alert, ...]:
    return tuple(alerts(tenant, environment.value, tree.value, artifacts.value))


def tree(made: Artifact) -> Tree:
    """The tree of a unit's `alertmanager.yaml`, which the compiler has made just before."""
    return read_own(_said(made))


def _said(made: Artifact) -> Map:
    value = made.value
    return value if isinstance(value, dict) else read(Source(made.path, "", made.data), Report()) or {}


def alerts(tenant: str, environment: Environment, tree: Tree, artifacts: Iterable[Artifact]) -> Iterator[Alert]:
    """Every alert of a unit's rule files, with the labels that its routes or its inhibitions ask for."""
    asked = _labels_asked(Same(tree))
    usual = {name: value for name, value in arrived({}, environment, tenant).items() if name in asked}
    for file in artifacts:
        if file.path.split("/")[4] == "rules":
            yield from _alerts(file, asked, usual)


@lru_cache(maxsize=16)
def _labels_asked(tree: Same[Tree]) -> frozenset[str]:
    return _NAMING.union(labels(tree.value.root), *map(_of_inhibition, tree.value.inhibitions))


def _of_inhibition(said: Inhibition) -> set[str]:
    return {each.name for each in (*said.source, *said.target)}


def _alerts(file: Artifact, asked: frozenset[str], usual: Mapping[str, str]) -> Iterator[Alert]:
    for group, whole in enumerate(_maps(_said(file), "groups")):
        shared = _labels(whole, asked)
        for number, rule in enumerate(_maps(whole, "rules")):
            if "alert" in rule:
                said = {**shared, **_labels(rule, asked)}
                # Only Prometheus knows a template; a text of several lines is one, if anything.
                unsure = frozenset([name for name, value in said.items() if "{{" in value or "\n" in value])
                held = {name: value for name, value in said.items() if name not in unsure} if unsure else said
                labels = {**usual, **held, "alertname": str(rule["alert"])}
                yield Alert(file.path, (group, number), labels, unsure - {"alertname"}, str(rule.get("expr", "")))


def _labels(said: Map, asked: frozenset[str]) -> dict[str, str]:
    """The labels of a rule or a group that are asked for."""
    labels = cast("Map", said.get("labels") or {})
    return {name: str(value) for name, value in labels.items() if name in asked}


def _maps(value: Map, key: str) -> list[Map]:
    return cast("list[Map]", value.get(key) or [])
