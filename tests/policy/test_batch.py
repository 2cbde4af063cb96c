"""Policies that are evaluated together have the same results for each subject as each of them alone."""

from typing import Final

import pytest

from tests.policy.reading import findings, policy, read
from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.model.source import Map
from varve.policy import batch
from varve.policy import program as programs
from varve.policy.batch import SOUND, UNMATCHED, UNSURE, WRONG, PolicyBatch, rows
from varve.policy.inputs import Inputs, inputs_of
from varve.policy.program import Program, batch_of

ROWS: dict[str, tuple[Map, list[Map], list[int]]] = {
    "all hold": ({}, [{"owner": "a"}, {"owner": "b"}], [SOUND, SOUND]),
    "one does not": ({}, [{"owner": "a"}, {}], [SOUND, WRONG]),
    "no subjects": ({}, [], []),
    "what does not hold is not matched": ({"match": "has(service.tier)"}, [{}], [UNMATCHED]),
    "what is matched does not hold": ({"match": "has(service.tier)"}, [{"tier": 1}], [WRONG]),
    "a comment at the end": ({"match": "has(service.tier) // all", "require": "false // none"}, [{"tier": 1}], [WRONG]),
    "a choice": ({"require": "has(service.owner) ? true : false"}, [{"owner": "a"}, {}], [SOUND, WRONG]),
    "parameters": (
        {"parameters": {"owners": ["a"]}, "require": "service.owner in params.owners"},
        [{"owner": "a"}, {"owner": "b"}],
        [SOUND, WRONG],
    ),
    "a loop that is named as the parameters are": (
        {"parameters": {"owners": ["a"]}, "require": "params.owners.exists(params, params == service.owner)"},
        [{"owner": "a"}, {"owner": "b"}],
        [UNSURE, UNSURE],
    ),
    "a field that is named as the parameters are": (
        {"parameters": {"owner": "a"}, "require": "service.params == params.owner"},
        [{"params": "a"}, {"params": "b"}],
        [SOUND, WRONG],
    ),
    "a match that has no answer": ({"match": "service.tier == 1", "require": "true"}, [{}], [UNSURE]),
    "a requirement that has no answer": ({"require": "service.tier == 1"}, [{}], [UNSURE]),
    "an expression that nests too deeply for Python": (
        {"require": "(" * 30 + "has(service.owner)" + ")" * 30},
        [{"owner": "a"}],
        [UNSURE],
    ),
    "a number that is no number of the language": ({"require": "service.n > 1"}, [{"n": 1 << 80}], [UNSURE]),
    "one that only others can say": ({"require": "has(service.n)"}, [{"n": 1 << 63}], [UNSURE]),
    "what is unusual": ({"require": "service.n - 1 == 1"}, [{"n": 2}, {"n": 3}], [UNSURE, UNSURE]),
}
MIXED: Final[list[Map]] = [
    {"require": "has(service.owner)"},
    {"match": "has(service.tier)", "require": "service.tier > 1"},
    {"require": "service.id.size() < params.most", "parameters": {"most": 3}},
    {"require": "service.id.size() < params.most", "parameters": {"most": 9}},
]


def made(*several: Map) -> list[Program]:
    """The programs of policies, which are named by their numbers."""
    files = {
        f"policies/p{number:02}.json": policy({"id": f"p{number:02}", **each}) for number, each in enumerate(several)
    }
    _, found, report = read(files)
    assert findings(report) == []
    return list(found.values())


def answers(batch: PolicyBatch, services: list[Map]) -> list[list[int]]:
    """The results for each service, by the positions of the policies."""
    return [[*each] for each in rows(batch, inputs_of(Scope.SERVICE, {"unit": {}}, services))]


@pytest.mark.parametrize(("changes", "services", "expected"), ROWS.values(), ids=ROWS)
def test_results_of_a_batch_are_those_of_the_library(changes: Map, services: list[Map], expected: list[int]) -> None:
    (program,) = made(changes)
    assert answers(batch_of([program]), services) == [[each] for each in expected]
    given = inputs_of(Scope.SERVICE, {}, services)
    assert all(known in (UNSURE, alone(program, given, position)) for position, known in enumerate(expected))


