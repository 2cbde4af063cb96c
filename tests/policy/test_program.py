"""Policies are compiled with types, and asked about one thing or about many."""

from collections.abc import Mapping

import pytest

from tests.policy.reading import policy, read, said
from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.model.source import Map
from varve.policy import program as programs
from varve.policy.program import Program, asked

WRONG: Mapping[str, tuple[Map, str]] = {
    "no expression": ({"require": "has(service.owner"}, "`require` of `owned` cannot be asked: it ends too early"),
    "a variable of another scope": (
        {"match": "alert.name == ''"},
        "`match` of `owned` cannot be asked: there is no `alert.name` here",
    ),
    "no condition": (
        {"require": "'yes'"},
        "`require` of `owned` cannot be asked: it gives `string`, and must be true or false",
    ),
    "a message that asks for nothing": (
        {"message": "`{}` has no owner"},
        "`message` of `owned` cannot be asked: it ends too early",
    ),
    "a message that asks for what is not there": (
        {"message": "`{service.id}` of `{tenant}`"},
        "`message` of `owned` cannot be asked: there is no `tenant` here",
    ),
}


def program(changes: Map) -> Program:
    _, made, report = read({"policies/owned.json": policy(changes)})
    assert said(report) == []
    return made["owned"]


@pytest.mark.parametrize(("changes", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked(changes: Map, message: str) -> None:
    _, made, report = read({"policies/owned.json": policy(changes)})
    assert said(report) == [("bad-expression", message)]
    assert made == {}


def test_all_mistakes_of_a_policy_are_said_at_once() -> None:
    _, _, report = read({"policies/owned.json": policy({"require": "a", "match": "b", "message": "{c} {d}"})})
    assert [each.place.keys for each in report if each.place] == [("require",), ("match",), ("message",), ("message",)]


def test_the_place_of_a_mistake_in_a_message_is_the_word() -> None:
    text = policy({"message": "`{service.id}` of `{tenant}`"})
    _, _, report = read({"policies/owned.json": text})
    ((span,),) = [[each.place.span] for each in report if each.place]
    assert span is not None
    assert text.decode().split("\n")[span.line - 1][span.column - 1 : span.end - 1] == "tenant"


WHOLE: Mapping[str, tuple[Map, list[Map], bool]] = {
    "all hold": ({}, [{"owner": "a"}, {"owner": "b"}], True),
    "one does not": ({}, [{"owner": "a"}, {}], False),
    "nothing is asked about": ({}, [], True),
    "what does not hold is not matched": ({"match": "has(service.tier)"}, [{}], True),
    "what is matched does not hold": ({"match": "has(service.tier)"}, [{"tier": 1}], False),
    "a comment at the end": ({"match": "has(service.tier) // all", "require": "false // none"}, [{"tier": 1}], False),
    "a choice": ({"require": "has(service.owner) ? true : false"}, [{"owner": "a"}, {}], False),
    "parameters": (
        {"parameters": {"owners": ["a"]}, "require": "service.owner in params.owners"},
        [{"owner": "a"}, {"owner": "b"}],
        False,
    ),
}


@pytest.mark.parametrize(("changes", "subjects", "holds"), WHOLE.values(), ids=WHOLE)
def test_many_are_asked_at_once_as_one_by_one(changes: Map, subjects: list[Map], *, holds: bool) -> None:
    made = program(changes)
    given = asked(Scope.SERVICE, {}, subjects, {"owned": made.policy.parameters})
    assert programs.is_whole(made, given) is holds
    assert all(_holds(made, given, position) for position in range(len(subjects))) is holds
    assert all(programs.is_sound(made, given, position) is True for position in range(len(subjects))) is holds


def _holds(made: Program, given: programs.Asked, position: int) -> bool:
    one = programs.activation(made, given, position)
    return programs.matches(made, one) is False or programs.holds(made, one) is True


def test_a_match_that_has_no_answer_is_no_answer_of_many_even_where_all_would_hold() -> None:
    made = program({"match": "service.tier == 1", "require": "true"})
    given = asked(Scope.SERVICE, {}, [{"tier": 1}, {}], {"owned": {}})
    assert programs.is_whole(made, given) == Fault("there is no `tier`")
    assert programs.matches(made, programs.activation(made, given, 1)) == Fault("there is no `tier`")


def test_what_nests_too_deeply_for_many_is_asked_one_by_one() -> None:
    made = program({"require": "(" * 30 + "has(service.owner)" + ")" * 30})
    given = asked(Scope.SERVICE, {}, [{"owner": "a"}], {"owned": {}})
    assert isinstance(programs.is_whole(made, given), Fault)
    assert programs.holds(made, programs.activation(made, given, 0)) is True


def test_what_is_too_large_is_not_asked_about() -> None:
    made = program({})
    given = asked(Scope.SERVICE, {}, [{"owner": "a"}, {"owner": ["a"] * 50_000}], {"owned": {}})
    fault = Fault("it has more than 50000 values")
    assert given.excess == (None, fault)
    assert programs.is_whole(made, given) == fault
    assert programs.activation(made, given, 1) == fault
    assert not isinstance(programs.activation(made, given, 0), Fault)


def test_what_is_too_large_only_together_is_asked_about() -> None:
    made = program({})
    given = asked(Scope.SERVICE, {}, [{"owner": "a", "x": ["a"] * 20_000}] * 3, {"owned": {}})
    assert given.excess == (None, None, None)
    assert programs.is_whole(made, given) is True


def test_who_is_matched_is_known_of_what_is_sound() -> None:
    given = asked(Scope.SERVICE, {}, [{"owner": "a"}, {"owner": "a", "tier": 1}, {"n": ["a"] * 50_000}], {"owned": {}})
    assert [programs.is_matched(program({}), given, position) for position in range(2)] == [True, True]
    matching = program({"match": "has(service.tier)"})
    assert [programs.is_matched(matching, given, position) for position in range(3)] == [False, True, False]


def test_what_all_share_counts_for_each() -> None:
    given = asked(Scope.SERVICE, {"unit": {"a": ["a"] * 50_000}}, [{"owner": "a"}], {})
    assert given.excess == (Fault("it has more than 50000 values"),)


def test_a_message_is_said_of_one() -> None:
    made = program({"message": "`{service.id}` of `{environment}` has {service.tiers} and no owner"})
    given = asked(Scope.SERVICE, {"environment": "production"}, [{"id": "checkout", "tiers": [1, 2]}], {"owned": {}})
    said_of_it = programs.message(made, programs.activation(made, given, 0))
    assert said_of_it == "`checkout` of `production` has 1, 2 and no owner"
