"""Every receiver of a route is notified in some minute, and no hours never begin or always mute."""

from time import process_time

import pytest

from tests.emit.alertmanager.notifying import findings, task
from varve.check.notify import silent

NOTIFY = """\
notify:
  receivers:
    one: {email: {to: [one@acme.example]}}
    alice: {user: alice}
    abroad: {user: bob}
    ghost: {user: nobody}
  hours:
    business: {from: "09:00", to: "18:00"}
    night: {from: "22:00", to: "06:00"}
    dark: {from: "22:00", to: "06:00"}
    morning: {from: "00:00", to: "12:00"}
    afternoon: {from: "12:00"}
    noon: {days: monday, from: "12:00", to: "13:00"}
    abroad: {days: monday, from: "12:00", to: "13:00", timezone: America/New_York}
    weekend: {days: "saturday:sunday"}
    week: {days: "monday:friday"}
    all: {days: "monday:sunday"}
    warm: {months: ["4:9"]}
    cold: {months: ["1:3", "10:12"]}
    july: {months: [july]}
    first: {days_of_month: ["1"]}
    firsts: {days_of_month: ["1"]}
    dates: {days_of_month: ["1:30"]}
    later: {years: ["2150"]}
    bad: {from: "09:00", to: "09:00"}
  routes:
    critical: %s
users:
  alice: {name: Alice, email: a@acme.example, quiet: {early: {to: "12:00"}, late: {from: "13:00"}}}
  bob:
    {name: Bob, email: b@acme.example, timezone: America/New_York, quiet: {early: {to: "12:00"}, late: {from: "13:00"}}}
"""
MUTED = "check/route-never-tells: `critical` notifies only during {} but is muted then"
FOR_EVER = "check/hours-always: `critical` is always muted: `all` cover the whole week"
QUIET = "check/route-never-tells: `critical` never notifies `{}`: all remaining hours are quiet hours of `{}`"
ROUTES: dict[str, tuple[str, list[str]]] = {
    "no hours": ("{receivers: [one, alice, abroad]}", []),
    "hours that are muted by name": (
        "{receivers: [one], hours: [business, night], mute: [night, business]}",
        [MUTED.format("`business` and `night`")],
    ),
    "hours of which some are muted": ("{receivers: [one], hours: [business, night], mute: night}", []),
    "hours that are muted by another name": (
        "{receivers: [one], hours: night, mute: [dark]}",
        [MUTED.format("`night`")],
    ),
    "hours that are muted by wider ones": ("{receivers: [one], hours: noon, mute: week}", [MUTED.format("`noon`")]),
    "hours that are muted by several": (
        "{receivers: [one], hours: business, mute: [morning, afternoon]}",
        ["check/route-never-tells: `critical` notifies only during `business` but is muted then"],
    ),
    "a week that is muted in parts": (
        "{receivers: [one], mute: [weekend, week]}",
        ["check/route-never-tells: `critical` is muted during the whole week"],
    ),
    "a year that is muted in parts": (
        "{receivers: [one], mute: [warm, cold]}",
        ["check/route-never-tells: `critical` is muted during the whole week"],
    ),
    "a month of a half year that is muted": ("{receivers: [one], hours: july, mute: warm}", [MUTED.format("`july`")]),
    "a half year of which a month is muted": ("{receivers: [one], hours: warm, mute: july}", []),
    "a day of the month that is muted by another name": (
        "{receivers: [one], hours: first, mute: firsts}",
        [MUTED.format("`first`")],
    ),
    "a day of the month, and muted weekdays": ("{receivers: [one], hours: first, mute: week}", []),
    "all hours, and a year that is muted": ("{receivers: [one], hours: week, mute: [past, dates]}", []),
    "a year in the far future": ("{receivers: [one], hours: later}", []),
    "muted for ever": ("{receivers: [one], mute: all}", [FOR_EVER]),
    "muted for ever in a list": ("{receivers: [one], mute: [night, all]}", [FOR_EVER]),
    "always active": ("{receivers: [one], hours: all}", []),
    "hours in one zone that are muted in another": ("{receivers: [one], hours: noon, mute: abroad}", []),
    "hours in one zone, and all of them quiet in another": (
        "{receivers: [abroad], hours: noon}",
        [QUIET.format("abroad", "bob")],
    ),
    "hours in one zone that are not all quiet in another": ("{receivers: [abroad], hours: afternoon}", []),
    "a day of the month that is muted by a longer time": (
        "{receivers: [one], hours: first, mute: dates}",
        [MUTED.format("`first`")],
    ),
    "days of the month of which one is not muted": ("{receivers: [one], hours: dates, mute: first}", []),
    "quiet hours that leave an hour": ("{receivers: [alice, one], hours: noon}", []),
    "quiet hours that leave nothing of the hours": (
        "{receivers: [one, alice], hours: morning}",
        [QUIET.format("alice", "alice")],
    ),
    "quiet hours that leave what is muted": (
        "{receivers: [one, alice], hours: week, mute: afternoon}",
        [QUIET.format("alice", "alice")],
    ),
    "quiet hours that leave nothing in another time zone": (
        "{receivers: [one, abroad], hours: morning}",
        [QUIET.format("abroad", "bob")],
    ),
    "invalid hours, which are reported elsewhere": ("{receivers: [alice], hours: [bad, morning]}", []),
    "unknown hours, which are reported elsewhere": (
        "{receivers: [alice], hours: nowhere, mute: nowhere}",
        [],
    ),
    "an unknown user, which is reported elsewhere": ("{receivers: [ghost, spirit], hours: morning}", []),
}


