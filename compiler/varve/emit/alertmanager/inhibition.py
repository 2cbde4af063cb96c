"""The inhibitions of a unit: a service's critical alerts mute its lesser ones, and those of its dependents."""

from collections.abc import Iterator
from typing import Final, cast

from varve.emit.kit import Task
from varve.language import matcher
from varve.language.matcher import Matcher
from varve.model.source import Map, Value
from varve.resolve import notify

_CRITICAL: Final = Matcher("severity", "=", "critical")
_LESSER: Final = Matcher("severity", "=~", "warning|info")
_ANY_SERVICE: Final = Matcher("service", "!=", "")


def of_unit(task: Task) -> list[Map]:
    """The inhibition rules of a unit, each limited to its tenant on both sides."""
    return [_rule(task, _ANY_SERVICE, _ANY_SERVICE, "service"), *_dependency_rules(task)]


def _dependency_rules(task: Task) -> Iterator[Map]:
    for name, service in notify.maps(task.unit.value, "services").items():
        for dependency in notify.listed(service, "depends_on"):
            yield _rule(task, Matcher("service", "=", dependency), Matcher("service", "=", name))


def _rule(task: Task, source: Matcher, target: Matcher, *equal: str) -> Map:
    tenant = Matcher("tenant", "=", task.unit.unit.tenant)
    return {
        "source_matchers": _matchers(tenant, source, _CRITICAL, notify.ORIGINAL),
        "target_matchers": _matchers(tenant, target, _LESSER, notify.ORIGINAL),
        "equal": cast("list[Value]", ["tenant", *equal]),
    }


def _matchers(*matchers: Matcher) -> list[Value]:
    return [matcher.write(each) for each in matchers]
