"""A matcher is made exactly when Alertmanager could compile it."""

from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.language.matcher.matcher import make


def test_only_a_regular_expression_must_be_one() -> None:
    assert make("a", "=", "[", 0) == Matcher("a", "=", "[")
    assert make("a", "!=", "[", 0) == Matcher("a", "!=", "[")


def test_what_is_no_regular_expression_is_a_fault_where_its_value_begins() -> None:
    for op in ("=~", "!~"):
        found = make("a", op, "[", 3)
        assert isinstance(found, Fault)
        assert found.offset == 3


def test_a_group_is_written_around_it_before_it_is_compiled() -> None:
    assert make("a", "=~", "b)|(c", 0) == Matcher("a", "=~", "b)|(c")
    assert isinstance(make("a", "=~", "b)", 0), Fault)
