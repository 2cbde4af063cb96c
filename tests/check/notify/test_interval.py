"""Hours mean some minutes, those of a tenant and the quiet ones of its users, and some route names them."""

import pytest

from tests.emit.alertmanager.telling import said, task
from varve.check.notify import interval

SAID: dict[str, tuple[str, list[str]]] = {
    "a day": ('{from: "09:00", to: "18:00"}', []),
    "a night": ('{from: "22:00", to: "06:00"}', []),
    "weekdays": ('{days: "monday:friday"}', []),
    "the same minute": ('{from: "09:00", to: "09:00"}', ["`odd` are no hours: `from` and `to` are the same minute"]),
    "only a zone": ("{timezone: Europe/Paris}", ["`odd` are no hours: it says no hours"]),
    "a night of a month": (
        '{from: "22:00", to: "06:00", months: [december]}',
        ["`odd` are no hours: it goes over midnight, which cannot be told by `months`"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), SAID.values(), ids=SAID)
@pytest.mark.parametrize("whose", ["the tenant's", "a user's"])
def test_hours(text: str, expected: list[str], whose: str) -> None:
    user = f"users: {{alice: {{name: A, email: a@acme.example, quiet: {{odd: {text}}}}}}}"
    tenant = f"notify: {{hours: {{odd: {text}}}, routes: {{info: {{receivers: [one], mute: odd}}}}}}"
    made = task(tenant if whose == "the tenant's" else user)
    interval.check(made.unit, made.report)
    assert said(made) == [f"check/bad-hours: {each}" for each in expected]


def test_hours_that_no_route_names_are_warned_of() -> None:
    hours = ", ".join(f'{name}: {{from: "09:00", to: "18:00"}}' for name in ("told", "muted", "spare"))
    made = task(f"notify: {{hours: {{{hours}}}, routes: {{info: {{receivers: [one], hours: told, mute: [muted]}}}}}}")
    interval.check(made.unit, made.report)
    assert said(made) == ["check/unused-hours: no route names the hours `spare`"]
    assert not made.report.broken


def test_quiet_hours_need_no_route() -> None:
    made = task("users: {alice: {name: A, email: a@acme.example, quiet: {noon: {from: '12:00', to: '13:00'}}}}")
    interval.check(made.unit, made.report)
    assert said(made) == []
