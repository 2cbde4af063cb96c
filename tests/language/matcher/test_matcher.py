"""A matcher is valid exactly if Alertmanager can compile it."""

from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.language.matcher.matcher import make


def test_only_values_of_regex_matchers_must_be_regular_expressions() -> None:
    assert make("a", "=", "[", 0) == Matcher("a", "=", "[")
    assert make("a", "!=", "[", 0) == Matcher("a", "!=", "[")


def test_an_invalid_regular_expression_is_a_fault_with_the_offset_of_the_value() -> None:
    for op in ("=~", "!~"):
        found = make("a", op, "[", 3)
        assert isinstance(found, Fault)
        assert found.offset == 3


def test_a_regular_expression_is_checked_inside_a_group() -> None:
    assert make("a", "=~", "b)|(c", 0) == Matcher("a", "=~", "b)|(c")
    assert isinstance(make("a", "=~", "b)", 0), Fault)
