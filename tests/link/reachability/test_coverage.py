"""At every minute, somebody is notified of a critical alert: by one receiver, several in turn, or two routes."""

import pytest

from tests.link.reachability.reaching import UNIT, alert, findings, overlay, reach
from varve.link.reachability import coverage

FOUND: dict[str, tuple[str, str]] = {
    "a receiver that is no user": ("one", ""),
    "a user without quiet hours": ("awake", ""),
    "a user with quiet hours": ("alice", "Monday 21:00 to Tuesday 05:00, UTC"),
    "a user with quiet hours, and another way": ("alice, one", ""),
    "two users in turn": ("alice, bob", ""),
    "two users in turn in two zones": ("alice, far", "Monday 21:00 to Tuesday 05:00, UTC"),
    "a user with a holiday": ("gone", "Saturday 1 August 2026 00:00 to Monday 31 August 2026 24:00, UTC"),
    "two users with holidays in turn": ("gone, back", ""),
}


@pytest.mark.parametrize(("receivers", "when"), FOUND.values(), ids=FOUND)
def test_hours_without_anybody_for_an_escalation(receivers: str, when: str) -> None:
    found = reach(f"{UNIT}  escalation: [{{severity: warning, after: 30m, receivers: [{receivers}]}}]\n")
    coverage.check(found)
    message = f"link/quiet-escalation: nobody is notified of the escalation of `warning` after 30m from {when}"
    assert findings(found) == [message] * bool(when)
    assert [each.place.keys for each in found.report if each.place] == [
        ("notify", "escalation", 0, "receivers")
    ] * bool(when)
    assert not found.report.broken


@pytest.mark.parametrize(("receivers", "when"), FOUND.values(), ids=FOUND)
def test_hours_without_anybody_for_a_critical_alert(receivers: str, when: str) -> None:
    found = reach(overlay(f"critical: {{receivers: [{receivers}]}}"), alert("critical"))
    coverage.check(found)
    message = f"link/quiet-critical: nobody is notified of the critical `Stuck` from {when}"
    assert findings(found) == [message] * bool(when)


CONTINUES = "continue: true"
CRITICAL = "match: 'severity=\"critical\"'"
ROUTES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "hours": ("critical: {receivers: [one], hours: day}", [("critical", "Monday 22:00 to Tuesday 06:00")]),
    "all hours": ("critical: {receivers: [one], hours: [day, night]}", []),
    "a mute": ("critical: {receivers: [one], mute: [night]}", [("critical", "Monday 22:00 to Tuesday 06:00")]),
    "a mute of a quarter of an hour": (
        "critical: {receivers: [one], mute: quarter}",
        [("critical", "Monday 03:10 to 03:25")],
    ),
    "a mute of a month of one year": (
        "critical: {receivers: [one], mute: moved}",
        [("critical", "Thursday 1 March 2040 00:00 to Saturday 31 March 2040 24:00")],
    ),
    "a mute of a year that is not examined": ("critical: {receivers: [one], mute: later}", []),
    "what is no more than a warning": ("warning: {receivers: [alice], mute: day}, critical: {receivers: [one]}", []),
    "a critical route of any name": (
        f"page: {{{CRITICAL}, receivers: [one], hours: day}}",
        [("page", "Monday 22:00 to Tuesday 06:00")],
    ),
    "critical alerts of another service": ("ledger: {match: 'service=\"ledger\"', receivers: [alice]}", []),
    "a day and a night": (
        f"critical: {{receivers: [one], mute: day}}, page: {{{CRITICAL}, receivers: [one], hours: day, {CONTINUES}}}",
        [],
    ),
    "a day and a night of which the first does not continue": (
        f"critical: {{receivers: [one], mute: day}}, page: {{{CRITICAL}, receivers: [one], hours: day}}",
        [("page", "Monday 22:00 to Tuesday 06:00")],
    ),
    "a second route that matches fewer alerts": (
        f"critical: {{receivers: [one], mute: day}}, page: {{match: 'a=\"b\"', receivers: [one], {CONTINUES}}}",
        [("critical", "Monday 06:00 to 22:00")],
    ),
}


@pytest.mark.parametrize(("routes", "silent"), ROUTES.values(), ids=ROUTES)
def test_the_hours_of_a_critical_route(routes: str, silent: list[tuple[str, str]]) -> None:
    found = reach(overlay(routes), alert("critical"))
    coverage.check(found)
    named = [(each.place.keys[-1], each.message.partition("from ")[2]) for each in found.report if each.place]
    assert named == [(route, f"{when}, UTC") for route, when in silent]


def test_a_templated_label_is_reported_only_if_every_value_has_quiet_hours() -> None:
    service = alert("critical", more=", labels: {queue: '{{ $labels.name }}'}")
    match = "match: ['severity=\"critical\"', 'queue=\"a\"'], receivers: [one]"
    for hours, many in (("", 0), (", hours: night", 1)):
        found = reach(overlay(f"critical: {{receivers: [one], hours: day}}, page: {{{match}{hours}}}"), service)
        coverage.check(found)
        assert len(found.report) == many


def test_alerts_with_the_same_routes_are_reported_together_with_the_reasons() -> None:
    each = [f"  {name}: {{expr: d > 1, severity: critical, summary: S}}\n" for name in ("A", "B", "C", "D", "E")]
    service = "".join(["alerts:\n", *each])
    found = reach(overlay("critical: {receivers: [alice, gone], mute: night}"), service)
    coverage.check(found)
    (one,) = found.report
    assert one.message.startswith("nobody is notified of the critical `A`, `B`, `C` and 2 more from ")
    assert [(note.message, note.place and note.place.keys) for note in one.notes] == [
        ("it is muted during these", ("notify", "routes", "critical", "mute")),
        ("`alice` is quiet during these", ("users", "alice", "quiet")),
        ("`gone` is quiet during these", ("users", "gone", "quiet")),
    ]
    assert one.hint == "add a receiver without quiet hours, and remove `mute`, or let another route notify then"
