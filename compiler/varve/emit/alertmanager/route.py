"""The routes of a unit: one node that matches the tenant, and below it a leaf for each receiver of a route."""

from collections.abc import Iterator
from typing import Final, cast

from varve.emit.alertmanager import interval, receiver
from varve.emit.kit import Task
from varve.language import matcher
from varve.language.matcher import Matcher
from varve.model.source import Map, Value
from varve.resolve import notify

_UNIT_GROUPING: Final = ("alertname", "service")
_ROOT_GROUPING: Final = ("alertname",)
_PACE: Final = {"group_wait": "group_wait", "group_interval": "group_interval", "repeat": "repeat_interval"}


def root(platform: Map) -> Map:
    """The platform's own route, the root of the tenants' nodes."""
    settings = cast("Map", platform.get("alertmanager") or {})
    defaults: Map = {"group_by": list(_ROOT_GROUPING), **notify.pace(platform)}
    return {"receiver": notify.PLATFORM, **_grouping({**defaults, **settings})}


def node(task: Task) -> Map:
    """The unit's node; an alert that matches none of its leaves goes to the platform's receiver."""
    settings = notify.notify(task.unit.value)
    defaults: Map = {"group_by": list(_UNIT_GROUPING), **notify.pace(task.environment.platform)}
    leaves = cast("list[Value]", [*_escalations(task), *_routes(task)])
    return {
        "matchers": [matcher.write(Matcher("tenant", "=", task.unit.unit.tenant))],
        "receiver": notify.PLATFORM,
        **_grouping({**defaults, **settings}),
        **({"routes": leaves} if leaves else {}),
    }


def _grouping(settings: Map) -> Map:
    """The grouping and the pace that are set; alerts are always grouped by tenant."""
    groups: Map = {"group_by": ["tenant", *cast("list[Value]", settings["group_by"])]} if "group_by" in settings else {}
    return {**groups, **{field: settings[key] for key, field in _PACE.items() if key in settings}}


def _escalations(task: Task) -> Iterator[Map]:
    """The leaves of escalations, which come before all others and let no alert continue to those."""
    for escalation in notify.escalations(task.unit.value):
        identity = Matcher(notify.ESCALATION, "=", notify.escalation(escalation))
        yield from _leaves(task, escalation, (Matcher("alertname", "=", notify.ESCALATED), identity))


def _routes(task: Task) -> Iterator[Map]:
    routes = notify.maps(notify.notify(task.unit.value), "routes")
    for name, route in sorted(routes.items(), key=lambda each: (notify.order(each[1]), each[0])):
        yield from _leaves(task, route, notify.matchers(name, route))


def _leaves(task: Task, route: Map, matchers: tuple[Matcher, ...]) -> Iterator[Map]:
    """A leaf for each receiver; all but the last let alerts continue, and the last one if the route does.

    Hours are set on each leaf, because child routes of Alertmanager do not inherit those of their parent.
    """
    receivers = notify.listed(route, "receivers")
    for number, each in enumerate(receivers, 1):
        active = interval.names(task, notify.listed(route, "hours"))
        muted = interval.names(task, [*notify.listed(route, "mute"), *interval.quiet(task, each)])
        yield {
            "matchers": [matcher.write(one) for one in matchers],
            "receiver": receiver.name(task, each),
            **_grouping(route),
            **({"active_time_intervals": cast("list[Value]", active)} if active else {}),
            **({"mute_time_intervals": cast("list[Value]", muted)} if muted else {}),
            **({"continue": True} if number < len(receivers) or route.get("continue") else {}),
        }
