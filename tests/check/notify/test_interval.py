"""Hours, of a tenant or quiet ones of a user, cover some minutes, and some route uses a tenant's hours."""

import pytest

from tests.emit.alertmanager.notifying import findings, task
from varve.check.notify import interval

HOURS: dict[str, tuple[str, list[str]]] = {
    "a day": ('{from: "09:00", to: "18:00"}', []),
    "a night": ('{from: "22:00", to: "06:00"}', []),
    "weekdays": ('{days: "monday:friday"}', []),
    "the same minute": (
        '{from: "09:00", to: "09:00"}',
        ["`odd` are not valid hours: `from` and `to` are the same minute"],
    ),
    "only a zone": ("{timezone: Europe/Paris}", ["`odd` are not valid hours: it sets no hours"]),
    "a night of a month": (
        '{from: "22:00", to: "06:00", months: [december]}',
        ["`odd` are not valid hours: it goes past midnight, which excludes `months`"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), HOURS.values(), ids=HOURS)
@pytest.mark.parametrize("owner", ["the tenant's", "a user's"])
def test_hours(text: str, expected: list[str], owner: str) -> None:
    user = f"users: {{alice: {{name: A, email: a@acme.example, quiet: {{odd: {text}}}}}}}"
    tenant = f"notify: {{hours: {{odd: {text}}}, routes: {{info: {{receivers: [one], mute: odd}}}}}}"
    made = task(tenant if owner == "the tenant's" else user)
    interval.check(made.unit, made.report)
    assert findings(made) == [f"check/bad-hours: {each}" for each in expected]


CORRECTIONS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "the same minute": ('{from: "09:00", to: "09:00"}', ("to",), "leave both out for the whole day"),
    "from midnight to midnight": ('{from: "00:00", to: "00:00"}', ("to",), "leave both out for the whole day"),
    "until midnight, where the day begins": ('{to: "00:00"}', ("to",), "leave both out for the whole day"),
    "only a zone": ("{timezone: Europe/Paris}", (), "set `days`, or `from` and `to`"),
    "from the end of a day": ('{from: "24:00", to: "06:00"}', ("from",), "begin at `00:00` of the next day"),
    "a night of a month": (
        '{from: "22:00", to: "06:00", months: [december]}',
        ("to",),
        "end at `24:00`, and define the morning as separate hours",
    ),
}


@pytest.mark.parametrize(("text", "at", "hint"), CORRECTIONS.values(), ids=CORRECTIONS)
def test_the_hint_is_at_the_wrong_key(text: str, at: tuple[str, ...], hint: str) -> None:
    made = task(f"notify: {{hours: {{odd: {text}}}, routes: {{info: {{receivers: [one], mute: odd}}}}}}")
    interval.check(made.unit, made.report)
    (found,) = made.report
    assert found.place is not None
    assert found.place.keys == ("notify", "hours", "odd", *at)
    assert found.hint == hint


def test_hours_that_no_route_uses_are_warned_of() -> None:
    hours = ", ".join(f'{name}: {{from: "09:00", to: "18:00"}}' for name in ("active", "muted", "spare"))
    made = task(f"notify: {{hours: {{{hours}}}, routes: {{info: {{receivers: [one], hours: active, mute: [muted]}}}}}}")
    interval.check(made.unit, made.report)
    assert findings(made) == ["check/unused-hours: no route names the hours `spare`"]
    assert not made.report.broken


def test_quiet_hours_need_no_route() -> None:
    made = task("users: {alice: {name: A, email: a@acme.example, quiet: {noon: {from: '12:00', to: '13:00'}}}}")
    interval.check(made.unit, made.report)
    assert findings(made) == []
