import pytest

from tests.inquire.blame.example import CHECKOUT, MAIN, PRODUCTION, ROUTES, RULES, SHARED, opened
from varve.inquire.blame import remake
from varve.inquire.blame.remake import GONE, with_changed
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.unit import Unit

pytestmark = pytest.mark.usefixtures("one_kit")

UNIT = Unit("acme", "production")
SEARCH = "build/production/tenants/acme/rules/search.yaml"


@pytest.mark.parametrize(("path", "target"), [(RULES, "prometheus"), (ROUTES, "alertmanager")])
def test_an_artifact_of_a_unit_is_made_as_it_is_compiled(path: str, target: str) -> None:
    before = opened()
    assert remake.target_of(before, UNIT, path) == target
    for make in (remake.of_unit(UNIT, path, target), remake.quickest(before, UNIT, path, target)):
        assert make(before, Report()) == before.reading.snapshot.source(path).data


@pytest.mark.parametrize(("path", "target"), [(SHARED, "alertmanager"), (MAIN, "prometheus")])
def test_what_is_shared_is_linked_as_it_is_compiled(path: str, target: str) -> None:
    before = opened()
    assert remake.link_of(before, UNIT, path) == target
    for make in (remake.of_environment("production", path, target), remake.of_both(before, UNIT, path, target)):
        assert make(before, Report()) == before.reading.snapshot.source(path).data


def test_a_unit_makes_nothing_shared_and_what_is_shared_nothing_of_a_unit() -> None:
    assert remake.target_of(opened(), UNIT, MAIN) is None
    assert remake.link_of(opened(), UNIT, RULES) is None


def test_what_is_left_out_is_not_linked() -> None:
    made = remake.of_environment("production", MAIN, "prometheus", [SEARCH])(opened(), Report())
    assert made is not None
    assert b"rules/search.yaml" not in made
    assert b"rules/checkout.yaml" in made


def test_sources_may_say_something_else_and_nothing_of_it_stays() -> None:
    before = opened()
    value = before.reading.document(CHECKOUT).value or {}
    report = Report()
    after = with_changed(before, {CHECKOUT: {**value, "alerts": {}}}, report)
    assert remake.of_unit(UNIT, RULES, "prometheus")(after, report) == GONE
    assert not report.broken
    made = remake.of_unit(UNIT, RULES, "prometheus")(before, Report())
    assert made == before.reading.snapshot.source(RULES).data


def test_a_target_that_is_gone_is_emitted_for_no_more() -> None:
    before = opened()
    report = Report()
    assert (
        remake.of_environment("production", SHARED, "alertmanager")(
            with_changed(
                before, {PRODUCTION: {"platform": {"external_labels": {"environment": "production"}}}}, report
            ),
            report,
        )
        == GONE
    )


def test_a_broken_unit_has_no_artifact_and_is_reported() -> None:
    report = Report()
    after = with_changed(
        opened(), {CHECKOUT: {"alerts": {"A": {"expr": "up ==", "severity": "info", "summary": "a"}}}}, report
    )
    assert not remake.is_sound(after, UNIT, report)
    assert remake.of_unit(UNIT, RULES, "prometheus")(after, Report()) is None
    assert [each.rule.code for each in report] == ["check/bad-promql"]


def test_a_credential_in_an_artifact_is_reported() -> None:
    report = Report()
    url = b"https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"
    assert not remake.leaks(opened(), UNIT, Artifact(RULES, b"a: b"), report)
    assert remake.leaks(opened(), UNIT, Artifact(RULES, url), report)
    assert [each.rule.code for each in report] == ["check/leaked-secret"]


def test_mistakes_of_all_targets_are_reported() -> None:
    report = Report()
    remake.emit(opened(), UNIT, report)
    remake.emit(opened(), Unit("", "production"), report)
    assert list(report) == []
    assert ROUTES in remake.linked_paths(opened(), UNIT)
