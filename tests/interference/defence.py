"""Defences that can be switched off, each with the changes by which the law then finds out."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest

from varve import pipeline
from varve.check.isolation import label
from varve.check.shape import schema, wording
from varve.check.shape.format import FORMATS, Format
from varve.check.shape.format.expression import BAD_GO_TEMPLATE
from varve.emit.alertmanager import inhibition, interval, receiver, route
from varve.emit.grafana import frame, raw
from varve.emit.kit import Task
from varve.emit.prometheus import rules, scrape, unscoped
from varve.language.grafana.uid import uid
from varve.link import isolation
from varve.model.policy import Scope
from varve.policy import bench, choice
from varve.policy.subject import Material, subjects
from varve.read import repository
from varve.resolve import lock
from varve.resolve.discovery import discovery

Off = Callable[[pytest.MonkeyPatch], None]


class Defence(NamedTuple):
    """How to switch a defence off, the kinds of parts that changes are made of then, and what the others say already.

    `artifacts` is whether the tenant's artifacts are changed too.
    """

    off: Off
    kinds: tuple[str, ...]
    state: str = "sound"
    artifacts: bool = False


def _idle(*holders: tuple[object, str]) -> Off:
    """Functions that do nothing."""

    def off(patch: pytest.MonkeyPatch) -> None:
        for holder, name in holders:
            patch.setattr(holder, name, lambda *_: None)

    return off


def _instead(holder: object, name: str, function: object) -> Off:
    """A function in the place of another, which the proof of what is linked would not let pass."""

    def off(patch: pytest.MonkeyPatch) -> None:
        unproven(patch)
        patch.setattr(holder, name, function)

    return off


unproven: Final = _idle((isolation, "say"))
"""Nothing is said of what is not confined."""


def _unscoped(patch: pytest.MonkeyPatch) -> None:
    unproven(patch)
    _idle((rules, "check_scoped"), (unscoped, "check"))(patch)
    patch.setattr(rules, "scoped", lambda expr, _: expr)


def _any_text(patch: pytest.MonkeyPatch) -> None:
    unproven(patch)
    anything = Format(BAD_GO_TEMPLATE, "", lambda _: None)
    for module in (schema, wording):
        patch.setattr(module, "FORMATS", {**FORMATS, "go-template": anything})
    schema._formats.cache_clear()  # noqa: SLF001 - made of the formats
    schema._native.cache_clear()  # noqa: SLF001 - made of those


def _unlabelled(rule: Any, usual: Any, _: Any) -> Any:  # noqa: ANN401 - a rule
    return {**rule, "labels": {**usual, **(rule.get("labels") or {})}}


def _any_node(task: Task, made: Callable[[Task], Any] = route.node) -> Any:  # noqa: ANN401 - YAML
    return {key: value for key, value in made(task).items() if key != "matchers"}


def _anywhere(task: Task, *those: Any) -> Any:  # noqa: ANN401 - YAML
    rule: Any = _CONFINED(task, *those)
    sides = {side: [each for each in rule[side] if "tenant" not in each] for side in _SIDES}
    return {**rule, **sides, "equal": [each for each in rule["equal"] if each != "tenant"]}


_CONFINED: Final = inhibition._rule  # noqa: SLF001 - before it is switched off
_SIDES: Final = ("source_matchers", "target_matchers")


def _named(task: Task) -> str:
    return f"build/{task.unit.unit.environment}/tenants/{task.unit.value['tenant']['name']}"  # type: ignore[index,call-overload]


def _of_vendor(_: Task, __: str, value: Any) -> Any:  # noqa: ANN401 - YAML
    return value["groups"]


def _only_if_all_is_well(opened: pipeline.Opened, _: object, __: object, report: Any) -> None:  # noqa: ANN401 - a report
    if not report.broken:
        repository.unread(opened.reading.snapshot, opened.reading.questions, ("environments/", "tenants/"), report)


def _all_alerts(patch: pytest.MonkeyPatch) -> None:
    seen: list[Material] = []

    def all_alerts(material: Material, scopes: Any) -> Any:  # noqa: ANN401 - scopes, and subjects by them
        seen[:] = [*(each for each in seen if each.environment is material.environment), material]
        alerts = [one for each in seen for one in _SUBJECTS(each, [Scope.ALERT])[Scope.ALERT]]
        return {**_SUBJECTS(material, scopes), Scope.ALERT: alerts}

    patch.setattr(bench, "subjects", all_alerts)


def _believed(*those: Any) -> choice.Held:  # noqa: ANN401 - what is read
    named, claimed = _HELD(*those)
    return choice.Held((*named, *claimed))


_SUBJECTS: Final = subjects
_HELD: Final = choice.held


_RULES: Final = ("a rule", "a vendor's rules")
_ANY: Final = ("routes and receivers", "a user")

DEFENCES: Final = {
    "queries of rules are kept to the tenant": Defence(_unscoped, _RULES),
    "queries of dashboards are kept to the tenant": Defence(
        _instead(raw, "scoped", lambda _, __, value: value), ("a dashboard",)
    ),
    "rules say whose they are": Defence(_instead(rules, "_labelled", _unlabelled), _RULES),
    "groups of vendors have the tenant's name": Defence(
        _instead(rules, "of_vendor", _of_vendor), ("a vendor's rules",)
    ),
    "texts of alerts ask nothing": Defence(_any_text, ("a vendor's rules",)),
    "jobs say at last whose they are": Defence(_instead(scrape, "_identity", lambda *_: []), ("a field of a service",)),
    "jobs find the targets of their own names": Defence(
        _instead(scrape, "discovery", lambda environment, _: discovery(environment, "beta/checkout/app")),
        ("discovered targets",),
    ),
    "external labels are the server's": Defence(_idle((label, "check")), ("a rule", "a vendor's rules")),
    "receivers have the tenant's name": Defence(_instead(receiver, "name", lambda _, name: name), _ANY),
    "hours have the tenant's name": Defence(_instead(interval, "names", lambda _, texts: texts), _ANY),
    "the tenant's node matches the tenant": Defence(_instead(route, "node", _any_node), _ANY),
    "inhibitions stay inside the tenant": Defence(_instead(inhibition, "_rule", _anywhere), _ANY),
    "uids are made of the tenant": Defence(
        _instead(frame, "uid", lambda environment, _, *those: uid(environment, *those)), ("a dashboard",)
    ),
    "paths are made of the id": Defence(_instead(Task, "folder", property(_named)), ("who the tenant is",)),
    "what is locked is the platform's": Defence(_idle((lock, "refuse")), ("who the tenant is",)),
    "what stands from before is proven": Defence(unproven, ("a broken file",), artifacts=True),
    "policies are asked about the tenant's own alerts": Defence(_all_alerts, ("a vendor's rules",)),
    "what a tenant claims is asked of the platform unheard": Defence(
        lambda patch: patch.setattr(choice, "held", _believed), ("who the tenant is",)
    ),
    "a broken tenant silences nobody": Defence(
        lambda patch: patch.setattr(pipeline, "_report_unused", _only_if_all_is_well), ("a broken file",), "warned"
    ),
}
