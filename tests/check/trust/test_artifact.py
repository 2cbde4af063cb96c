"""An artifact that a change edits must be compiled, or belong to a tenant that is removed."""

import pytest

from varve.check.trust.artifact import refuse_kept
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.unit import Unit

MADE = "build/dev/tenants/acme/rules/a.yaml"
SHARED = "build/dev/shared/prometheus.yaml"
KEPT = "build/dev/tenants/bank/rules/b.yaml"
BUILD = Build({}, frozenset({KEPT}), (), dict.fromkeys((MADE, SHARED), "0" * 40), (Unit("acme", "dev"),))


def places(*touched: str) -> list[str]:
    report = Report()
    refuse_kept(touched, BUILD, {"acme", "bank"}, report)
    return [each.place.file for each in report if each.place]


@pytest.mark.parametrize(
    ("path", "refused"),
    {
        "one that is compiled": (MADE, False),
        "one of a valid unit that is no longer compiled": ("build/dev/tenants/acme/rules/old.yaml", False),
        "one that is kept for a broken unit": (KEPT, True),
        "a removed one of a broken unit": ("build/dev/tenants/bank/rules/gone.yaml", True),
        "one of a removed tenant": ("build/dev/tenants/mill/rules/m.yaml", False),
        "a shared one that is no longer compiled": ("build/dev/shared/old.yaml", False),
        "a shared one of an environment that is not linked": ("build/live/shared/prometheus.yaml", True),
    }.values(),
)
def test_an_edited_artifact_that_is_not_compiled_is_refused(path: str, refused: bool) -> None:  # noqa: FBT001 - a row
    assert places(path) == ([path] if refused else [])


def test_of_many_the_first_is_the_place_and_some_are_notes() -> None:
    report = Report()
    refuse_kept([f"build/live/shared/{number}.yaml" for number in range(9)], BUILD, (), report)
    (found,) = report
    assert found.place
    assert found.place.file == "build/live/shared/0.yaml"
    assert [note.message for note in found.notes] == ["so is this"] * 4 + ["and 4 more"]


def test_without_edited_artifacts_nothing_is_reported() -> None:
    assert places() == []
