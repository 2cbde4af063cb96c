"""The routes of a unit: one node that matches the tenant, and below it a leaf for everyone who is told."""

from collections.abc import Iterator
from typing import Final, cast

from varve.emit.alertmanager import interval, receiver
from varve.emit.kit import Task
from varve.language import matcher
from varve.language.matcher import Matcher
from varve.model.source import Map, Value
from varve.resolve import notify

_GROUPED: Final = ("alertname", "service")
_OF_ALL: Final = ("alertname",)
_PACE: Final = {"group_wait": "group_wait", "group_interval": "group_interval", "repeat": "repeat_interval"}


def root(platform: Map) -> Map:
    """The platform's own route, below which the tenants' nodes hang."""
    said = cast("Map", platform.get("alertmanager") or {})
    return {"receiver": notify.PLATFORM, **_grouping({"group_by": list(_OF_ALL), **notify.pace(platform), **said})}


def node(task: Task) -> Map:
    """The unit's node; what reaches none of its leaves is the platform's to hear."""
    said = notify.notify(task.unit.value)
    usual: Map = {"group_by": list(_GROUPED), **notify.pace(task.environment.platform)}
    leaves = cast("list[Value]", [*_escalations(task), *_routes(task)])
    return {
        "matchers": [matcher.write(Matcher("tenant", "=", task.unit.unit.tenant))],
        "receiver": notify.PLATFORM,
        **_grouping({**usual, **said}),
        **({"routes": leaves} if leaves else {}),
    }


def _grouping(said: Map) -> Map:
    """How alerts are grouped, and at what pace they are told, as far as it is said; the tenant makes a group always."""
    groups: Map = {"group_by": ["tenant", *cast("list[Value]", said["group_by"])]} if "group_by" in said else {}
    return {**groups, **{field: said[key] for key, field in _PACE.items() if key in said}}


def _escalations(task: Task) -> Iterator[Map]:
    """The leaves of escalations, which come before all others and keep their alerts to themselves."""
    for said in notify.escalations(task.unit.value):
        known = Matcher(notify.ESCALATION, "=", notify.escalation(said))
        yield from _leaves(task, said, (Matcher("alertname", "=", notify.ESCALATED), known))


def _routes(task: Task) -> Iterator[Map]:
    routes = notify.maps(notify.notify(task.unit.value), "routes")
    for name, said in sorted(routes.items(), key=lambda each: (notify.order(each[1]), each[0])):
        yield from _leaves(task, said, notify.matchers(name, said))


def _leaves(task: Task, said: Map, asked: tuple[Matcher, ...]) -> Iterator[Map]:
    """A leaf for each receiver, side by side; all but the last hand on, and the last one where the route says so.

    Hours stand on each leaf, because a child of Alertmanager does not inherit those of its parent.
    """
    told = notify.listed(said, "receivers")
    for number, each in enumerate(told, 1):
        active = interval.names(task, notify.listed(said, "hours"))
        muted = interval.names(task, [*notify.listed(said, "mute"), *interval.quiet(task, each)])
        yield {
            "matchers": [matcher.write(one) for one in asked],
            "receiver": receiver.name(task, each),
            **_grouping(said),
            **({"active_time_intervals": cast("list[Value]", active)} if active else {}),
            **({"mute_time_intervals": cast("list[Value]", muted)} if muted else {}),
            **({"continue": True} if number < len(told) or said.get("continue") else {}),
        }
