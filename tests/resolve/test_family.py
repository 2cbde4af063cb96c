import pytest

from tests.resolve.repository import FACTS, stacked
from varve.language.name import dotted
from varve.model.diagnostic import Place


def test_a_parent_comes_just_before_the_file_that_extends_it_and_its_locks_are_inherited() -> None:
    files = {
        "environments/production.yaml": "{extends: staging, locale: fr_FR}",
        "environments/staging.yaml": "{extends: dev, locks: [quotas]}",
        "environments/dev.yaml": "locale: it_IT",
    }
    found, report = stacked(files)
    family = [layer for layer in found.layers if layer.name == "environment"]
    assert [(layer.file, layer.rank) for layer in family] == [
        ("environments/dev.yaml", -2),
        ("environments/staging.yaml", -1),
        ("environments/production.yaml", 0),
    ]
    assert [dotted(lock.keys) for lock in found.locks] == ["quotas"]
    assert not len(report)


@pytest.mark.parametrize(
    ("files", "facts", "code", "place"),
    [
        pytest.param(
            {"environments/production.yaml": "extends: stagging"},
            FACTS,
            "resolve/unknown-parent",
            Place("environments/production.yaml", ("extends",)),
            id="a parent that is not there",
        ),
        pytest.param(
            {"environments/production.yaml": "extends: staging", "environments/staging.yaml": "extends: production"},
            FACTS,
            "resolve/circular-extends",
            Place("environments/production.yaml", ("extends",)),
            id="parents in a circle, reported at the first of them by name",
        ),
        pytest.param(
            {"environments/production.yaml": "extends: production"},
            FACTS,
            "resolve/circular-extends",
            Place("environments/production.yaml", ("extends",)),
            id="an environment that extends itself",
        ),
        pytest.param(
            {"environments/tiers/gold.yaml": "extends: silver", "environments/tiers/silver.yaml": ""},
            FACTS,
            "resolve/unknown-parent",
            Place("environments/tiers/gold.yaml", ("extends",)),
            id="a file that is of no environment extends one",
        ),
    ],
)
def test_a_mistake_is_reported_at_its_place(
    files: dict[str, str], facts: dict[str, tuple[str, ...]], code: str, place: Place
) -> None:
    _, report = stacked(files, facts=facts)
    assert [(each.rule.code, each.place) for each in report] == [(code, place)]


def test_the_hint_for_a_file_of_no_environment_is_not_to_extend_itself() -> None:
    _, report = stacked({"environments/tiers/gold.yaml": "extends: gold"})
    assert [each.hint for each in report] == ["set it in an environment's file"]
