"""Assessments are rendered for terminals and as JSON; nothing in them reaches a terminal unescaped."""

import json
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from varve.model.assessment import (
    Assessed,
    Assessment,
    Check,
    Exemption,
    Finding,
    Standing,
    Unchecked,
)
from varve.model.diagnostic import Place, Span
from varve.render import assessment as render
from varve.render.assessment import about, score, shown, where
from varve.render.width import width

PLACE: Final = Place("tenants/acme/tenant.yaml", ("notify", "receivers", "siem"))
FINDING: Final = Finding("notify.receivers.siem", "live", PLACE)
EXEMPTION: Final = Exemption(
    *(Finding("services.shop.alerts.Down", "live", None), "the second pager arrives", "sre@acme.example"),
    *(date(2026, 11, 1), date(2027, 1, 15), False),
)
FAILED: Final = Check(
    *("encrypted-receiver", "Notifications travel encrypted", "failed", "design", 2, 2, (FINDING,), (), ()),
    *("Begin the address with `https://`.", "what the server really speaks"),
)
WAIVED: Final = Check(
    *("two-channels", "Critical alerts reach two channels", "waived", "operating", 1, 1, (), (EXEMPTION,), ()),
    *("Add a channel.", "that somebody answers"),
)
UNJUDGED: Final = Check(
    *("signed-change", "", "not judged", "design", 0, 0, (), (), ("no change was looked at",), "", ""),
)
STANDING: Final = Standing(
    tenant="acme",
    framework="soc2",
    title="SOC 2",
    limits="It never proves anything.",
    supported=1,
    applicable=4,
    covered=5,
    known=6,
    controls=(
        Assessed("CC1.3", "who answers for what", "passed", ("owned-tenant",), "that they know"),
        Assessed("CC6.7", "what is sent is protected", "failed", ("encrypted-receiver",), "the other side"),
        Assessed("CC7.3", "events are looked at", "waived", ("two-channels",), "that somebody looks"),
        Assessed("CC8.1", "changes are approved", "not judged", ("signed-change",), "the code host"),
        Assessed("A1.1", "capacity is watched", "not applicable", ("owned-tenant",), "that there is any"),
    ),
    checks=(
        FAILED,
        Check("owned-tenant", "Tenants are owned", "passed", "design", 1, 1, (), (), (), "Name an owner.", ""),
        UNJUDGED,
        WAIVED,
    ),
    unchecked=(Unchecked("CC1.1", "ethics cannot be seen in a repository"),),
)
ASSESSMENT: Final = Assessment(
    commit="4f1c9a7be0d2c35a6b8e9f001122334455667788",
    compiler="9b" * 32,
    day=date(2026, 11, 21),
    looked=3,
    whole=9,
    since=date(2026, 11, 2),
    until=date(2026, 11, 20),
    again=("varve policy report --rev 4f1c9a7be0d2 --today 2026-11-21",),
    standings=(STANDING,),
)
HOSTILE: Final = "a\x1b[2Jb\u202ec</td><script>alert(1)</script>\n::error::d"


def changed(**names: str) -> Assessment:
    """The assessment with other texts: its tenant, its title, a control's title, a finding or an owner."""
    finding = replace(FINDING, subject=names.get("finding", FINDING.subject))
    check = replace(FAILED, failures=(finding,), remediation=names.get("remediation", FAILED.remediation))
    exempt = replace(EXEMPTION, reason=names.get("reason", ""), owner=names.get("owner", ""))
    control = replace(STANDING.controls[0], title=names.get("control", ""), id=names.get("number", "CC1"))
    whole = replace(
        STANDING,
        tenant=names.get("tenant", "acme"),
        title=names.get("title", "SOC 2"),
        limits=names.get("limits", "much"),
        controls=(control, *STANDING.controls[1:]),
        checks=(check, STANDING.checks[1], UNJUDGED, replace(WAIVED, exceptions=(exempt,))),
        unchecked=(Unchecked("CC1.1", names.get("unchecked", "ethics")),),
    )
    return replace(ASSESSMENT, standings=(whole,), again=(names.get("again", "varve"),))


WORDS: Final = ("tenant", "title", "limits", "control", "number", "finding", "remediation", "reason", "owner")


def test_a_standing_shows_its_score_its_controls_and_its_failed_checks() -> None:
    assert (
        render.text(ASSESSMENT, width=90)
        == """\
acme: SOC 2
1 of 4 applicable controls are supported by checks; 5 of 6 controls have a check

supported       CC1.3  who answers for what
failed          CC6.7  what is sent is protected
                encrypted-receiver
waived          CC7.3  events are looked at
                two-channels
not judged      CC8.1  changes are approved
                signed-change
not applicable  A1.1   capacity is watched

failed          encrypted-receiver: Notifications travel encrypted (2 of 2 looked at)
  notify.receivers.siem in live, tenants/acme/tenant.yaml: notify.receivers.siem
  help: Begin the address with `https://`.

not judged      signed-change (nothing looked at)
  no change was looked at

waived          two-channels: Critical alerts reach two channels (1 of 1 looked at)
  services.shop.alerts.Down in live: waived, from 2026-11-01 until 2027-01-15,
    sre@acme.example: the second pager arrives

no check covers CC1.1

It never proves anything.

A control is supported where each of its checks that has anything to look at has passed;
not where one of them failed, was waived or could not be judged. Where none has anything
to look at, the control is not applicable and does not count. The score is how many of the
applicable controls are supported. It says nothing of controls without a check, and never
that a framework is met: that is for an auditor to judge.

commit    4f1c9a7be0d2c35a6b8e9f001122334455667788
compiler  9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b
day       2026-11-21
changes   3 of 9 commits looked at, from 2026-11-02 until 2026-11-20
"""
    )


