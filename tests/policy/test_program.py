"""Policies are compiled with types, and evaluated on one subject or on many."""

from collections.abc import Mapping

import pytest

from tests.policy.reading import findings, policy, read
from varve.language.cel import expression
from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.model.source import Map
from varve.policy import program as programs
from varve.policy.inputs import inputs_of
from varve.policy.program import Program

WRONG: Mapping[str, tuple[Map, str]] = {
    "no expression": ({"require": "has(service.owner"}, "`require` of `owned` is not valid: it ends too early"),
    "a variable of another scope": (
        {"match": "alert.name == ''"},
        "`match` of `owned` is not valid: there is no `alert.name` here",
    ),
    "no condition": (
        {"require": "'yes'"},
        "`require` of `owned` is not valid: it returns `string` but must be true or false",
    ),
    "a message that asks for nothing": (
        {"message": "`{}` has no owner"},
        "`message` of `owned` is not valid: it ends too early",
    ),
    "a brace that is not closed": (
        {"message": "`{service.id` has no owner"},
        "`message` of `owned` is not valid: `{` is not part of an expression",
    ),
    "a brace that is not opened": (
        {"message": "`{service.id}}` has no owner"},
        "`message` of `owned` is not valid: `}` is not part of an expression",
    ),
    "a message that asks for what is not there": (
        {"message": "`{service.id}` of `{tenant}`"},
        "`message` of `owned` is not valid: there is no `tenant` here",
    ),
}


def program(changes: Map) -> Program:
    _, made, report = read({"policies/owned.json": policy(changes)})
    assert findings(report) == []
    return made["owned"]


@pytest.mark.parametrize(("changes", "message"), WRONG.values(), ids=WRONG)
def test_invalid_expressions_are_reported(changes: Map, message: str) -> None:
    _, made, report = read({"policies/owned.json": policy(changes)})
    assert findings(report) == [("bad-expression", message)]
    assert made == {}


def test_all_mistakes_of_a_policy_are_reported_at_once() -> None:
    _, _, report = read({"policies/owned.json": policy({"require": "a", "match": "b", "message": "{c} {d}"})})
    assert [each.place.keys for each in report if each.place] == [("require",), ("match",), ("message",), ("message",)]


def test_the_place_of_a_mistake_in_a_message_is_the_word() -> None:
    text = policy({"message": "`{service.id}` of `{tenant}`"})
    _, _, report = read({"policies/owned.json": text})
    ((span,),) = [[each.place.span] for each in report if each.place]
    assert span is not None
    assert text.decode().split("\n")[span.line - 1][span.column - 1 : span.end - 1] == "tenant"


def test_a_subject_that_is_too_large_is_not_evaluated() -> None:
    made = program({})
    given = inputs_of(Scope.SERVICE, {}, [{"owner": "a"}, {"owner": ["a"] * 50_000}])
    fault = Fault("it has more than 50000 values")
    assert given.excess == (None, fault)
    assert programs.activation(made, given, 1) == fault
    assert not isinstance(programs.activation(made, given, 0), Fault)


def test_a_condition_converts_only_what_it_looks_at() -> None:
    made = program({"require": "service.n - 1 == unit.n"})
    services: list[Map] = [
        {"n": 2, "more": 1 << 80},
        {"n": 3, "more": 1 << 80},
        {"n": "x" * (expression.LONGEST_TEXT + 1)},
    ]
    given = inputs_of(Scope.SERVICE, {"unit": {"n": 1, "more": 1 << 80}}, services)
    found = [programs.condition(made, given, position) for position in range(3)]
    assert [programs.holds(made, each) for each in found[:2]] == [True, False]
    assert isinstance(programs.holds(made, programs.activation(made, given, 0)), Fault)
    assert isinstance(found[2], Fault)