def alone(program: Program, given: Inputs, position: int) -> int:
    """The result of a policy evaluated by the library on one whole subject."""
    activation = programs.activation(program, given, position)
    assert not isinstance(activation, Fault)
    matched = programs.matches(program, activation)
    answer = programs.holds(program, activation) if matched is True else matched
    return UNSURE if isinstance(answer, Fault) else SOUND if answer else WRONG if matched else UNMATCHED


def test_each_policy_of_a_batch_has_its_own_result() -> None:
    services: list[Map] = [{"id": "abcd", "tier": 2}, {"id": "a", "owner": "x"}, {"id": "a", "tier": 1}]
    expected = [[WRONG, SOUND, WRONG, SOUND], [SOUND, UNMATCHED, SOUND, SOUND], [WRONG, WRONG, SOUND, SOUND]]
    programs = made(*MIXED)
    assert answers(batch_of(programs), services) == expected
    backwards = [[*reversed(each)] for each in expected]
    assert answers(batch_of(programs[::-1]), services) == backwards


def test_a_policy_with_a_fault_does_not_affect_the_others() -> None:
    services: list[Map] = [{"id": "a", "owner": "x", "tier": "gold"}, {"id": "abcd"}]
    assert answers(batch_of(made(*MIXED)), services) == [
        [SOUND, UNSURE, SOUND, SOUND],
        [WRONG, UNMATCHED, WRONG, SOUND],
    ]


def test_a_policy_that_only_the_library_can_evaluate_does_not_affect_the_others() -> None:
    several: list[Map] = [{"require": "service.n - 1 == 1"}, {"require": "service.n == 2"}]
    assert answers(batch_of(made(*several)), [{"n": 2}, {"n": 3}]) == [[UNSURE, SOUND], [UNSURE, WRONG]]


def test_policies_of_a_batch_share_a_budget_of_iterations() -> None:
    several: list[Map] = [{"require": "service.n.all(n, n == 'x')"}] * 2
    assert answers(batch_of(made(*several)), [{"n": ["x"] * 2_000}]) == [[SOUND, SOUND]]
    assert answers(batch_of(made(*several)), [{"n": ["x"] * 3_000}]) == [[SOUND, UNSURE]]


def test_only_subjects_that_are_too_large_are_unsure() -> None:
    services: list[Map] = [{"owner": "a"}, {"owner": "a", "n": ["a"] * 50_000}]
    assert answers(batch_of(made({})), services) == [[SOUND], [UNSURE]]


def test_results_are_cached_by_what_the_policies_look_at() -> None:
    one = batch_of(made({}))
    assert answers(one, [{"id": "a"}, {"id": "b"}, {"id": "c", "owner": "x"}]) == [[WRONG], [WRONG], [SOUND]]
    assert len(one.rows) == 2
    assert answers(one, [{"id": "d", "owner": 1}, {"id": "e"}]) == [[SOUND], [WRONG]]


def test_values_that_python_takes_for_equal_are_distinguished() -> None:
    one = batch_of(made({"require": "type(service.n) == int"}))
    assert answers(one, [{"n": 1}, {"n": True}, {"n": 1.0}]) == [[SOUND], [WRONG], [WRONG]]


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_CACHE_SIZE", 4)
    one = batch_of(made({"require": "service.n > 2"}))
    for first in range(8):
        services: list[Map] = [{"n": number} for number in range(first, first + 3)]
        assert answers(one, services) == [[SOUND if each["n"] in range(3, 99) else WRONG] for each in services]
        assert len(one.rows) <= 4


def test_results_depend_on_shared_variables() -> None:
    one = batch_of(made({"require": "unit.tier == 'gold'"}))
    given = [inputs_of(Scope.SERVICE, {"unit": {"tier": tier}}, [{"id": "a"}]) for tier in ("gold", "silver", "gold")]
    assert [[*row] for each in given for row in rows(one, each)] == [[SOUND], [WRONG], [SOUND]]


def test_an_unsure_result_is_a_fault_of_the_library() -> None:
    (program,) = made({"require": "service.tier == 1"})
    given = inputs_of(Scope.SERVICE, {}, [{}])
    assert programs.holds(program, programs.activation(program, given, 0)) == Fault("there is no `tier`")
