"""A file defines a policy only if it is valid, and every mistake is reported at its place."""

import pytest

from tests.policy.reading import OWNED, findings, policy, read
from varve.language import canonical
from varve.model.diagnostic import Severity
from varve.model.policy import Scope
from varve.model.source import Keys, Map, Value

COUNTS: Map = {"scope": "unit", "rules": ["check/leaked-secret"]}
EXPRESSION_KEYS = ("require", "message", "examples")
LIKE: list[Value] = [*OWNED["examples"]]  # type: ignore[misc]

WRONG: dict[str, tuple[Map, tuple[str, ...], str, Keys]] = {
    "another id than its file": ({"id": "other"}, (), "other-id", ("id",)),
    "no id": ({}, ("id",), "check/missing-key", ("id",)),
    "no severity": ({}, ("severity",), "check/missing-key", ("severity",)),
    "a scope that is none": ({"scope": "moon"}, (), "check/not-a-choice", ("scope",)),
    "a key that is none": ({"requires": "true"}, (), "check/unknown-key", ("requires",)),
    "no expression": ({}, ("require",), "incomplete", ()),
    "no message": ({}, ("message",), "incomplete", ()),
    "rules beside an expression": (COUNTS, ("message", "examples"), "incomplete", ("require",)),
    "rules of a service": ({**COUNTS, "scope": "service"}, EXPRESSION_KEYS, "incomplete", ("scope",)),
    "a rule that is no code": ({**COUNTS, "rules": ["leaks"]}, EXPRESSION_KEYS, "check/bad-shape", ("rules", 0)),
    "no example of what passes": ({"examples": LIKE[1:]}, (), "no-example", ("examples",)),
    "no example of what fails": ({"examples": LIKE[:1]}, (), "no-example", ("examples",)),
    "an example of both": (
        {"examples": [*LIKE, {"name": "both", "pass": {}, "fail": {}}]},
        (),
        "incomplete",
        ("examples", 2),
    ),
    "an example of neither": ({"examples": [*LIKE, {"name": "neither"}]}, (), "incomplete", ("examples", 2)),
    "a variable of another scope": (
        {"examples": [*LIKE, {"name": "of an alert", "pass": {"alert": {}}}]},
        (),
        "unknown-variable",
        ("examples", 2, "pass", "alert"),
    ),
    "a parameter that it has not": (
        {"examples": [*LIKE, {"name": "with", "pass": {"params": {"hosts": []}}}]},
        (),
        "unknown-parameter",
        ("examples", 2, "pass", "params", "hosts"),
    ),
    "parameters that are no map": (
        {"examples": [*LIKE, {"name": "with", "pass": {"params": ["hosts"]}}]},
        (),
        "check/wrong-kind",
        ("examples", 2, "pass", "params"),
    ),
    "no path": ({"at": "a..b"}, (), "bad-path", ("at",)),
    "a path that begins with its scope": ({"at": "service.owner"}, (), "bad-path", ("at",)),
    "a path that is its scope": ({"at": "service"}, (), "bad-path", ("at",)),
    "a weakness that is no number": ({"cwe": ["1059"]}, (), "check/bad-shape", ("cwe", 0)),
}


@pytest.mark.parametrize(("changes", "without", "code", "keys"), WRONG.values(), ids=WRONG)
def test_mistakes_are_reported_at_their_places(changes: Map, without: tuple[str, ...], code: str, keys: Keys) -> None:
    found, made, report = read({"policies/owned.json": policy(changes, without=without)})
    ((rule, place),) = [(each.rule.code.removeprefix("policy/"), each.place) for each in report]
    assert (rule, place and place.keys) == (code, keys)
    assert (found.policies, made) == ({}, {})


def test_without_any_example_both_kinds_are_reported() -> None:
    _, _, report = read({"policies/owned.json": policy(without=("examples",))})
    assert findings(report) == [
        ("no-example", "there is no example of what `owned` lets pass"),
        ("no-example", "there is no example of what `owned` does not let pass"),
    ]


def test_no_policy_takes_the_name_of_a_rule_of_varves_own() -> None:
    _, _, report = read({"policies/no-example.json": policy({"id": "no-example"})})
    assert findings(report) == [("taken-id", "`policy/no-example` is one of varve's own rules")]


def test_defaults_of_a_policy() -> None:
    found, _, _ = read({"policies/owned.json": policy()})
    made = found.policies["owned"]
    assert (made.scope, made.severity, made.code) == (Scope.SERVICE, Severity.WARNING, "policy/owned")
    assert (made.always, made.waivable, made.evidence, made.match, made.at) == (False, True, "design", "", ())


def test_a_policy_with_rules_cannot_be_waived() -> None:
    found, made, report = read({"policies/owned.json": policy(COUNTS, without=EXPRESSION_KEYS)})
    assert findings(report) == []
    assert found.policies["owned"].rules == ("check/leaked-secret",)
    assert not found.policies["owned"].waivable
    assert made == {}


def test_examples_have_the_parameters_of_the_file_under_their_own() -> None:
    examples: list[Value] = [*LIKE, {"name": "with", "pass": {"params": {"hosts": ["a"]}}}]
    changes: Map = {"parameters": {"hosts": [], "least": 2}, "examples": examples}
    found, _, _ = read(
        {
            "policies/owned.json": policy(changes),
            "policies/settings.json": canonical.json({"policies": {"owned": {"parameters": {"least": 9}}}}),
        }
    )
    data = [each.data["params"] for each in found.policies["owned"].examples]
    assert data == [{"hosts": [], "least": 2}] * 2 + [{"hosts": ["a"], "least": 2}]
    assert found.policies["owned"].parameters == {"hosts": [], "least": 9}


@pytest.mark.parametrize(("known", "end"), [(9, "`p07`, `p08`"), (11, "`p07`, `p08` and 2 more")])
def test_known_names_are_listed_up_to_a_number(known: int, end: str) -> None:
    parameters: Map = {f"p{number:02}": 1 for number in range(known)}
    example: Map = {"name": "with", "pass": {"params": {"something": 1}}}
    _, _, report = read({"policies/owned.json": policy({"parameters": parameters, "examples": [*LIKE, example]})})
    (found,) = report
    assert found.hint.startswith("known: `p00`, `p01`, ")
    assert found.hint.endswith(end)
