"""What policies are asked about is complete, and what is too large is known before it is asked about."""

from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.policy.asked import about, asked, shared


def test_every_variable_but_that_of_the_subject_is_there() -> None:
    given = asked(Scope.SERVICE, {"unit": {"tier": "gold"}}, [{"id": "a"}])
    assert given.shared == {"unit": {"tier": "gold"}, "platform": {}, "environment": "", "params": {}}
    assert given.subjects == ({"id": "a"},)


def test_subjects_of_one_thing_share_it() -> None:
    common = shared(Scope.SERVICE, {"unit": {"tier": "gold"}})
    assert [about(Scope.SERVICE, common, [{"id": each}]).shared is common.values for each in "ab"] == [True, True]


def test_what_is_too_large_only_together_is_asked_about() -> None:
    given = asked(Scope.SERVICE, {}, [{"owner": "a", "x": ["a"] * 20_000}] * 3)
    assert given.excess == (None, None, None)


def test_what_all_share_counts_for_each() -> None:
    given = asked(Scope.SERVICE, {"unit": {"a": ["a"] * 50_000}}, [{"owner": "a"}])
    assert given.excess == (Fault("it has more than 50000 values"),)
