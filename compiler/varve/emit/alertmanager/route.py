"""The routes of a unit: one node that matches the tenant, and below it a leaf for each receiver of a route."""

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
    """The platform's own route, the root of the tenants' nodes."""
    said = cast("Map", platform.get("alertmanager") or {})
    return {"receiver": notify.PLATFORM, **_grouping({"group_by": list(_OF_ALL), **notify.pace(platform), **said})}


def node(task: Task) -> Map:
    """The unit's node; an alert that matches none of its leaves goes to the platform's receiver."""
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
    """The grouping and the pace that are set; alerts are always grouped by tenant."""
    groups: Map = {"group_by": ["tenant", *cast("list[Value]", said["group_by"])]} if "group_by" in said else {}
    return {**groups, **{field: said[key] for key, field in _PACE.items() if key in said}}


def _escalations(task: Task) -> Iterator[Map]:
    """The leaves of escalations, which come before all others and let no alert continue to those."""
    for said in notify.escalations(task.unit.value):
        known = Matcher(notify.ESCALATION, "=", notify.escalation(said))
        yield from _leaves(task, said, (Matcher("alertname", "=", notify.ESCALATED), known))


def _routes(task: Task) -> Iterator[Map]:
    routes = notify.maps(notify.notify(task.unit.value), "routes")
    for name, said in sorted(routes.items(), key=lambda each: (notify.order(each[1]), each[0])):
        yield from _leaves(task, said, notify.matchers(name, said))


def _leaves(task: Task, said: Map, asked: tuple[Matcher, ...]) -> Iterator[Map]:
    """A leaf for each receiver; all but the last let alerts continue, and the last one if the route does.

    Hours are set on each leaf, because child routes of Alertmanager do not inherit those of their parent.
    """
    receivers = notify.listed(said, "receivers")
    for number, each in enumerate(receivers, 1):
        active = interval.names(task, notify.listed(said, "hours"))
        muted = interval.names(task, [*notify.listed(said, "mute"), *interval.quiet(task, each)])
        yield {
            "matchers": [matcher.write(one) for one in asked],
            "receiver": receiver.name(task, each),
            **_grouping(said),
            **({"active_time_intervals": cast("list[Value]", active)} if active else {}),
            **({"mute_time_intervals": cast("list[Value]", muted)} if muted else {}),
            **({"continue": True} if number < len(receivers) or said.get("continue") else {}),
        }
