import pytest

from tests.inquire.blame.asked import CHANGED, CHECKOUT, MAIN, RULES, SHARED, TENANT, asked, opened
from varve.inquire.blame.asking import asking
from varve.inquire.blame.remake import supposing
from varve.model.diagnostic import Report
from varve.model.unit import Unit

pytestmark = pytest.mark.usefixtures("one_kit")

UNIT = Unit("acme", "production")


def test_it_is_known_for_which_target_an_artifact_is_made_and_by_whom() -> None:
    assert [(asked(path).target, asked(path).own) for path in (RULES, MAIN, SHARED)] == [
        ("prometheus", True),
        ("prometheus", False),
        ("alertmanager", False),
    ]


def test_what_is_made_is_what_stands() -> None:
    for path in (RULES, MAIN, SHARED):
        assert asked(path).made(Report()) == asked(path).opened.reading.snapshot.source(path).data


def test_the_sources_are_those_that_were_looked_at_and_the_templates_those_that_matter() -> None:
    assert {CHECKOUT, TENANT, "environments/defaults.yaml", "varve.yaml"} <= set(asked(RULES).sources)
    assert "varve.yaml" in asked(MAIN).sources
    assert not [path for path in asked(RULES).sources if path.startswith("build/")]
    assert TENANT not in asked(MAIN).sources
    assert asked(RULES).templates == ("templates/prometheus/rules.yaml.j2",)


def test_what_nothing_makes_is_no_artifact() -> None:
    report = Report()
    assert asking(opened(), UNIT, "build/production/tenants/acme/rules/nothing.yaml", report) is None
    assert list(report) == []


def test_a_broken_unit_says_why() -> None:
    report = Report()
    assert (
        asking(
            supposing(
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
