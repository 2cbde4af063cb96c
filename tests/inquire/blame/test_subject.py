import pytest

from tests.inquire.blame.example import CHANGED, CHECKOUT, MAIN, RULES, SHARED, TENANT, opened, subject
from varve.inquire.blame.remake import with_changed
from varve.inquire.blame.subject import subject_of
from varve.model.diagnostic import Report
from varve.model.unit import Unit

pytestmark = pytest.mark.usefixtures("one_kit")

UNIT = Unit("acme", "production")


def test_it_is_known_for_which_target_an_artifact_is_made_and_by_whom() -> None:
    assert [(subject(path).target, subject(path).own) for path in (RULES, MAIN, SHARED)] == [
        ("prometheus", True),
        ("prometheus", False),
        ("alertmanager", False),
    ]


def test_the_artifact_that_is_made_is_the_existing_one() -> None:
    for path in (RULES, MAIN, SHARED):
        assert subject(path).made(Report()) == subject(path).opened.reading.snapshot.source(path).data


def test_the_sources_are_those_that_were_looked_at_and_the_templates_those_that_matter() -> None:
    assert {CHECKOUT, TENANT, "environments/defaults.yaml", "varve.yaml"} <= set(subject(RULES).sources)
    assert "varve.yaml" in subject(MAIN).sources
    assert not [path for path in subject(RULES).sources if path.startswith("build/")]
    assert TENANT not in subject(MAIN).sources
    assert subject(RULES).templates == ("templates/prometheus/rules.yaml.j2",)


def test_what_nothing_makes_is_no_artifact() -> None:
    report = Report()
    assert subject_of(opened(), UNIT, "build/production/tenants/acme/rules/nothing.yaml", report) is None
    assert list(report) == []


def test_a_broken_unit_is_reported() -> None:
    report = Report()
    assert (
        subject_of(
            with_changed(
                opened(CHANGED),
                {CHECKOUT: {"alerts": {"A": {"expr": "up", "severity": "waring", "summary": "a"}}}},
                report,
            ),
            UNIT,
            RULES,
            report,
        )
        is None
    )
    assert [each.rule.code for each in report] == ["check/not-a-choice"]
