"""Examples of a policy have the expected results or not."""

import pytest

from tests.policy.reading import OWNED, policy, read
from varve.model.source import Map, Value
from varve.policy.example import judge

EXAMPLES: list[Value] = [*OWNED["examples"]]  # type: ignore[misc]
JUDGED: dict[str, tuple[Map, list[tuple[bool, str, str]]]] = {
    "as they should be": ({}, [(True, "", ""), (True, "`checkout` has no owner", "")]),
    "a policy that lets everything pass": ({"require": "true"}, [(True, "", ""), (False, "", "")]),
    "a policy that lets nothing pass": (
        {"require": "false"},
        [(False, "`` has no owner", ""), (True, "`checkout` has no owner", "")],
    ),
    "a policy that is about nothing": ({"match": "false"}, [(True, "", ""), (False, "", "")]),
    "a policy that does not know": (
        {"require": "service.owner != ''"},
        [(True, "", ""), (False, "", "there is no `owner`")],
    ),
    "a match that does not know": (
        {"match": "service.tier == 1"},
        [(False, "", "there is no `tier`"), (False, "", "there is no `tier`")],
    ),
    "a message that does not know": (
        {"message": "`{service.name}` has no owner"},
        [(True, "", ""), (False, "", "there is no `name`")],
    ),
    "parameters": (
        {"parameters": {"owners": ["payments"]}, "require": "has(service.owner) && service.owner in params.owners"},
        [(True, "", ""), (True, "`checkout` has no owner", "")],
    ),
}


@pytest.mark.parametrize(("changes", "outcomes"), JUDGED.values(), ids=JUDGED)
def test_outcomes_of_examples(changes: Map, outcomes: list[tuple[bool, str, str]]) -> None:
    _, made, _ = read({"policies/owned.json": policy(changes)})
    found = [(each.sound, each.message, each.fault.message if each.fault else "") for each in judge(made["owned"])]
    assert found == outcomes


def test_a_message_has_the_parameters_of_the_example() -> None:
    fails: Map = {"name": "more", "fail": {"service": {"n": 7}, "params": {"most": 5}}}
    passes: Map = {"name": "less", "pass": {"service": {"n": 1}}}
    changes: Map = {
        "parameters": {"most": 3},
        "require": "service.n <= params.most",
        "message": "more than {params.most}",
        "examples": [passes, fails],
    }
    _, made, _ = read({"policies/owned.json": policy(changes)})
    assert [each.message for each in judge(made["owned"])] == ["", "more than 5"]