@pytest.mark.parametrize(("route", "expected"), ROUTES.values(), ids=ROUTES)
def test_routes(route: str, expected: list[str]) -> None:
    made = task(NOTIFY % route)
    silent.check(made.unit, made.report)
    assert findings(made) == expected


OWNERS = {
    "the tenant's": "notify: {{hours: {{odd: {}}}, routes: {{info: {{receivers: [one], hours: odd}}}}}}",
    "a user's": "users: {{alice: {{name: A, email: a@acme.example, quiet: {{odd: {}}}}}}}",
}


@pytest.mark.parametrize("source", OWNERS.values(), ids=OWNERS)
def test_hours_that_never_begin_are_reported_once_where_they_are_set(source: str) -> None:
    made = task(source.format('{months: [february], days_of_month: ["30"]}'))
    silent.check(made.unit, made.report)
    assert findings(made) == ["check/hours-never: `odd` never begin: no date satisfies all their conditions"]


def test_quiet_hours_for_the_whole_week_are_reported() -> None:
    made = task(OWNERS["a user's"].format('{from: "00:00", to: "24:00"}'))
    silent.check(made.unit, made.report)
    assert findings(made) == ["check/hours-always: `alice` is never notified: `odd` cover the whole week"]


def test_quiet_hours_that_leave_no_minute_together_are_reported_at_each_receiver() -> None:
    quiet = '{week: {days: "monday:friday"}, weekend: {days: "saturday:sunday"}}'
    made = task(
        "notify: {receivers: {alice: {user: alice}}, routes: {info: {receivers: [alice]}}}\n"
        f"users: {{alice: {{name: A, email: a@acme.example, timezone: Asia/Tokyo, quiet: {quiet}}}}}\n"
    )
    silent.check(made.unit, made.report)
    assert findings(made) == [
        "check/route-never-tells: `info` never notifies `alice`: all remaining hours are quiet hours of `alice`"
    ]


def test_the_maximum_number_of_routes_and_users_is_checked_quickly() -> None:
    people = range(20)
    quiet = ", ".join(f'q{count}: {{from: "0{count % 10}:00", days: "monday:friday"}}' for count in people)
    users = "".join(f"  u{each}: {{name: U, email: u@acme.example, quiet: {{{quiet}}}}}\n" for each in people)
    receivers = "".join(f"    r{each}: {{user: u{each}}}\n" for each in people)
    hours = "".join(f'    h{count}: {{from: "1{count % 10}:{count}"}}\n' for count in range(10, 60))
    names = ", ".join(f"h{count}" for count in range(10, 30))
    receiver_names = ", ".join(f"r{each}" for each in people)
    routes = "".join(
        f"    t{count}: {{match: [], receivers: [{receiver_names}], hours: [{names}]}}\n" for count in range(100)
    )
    made = task(f"notify:\n  receivers:\n{receivers}  hours:\n{hours}  routes:\n{routes}users:\n{users}")
    begun = process_time()
    silent.check(made.unit, made.report)
    assert process_time() - begun < 5
