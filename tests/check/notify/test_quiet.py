"""What must be heard is heard at every hour: by one receiver, by several in turn, or by two routes."""

import pytest

from tests.emit.alertmanager.telling import said, task
from varve.check.notify import quiet

NIGHT, DAY = 'from: "22:00", to: "06:00"', 'from: "06:00", to: "22:00"'
SAYS = f"""\
users:
  alice: {{name: A, email: a@acme.example, timezone: Europe/Paris, quiet: {{night: {{{NIGHT}}}}}}}
  bob: {{name: B, email: b@acme.example, timezone: Europe/Paris, quiet: {{day: {{{DAY}}}}}}}
  far: {{name: F, email: f@acme.example, timezone: Asia/Tokyo, quiet: {{day: {{{DAY}}}}}}}
  gone: {{name: G, email: g@acme.example, quiet: {{summer: {{months: [august]}}}}}}
  back: {{name: H, email: h@acme.example, quiet: {{winter: {{months: [december], days_of_month: ["24:31"]}}}}}}
  awake: {{name: W, email: w@acme.example, quiet: {{}}}}
notify:
  receivers:
    mail: {{email: {{to: [a@acme.example]}}}}
    alice: {{user: alice}}
    bob: {{user: bob}}
    far: {{user: far}}
    gone: {{user: gone}}
    back: {{user: back}}
    awake: {{user: awake}}
  hours:
    day: {{{DAY}}}
    night: {{{NIGHT}}}
    closed: {{months: [august]}}
"""
HEARD: dict[str, tuple[str, bool]] = {
    "a receiver that is no user": ("mail", True),
    "a user without quiet hours": ("awake", True),
    "a user with quiet hours": ("alice", False),
    "a user with quiet hours, and another way": ("alice, mail", True),
    "two users in turn": ("alice, bob", True),
    "two users in turn in two zones": ("alice, far", False),
    "a user with a holiday": ("gone", False),
    "two users with holidays in turn": ("gone, back", True),
}


@pytest.mark.parametrize(("receivers", "heard"), HEARD.values(), ids=HEARD)
def test_an_escalation(receivers: str, heard: bool) -> None:  # noqa: FBT001 - a column of the table
    made = task(f"{SAYS}  escalation: [{{severity: warning, after: 30m, receivers: [{receivers}]}}]\n")
    quiet.check(made.unit, made.report)
    message = "check/quiet-escalation: the escalation of `warning` after 30m is not heard at every hour"
    assert said(made) == [message] * (not heard)
    assert not made.report.broken


@pytest.mark.parametrize(("receivers", "heard"), HEARD.values(), ids=HEARD)
def test_a_critical_route(receivers: str, heard: bool) -> None:  # noqa: FBT001 - a column of the table
    made = task(f"{SAYS}  routes: {{critical: {{receivers: [{receivers}]}}}}\n")
    quiet.check(made.unit, made.report)
    message = "check/quiet-critical: what is critical is not heard at every hour through `critical`"
    assert said(made) == [message] * (not heard)


GOES_ON = "continue: true"
CRITICAL = "match: 'severity=\"critical\"'"
ROUTES: dict[str, tuple[str, list[str]]] = {
    "hours": ("critical: {receivers: [mail], hours: day}", ["critical"]),
    "all hours": ("critical: {receivers: [mail], hours: [day, night]}", []),
    "a mute": ("critical: {receivers: [mail], mute: [night]}", ["critical"]),
    "a mute of a season": ("critical: {receivers: [mail], mute: [closed]}", ["critical"]),
    "what is no more than a warning": ("warning: {receivers: [alice], mute: day}", []),
    "a critical route of any name": (f"page: {{{CRITICAL}, receivers: [alice]}}", ["page"]),
    "critical alerts among others": ("ledger: {match: 'service=\"ledger\"', receivers: [alice]}", []),
    "a day and a night": (
        f"critical: {{receivers: [mail], mute: day}}, page: {{{CRITICAL}, receivers: [mail], hours: day, {GOES_ON}}}",
        [],
    ),
    "a day and a night of which the first keeps all": (
        f"critical: {{receivers: [mail], mute: day}}, page: {{{CRITICAL}, receivers: [mail], hours: day}}",
        ["critical", "page"],
    ),
    "a route beside it that hears less": (
        (
            "critical: {receivers: [alice]}, "
            f"page: {{match: ['a=\"b\"', 'severity=\"critical\"'], receivers: [mail], {GOES_ON}}}"
        ),
        ["critical"],
    ),
}


@pytest.mark.parametrize(("routes", "silent"), ROUTES.values(), ids=ROUTES)
def test_the_hours_of_a_critical_route(routes: str, silent: list[str]) -> None:
    made = task(f"{SAYS}  routes: {{{routes}}}\n")
    quiet.check(made.unit, made.report)
    assert sorted(each.message.partition("through ")[2].strip("`") for each in made.report) == silent


def test_why_nobody_hears_is_shown() -> None:
    made = task(f"{SAYS}  routes: {{critical: {{receivers: [alice, gone], mute: night}}}}\n")
    quiet.check(made.unit, made.report)
    (found,) = made.report
    assert [(note.message, note.place and note.place.keys) for note in found.notes] == [
        ("it is not told during these", ("notify", "routes", "critical", "mute")),
        ("`alice` is quiet during these", ("users", "alice", "quiet")),
        ("`gone` is quiet during these", ("users", "gone", "quiet")),
    ]
    assert found.hint == "add a receiver without quiet hours, and take `mute` out, or let another route tell it then"
