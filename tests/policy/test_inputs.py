"""The input of policies is complete, and subjects that are too large are known before evaluation."""

from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.policy.inputs import inputs_of, inputs_with, shared


def test_all_shared_variables_are_complete() -> None:
    given = inputs_of(Scope.SERVICE, {"unit": {"tier": "gold"}}, [{"id": "a"}])
    assert given.shared == {"unit": {"tier": "gold"}, "platform": {}, "environment": "", "params": {}}
    assert given.subjects == ({"id": "a"},)


def test_scopes_can_share_variables() -> None:
    common = shared(Scope.SERVICE, {"unit": {"tier": "gold"}})
    assert [inputs_with(Scope.SERVICE, common, [{"id": each}]).shared is common.values for each in "ab"] == [True, True]


def test_subjects_are_measured_one_by_one() -> None:
    given = inputs_of(Scope.SERVICE, {}, [{"owner": "a", "x": ["a"] * 20_000}] * 3)
    assert given.excess == (None, None, None)


def test_shared_variables_that_are_too_large_count_for_each_subject() -> None:
    given = inputs_of(Scope.SERVICE, {"unit": {"a": ["a"] * 50_000}}, [{"owner": "a"}])
    assert given.excess == (Fault("it has more than 50000 values"),)