def test_colours_add_nothing_but_colours() -> None:
    painted = render.text(ASSESSMENT, colour=True)
    assert "\x1b[1;31mfailed\x1b[0m" in painted
    plain = painted
    for code in ("1;31", "1;32", "1;33", "1;36", "34", "1", "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == render.text(ASSESSMENT)


@pytest.mark.parametrize("columns", [40, 72, 100])
def test_lines_are_wrapped_unless_a_word_is_too_long(columns: int) -> None:
    assessment = changed(reason="第二通道 " * 30, finding="x " * 80)
    words = "commit", "compiler", "  services.shop", "    sre@"
    lines = [each for each in render.text(assessment, width=columns).splitlines() if not each.startswith(words)]
    assert [each for each in lines if width(each) > columns] == []


def test_the_first_findings_are_shown_and_the_others_counted() -> None:
    many = tuple(replace(FINDING, subject=f"alert {number}") for number in range(14))
    standing = replace(STANDING, checks=(replace(FAILED, failures=many),), controls=STANDING.controls[1:2])
    text = render.text(replace(ASSESSMENT, standings=(standing,)))
    assert "alert 9 in live" in text
    assert "alert 10 in live" not in text
    assert "\n  and 4 more\n" in text


def test_an_expired_waiver_is_shown_once_with_its_finding() -> None:
    ended = replace(EXEMPTION, expired=True)
    check = replace(WAIVED, verdict="failed", failures=(ended.finding,), exceptions=(ended,))
    text = render.text(replace(ASSESSMENT, standings=(replace(STANDING, checks=(check,)),)))
    assert text.count("services.shop.alerts.Down") == 1
    assert "a waiver that is not valid on that day" in text


@pytest.mark.parametrize("word", WORDS)
def test_no_text_moves_a_cursor_or_commands_a_ci_host(word: str) -> None:
    text = render.text(changed(**{word: HOSTILE}))
    assert "\\x1b[2Jb\\u202ec" in text
    assert not any(character in text for character in "\x1b\u202e")
    assert not any(line.lstrip().startswith("::error") for line in text.splitlines())


def test_without_escaping_it_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "escape", str)
    assert "\x1b[2J" in render.text(changed(finding=HOSTILE))


def test_json_holds_everything_as_plain_data() -> None:
    record: Any = json.loads(render.json(ASSESSMENT))
    assert record["definition"] == render.DEFINITION
    assert (record["commit"], record["day"], record["looked"], record["since"]) == (
        ASSESSMENT.commit,
        "2026-11-21",
        3,
        "2026-11-02",
    )
    (standing,) = record["standings"]
    assert (standing["supported"], standing["applicable"]) == (1, 4)
    assert standing["controls"][0]["checks"] == ["owned-tenant"]
    assert standing["checks"][0]["failures"] == [
        {
            "subject": "notify.receivers.siem",
            "environment": "live",
            "place": {
                "file": "tenants/acme/tenant.yaml",
                "path": "notify.receivers.siem",
                "line": None,
                "column": None,
            },
        }
    ]
    assert standing["checks"][3]["exceptions"][0]["until"] == "2027-01-15"
    assert standing["unchecked"] == [{"id": "CC1.1", "reason": "ethics cannot be seen in a repository"}]


def test_json_is_ascii_whatever_it_holds() -> None:
    document = render.json(changed(tenant=HOSTILE))
    assert document.isascii()
    assert json.loads(document)["standings"][0]["tenant"] == HOSTILE


def test_places_are_shown_by_line_by_path_or_by_file() -> None:
    assert where(Place("a.yaml", (), "value", Span(3, 5, 9))) == "a.yaml:3:5"
    assert where(PLACE) == "tenants/acme/tenant.yaml: notify.receivers.siem"
    assert where(Place("a.yaml")) == "a.yaml"
    assert where(None) == ""


def test_what_was_not_looked_at_is_shown() -> None:
    bare = replace(ASSESSMENT, commit="", looked=0, whole=0, since=None, until=None)
    assert dict(about(bare)) == {
        "commit": "not committed",
        "compiler": ASSESSMENT.compiler,
        "day": "2026-11-21",
        "changes": "none looked at",
    }
    none = replace(STANDING, supported=0, applicable=0)
    assert score(none) == "no control is applicable; 5 of 6 controls have a check"


def test_controls_are_called_supported_never_passed() -> None:
    assert [shown("passed"), shown("failed")] == ["supported", "failed"]
    assert "compliant" not in render.text(ASSESSMENT) + render.json(ASSESSMENT)
