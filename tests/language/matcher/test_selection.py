"""Matchers select labels as in Alertmanager, and disjoint matchers really are."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.fault import Fault
from varve.language.matcher import Matcher, Operator, admitted, disjoint, matches, negated, read


def matchers_of(text: str) -> tuple[Matcher, ...]:
    found = read(text)
    assert not isinstance(found, Fault)
    return found


SELECTED = {
    "no matcher selects everything": ("", {}, True),
    "an equal value": ('a="b"', {"a": "b"}, True),
    "another value": ('a="b"', {"a": "c"}, False),
    "a missing label is empty": ('a=""', {}, True),
    "a missing label is not a value": ('a!="b"', {}, True),
    "a label that must be there": ('a!=""', {}, False),
    "a pattern matches the whole value": ('a=~"b"', {"a": "bb"}, False),
    "a pattern with alternatives matches whole ones": ('a=~"b|c"', {"a": "cd"}, False),
    "a pattern that matches nothing said": ('a=~".*"', {}, True),
    "a pattern that wants something": ('a=~".+"', {}, False),
    "a pattern that is excluded": ('a!~"b.*"', {"a": "bc"}, False),
    "a dot is no line's end": ('a=~".*"', {"a": "b\nc"}, False),
    "a pattern of RE2": ('a=~"(?i)crit\\\\w+"', {"a": "CRITICAL"}, True),
    "all must hold": ('a="b",c="d"', {"a": "b"}, False),
    "other labels do not matter": ('a="b"', {"a": "b", "c": "d"}, True),
}


@pytest.mark.parametrize(("text", "labels", "selected"), SELECTED.values(), ids=SELECTED)
def test_labels_are_selected(text: str, labels: dict[str, str], selected: bool) -> None:  # noqa: FBT001
    assert matches(matchers_of(text), labels) is selected


DISJOINT = {
    "two values of a label": ('a="b"', 'a="c"', True),
    "a value, and anything else": ('a="b"', 'a!="b"', True),
    "a value that the pattern has not": ('a="b"', 'a=~"c|d"', True),
    "a value that is excluded": ('a="b"', 'a!~"b|c"', True),
    "missing, and something": ('a=""', 'a=~".+"', True),
    "alternatives without a common one": ('a=~"b|c"', 'a=~"d|e"', True),
    "alternatives that are all excluded": ('a=~"b|c"', 'a!="b",a!="c"', True),
    "a pattern and its opposite": ('a=~"b.*"', 'a!~"b.*"', True),
    "patterns that begin otherwise": ('a=~"b.*"', 'a=~"c.*"', True),
    "a list that no labels satisfy": ('a="b",a="c"', "", True),
    "the same": ('a="b"', 'a="b"', False),
    "labels of other names": ('a="b"', 'c="d"', False),
    "no matchers": ("", "", False),
    "alternatives with a common one": ('a=~"b|c"', 'a=~"c|d"', False),
    "one pattern goes on where the other ends": ('a=~"b.*"', 'a=~"bc.*"', False),
    "a first letter that may be missing": ('a=~"b*c"', 'a=~"c"', False),
    "a first letter that may come no times": ('a=~"b{0,1}c"', 'a=~"c"', False),
    "two exclusions": ('a!="b"', 'a!~"c"', False),
    "patterns of which nothing is known": ('a=~"(b|c).*"', 'a=~"(d|e).*"', False),
    "a long list and a pattern": (f'a=~"{"|".join(f"b{count}" for count in range(256))}"', 'a=~"c.*"', True),
    "a list too long for a pattern": (f'a=~"{"|".join(f"b{count}" for count in range(257))}"', 'a=~"c.*"', False),
    "long lists": (f'a=~"{"|".join(f"b{count}" for count in range(999))}"', 'a=~"c|d"', True),
    "a list and what excludes it": ('a=~"b|c"', 'a!="b",a!="c"', True),
}


@pytest.mark.parametrize(("left", "right", "apart"), DISJOINT.values(), ids=DISJOINT)
def test_which_matchers_are_disjoint(left: str, right: str, apart: bool) -> None:  # noqa: FBT001
    assert disjoint(matchers_of(left), matchers_of(right)) is apart
    assert disjoint(matchers_of(right), matchers_of(left)) is apart


VALUES = ("", "a", "b", "ab", "abc", "b\n", "A")
PATTERNS = (*VALUES, "a|b", "a.*", "b+", "ab?", "a*b", "(?i)a", ".*", ".+", "a|", "[ab]", "b{0,1}c", "ab{2}", "a)|(b")
MATCHERS = st.builds(
    lambda name, op, value, pattern: Matcher(name, op, pattern if "~" in op else value),
    st.sampled_from(["x", "y"]),
    st.sampled_from(get_args(Operator)),
    st.sampled_from(VALUES),
    st.sampled_from(PATTERNS),
)
LISTS = st.lists(MATCHERS, max_size=3)


@settings(deadline=None, max_examples=500)
@given(LISTS, LISTS)
def test_disjoint_matchers_select_no_common_labels(left: list[Matcher], right: list[Matcher]) -> None:
    shared = [
        labels
        for x in (*VALUES, "abb", "c", "bc", "aa")
        for y in (*VALUES, "abb", "c", "bc", "aa")
        if matches(left, labels := {"x": x, "y": y}) and matches(right, labels)
    ]
    assert not (shared and disjoint(left, right))


@settings(deadline=None, max_examples=200)
@given(MATCHERS, st.sampled_from((*VALUES, "abb", "c")))
def test_either_a_matcher_or_its_negation_holds(matcher: Matcher, value: str) -> None:
    labels = {matcher.name: value}
    assert matches([matcher], labels) is not matches([negated(matcher)], labels)
    assert disjoint([matcher], [negated(matcher)])
    assert negated(negated(matcher)) == matcher


ADMITTED: dict[str, tuple[Matcher, list[str] | None]] = {
    "a value": (Matcher("a", "=", "x"), ["x"]),
    "a list": (Matcher("a", "=~", "x|y|"), ["x", "y", ""]),
    "a pattern": (Matcher("a", "=~", "x.*"), None),
    "all but one": (Matcher("a", "!=", "x"), None),
}


@pytest.mark.parametrize(("matcher", "values"), ADMITTED.values(), ids=ADMITTED)
def test_the_values_that_a_matcher_admits(matcher: Matcher, values: list[str] | None) -> None:
    assert admitted(matcher) == values
