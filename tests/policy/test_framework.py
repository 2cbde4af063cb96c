"""Frameworks are read, and unknown policies and controls in them are reported."""

import pytest

from tests.policy.reading import SOX, findings, policy, read
from varve.language import canonical
from varve.model.diagnostic import Severity
from varve.model.source import Map

WRONG: dict[str, tuple[Map, list[tuple[str, str]]]] = {
    "another id than its file": ({"id": "other"}, [("other-id", "`other` is the id in a file named `sox`")]),
    "a policy that is none": (
        {"controls": [{"id": "C1", "title": "owners", "checks": ["owner"]}]},
        [("unknown-policy", "there is no policy `owner`")],
    ),
    "a control twice": (
        {"controls": [{"id": "C1", "title": "owners", "checks": []}] * 2},
        [("repeated-control", "`C1` is listed twice")],
    ),
    "no controls": ({"controls": []}, [("check/wrong-size", "`controls` must have at least 1 item")]),
}


def files(framework: Map, changes: Map | None = None) -> dict[str, bytes]:
    return {
        "policies/owned.json": policy(changes),
        "policies/frameworks/sox.json": canonical.json({**SOX, **framework}),
    }


@pytest.mark.parametrize(("changes", "messages"), WRONG.values(), ids=WRONG)
def test_mistakes_are_reported(changes: Map, messages: list[tuple[str, str]]) -> None:
    found = findings(read(files(changes))[2])
    assert [each[0] for each in found] == [each[0] for each in messages]
    assert found == messages or messages[0][0].startswith("check/")


def test_the_fields_of_a_framework() -> None:
    found, _, report = read(files({"unchecked": {"C9": "the board"}}))
    made = found.frameworks["sox"]
    assert findings(report) == []
    assert (made.severity, made.limits, made.unchecked) == (Severity.ERROR, "People.", {"C9": "the board"})
    assert [(each.id, each.checks) for each in made.controls] == [("C1", ("owned",)), ("C2", ())]
    assert made.policies == {"owned"}


def test_a_policy_may_name_the_controls_that_it_supports() -> None:
    found, _, report = read(files({}, {"controls": {"sox": ["C1", "C2"]}}))
    assert findings(report) == []
    assert [each.checks for each in found.frameworks["sox"].controls] == [("owned",), ("owned",)]


def test_unknown_controls_of_a_policy_are_reported() -> None:
    _, _, report = read(files({}, {"controls": {"soc": ["C1"], "sox": ["C3"]}}))
    assert findings(report) == [
        ("unknown-control", "there is no framework `soc`"),
        ("unknown-control", "`sox` has no control `C3`"),
    ]
    assert [each.hint for each in report] == ["did you mean `sox`?", "did you mean `C1`?"]
