"""The hours of a unit as Alertmanager's time intervals: its own, and the quiet hours of users whom receivers name."""

from collections.abc import Iterator
from typing import cast

from varve.emit.kit import Task
from varve.language.time import hours
from varve.model.source import Map, Value
from varve.resolve import notify


def of_unit(task: Task) -> list[Map]:
    """The time intervals of a unit, its own first."""
    return list(_intervals(task))


def names(task: Task, local_names: list[str]) -> list[str]:
    """The names of a unit's hours in Alertmanager, which are unique among all tenants."""
    return [f"{task.unit.unit.tenant}/{each}" for each in local_names]


def quiet(task: Task, receiver: str) -> list[str]:
    """The names of the quiet hours of the user whom a receiver names."""
    user = notify.maps(notify.notify(task.unit.value), "receivers")[receiver].get("user")
    return [f"users/{user}/{name}" for name in _quiet_hours(task, cast("str", user))] if user else []


def _quiet_hours(task: Task, user: str) -> dict[str, Map]:
    return notify.maps(notify.maps(task.unit.value, "users")[user], "quiet")


def _intervals(task: Task) -> Iterator[Map]:
    settings, zone = notify.notify(task.unit.value), cast("str", task.unit.value["timezone"])
    for name, each in notify.maps(settings, "hours").items():
        yield _interval(task, name, each, zone)
    users = (each.get("user") for each in notify.maps(settings, "receivers").values())
    for user in sorted({cast("str", each) for each in users if each}):
        user_zone = cast("str", notify.maps(task.unit.value, "users")[user].get("timezone", zone))
        for name, each in _quiet_hours(task, user).items():
            yield _interval(task, f"users/{user}/{name}", each, user_zone)


def _interval(task: Task, name: str, window: Map, zone: str) -> Map:
    (full_name,) = names(task, [name])
    return {"name": full_name, "time_intervals": cast("list[Value]", hours.intervals(window, zone))}
