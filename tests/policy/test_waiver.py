"""A waiver excuses what it names, until it ends; one that excuses nothing is reported."""

from datetime import date

import pytest

from tests.emit.repository import Changed
from tests.policy.judging import BETA, CHECKOUT, OVERLAY, judged, library, one_line, policy, reported, waived
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.policy.waiver import excusing, report_expired, report_unused

pytestmark = pytest.mark.usefixtures("one_kit")

OWN = policy("service", 'service.owner != "nobody"', message='"`{service.id}` is nobody\'s"', at="owner")
WRONG = {CHECKOUT: "owner: nobody\n"}
COVERED: dict[str, tuple[dict[str, str], Unit, bool]] = {
    "everything": ({}, Unit("acme", "production"), True),
    "its tenant": ({"tenant": "acme"}, Unit("acme", "production"), True),
    "another tenant": ({"tenant": "beta"}, Unit("acme", "production"), False),
    "its environment": ({"environment": "production"}, Unit("acme", "production"), True),
    "another environment": ({"environment": "staging"}, Unit("acme", "production"), False),
    "the path": ({"path": "services.checkout.owner"}, Unit("acme", "production"), True),
    "what is above it": ({"path": "services"}, Unit("acme", "production"), True),
    "another path": ({"path": "services.other"}, Unit("acme", "production"), False),
    "what is below it": ({"path": "services.checkout.owner.name"}, Unit("acme", "production"), False),
    "of no tenant, for one": ({"tenant": "acme"}, Unit("", "production"), False),
    "of no environment, for one": ({"environment": "production"}, Unit("acme", ""), False),
    "of no tenant, for all": ({}, Unit("", ""), True),
}


@pytest.mark.parametrize(("more", "unit", "expected"), COVERED.values(), ids=COVERED)
def test_a_waiver_excuses_what_it_names(more: dict[str, str], unit: Unit, *, expected: bool) -> None:
    waivers = library({**OWN, **waived(**more)}).waivers
    keys = ("services", "checkout", "owner")
    assert (excusing(waivers, "own", unit, keys) is not None) is expected
    assert excusing(waivers, "other", unit, keys) is None


def test_what_is_excused_is_built_and_counted() -> None:
    assert judged({**OWN, **WRONG}).units == ()
    build = judged({**OWN, **WRONG, **waived(tenant="acme", path="services.checkout")})
    assert reported(build) == []
    assert {unit.tenant for unit in build.units} == {"acme"}
    found = [failure for tally in build.tallies for failure in tally.failures]
    assert {each.subject for each in found} == {"services.checkout"}
    assert all(each.waiver and each.waiver.reason == "it comes later" for each in found)


UNUSED = "policy/unused-waiver: nothing needs this waiver of `own` (policies/waivers.yaml waivers.0)"


def _unused(files: Changed, today: date) -> list[str]:
    report = Report()
    report_unused(judged(files).unused_waivers, today, report)
    return [one_line(each) for each in report]


def test_an_unused_waiver_is_reported_if_everything_is_sound() -> None:
    assert _unused({**OWN, **waived()}, date(2026, 11, 16)) == [UNUSED]
    assert _unused({**OWN, **waived(tenant="beta"), **BETA}, date(2026, 11, 16)) == [UNUSED]
    assert _unused({**OWN, **WRONG, **waived()}, date(2026, 11, 16)) == []


def test_a_waiver_may_be_unused_for_two_weeks() -> None:
    assert _unused({**OWN, **waived()}, date(2026, 11, 15)) == []


def test_a_waiver_may_be_needed_by_a_broken_unit() -> None:
    assert _unused({**OWN, **waived(), OVERLAY: "services: {checkout: {owner: 5}}\n"}, date(2026, 12, 1)) == []


DAYS = {
    "its last day": (date(2026, 12, 1), []),
    "its first day": (date(2026, 11, 1), []),
    "the day after": (date(2026, 12, 2), ["the waiver of `own` ended on 2026-12-01"]),
    "the day before": (date(2026, 10, 31), ["the waiver of `own` is granted on 2026-11-01, which is in the future"]),
}


@pytest.mark.parametrize(("today", "expected"), DAYS.values(), ids=DAYS)
def test_a_waiver_is_valid_from_its_first_day_to_its_last(today: date, expected: list[str]) -> None:
    report = Report()
    report_expired(library({**OWN, **waived()}), today, report)
    place = "(policies/waivers.yaml waivers.0)"
    assert [one_line(each) for each in report] == [f"policy/expired-waiver: {each} {place}" for each in expected]
