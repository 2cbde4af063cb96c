"""The properties of an expression are known without Prometheus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.promql.trees import same
from tests.language.promql.verdicts import READ_BY_BOTH, REFUSED_BY_BOTH
from varve.language import promql
from varve.language.fault import Fault

VECTORS = [
    text
    for text in READ_BY_BOTH
    if isinstance(read := promql.read(text), promql.Query) and read.result_type == "vector"
]
RATIO = 'sum by (job) (rate(errors{job="a"}[5m])) / ignoring(x) sum(rate({__name__="total"}[5m])) > 0.01'


def test_a_query_has_all_its_properties() -> None:
    assert promql.read(RATIO) == promql.Query(
        result_type="vector",
        functions=frozenset({"sum", "rate"}),
        features=frozenset(),
        is_selector=False,
    )


@pytest.mark.parametrize("text", REFUSED_BY_BOTH)
def test_a_refused_expression_has_no_properties(text: str) -> None:
    assert isinstance(promql.read(text), Fault)
    assert not promql.is_selector(text)
    assert not same(text, text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("x", " x{ } ", True),
        ('{"my.metric"}', "{__name__='my.metric'}", True),
        ('x{a="b",c="d"}', 'x{c="d", a="b", a="b",}', True),
        ('x{a="b"}', 'b{x="a"}', False),
        ('x{a="b"}', 'x{a!="b"}', False),
        ('x{a="b"}', 'x{a="b "}', False),
        ("x", "y", False),
        ("x", "x offset 5m", False),
        ("x", "-x", False),
        ("x{", "x{", False),
    ],
)
def test_the_same_selector_may_be_written_in_many_ways(one: str, other: str, *, expected: bool) -> None:
    assert promql.is_same(one, other) is expected
    assert promql.is_same(other, one) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", True),
        (' x{a=~"b"} ', True),
        ('{"my.metric"}', True),
        ("sum", True),
        ("(x)", False),
        ("x offset 5m", False),
        ("x @ 1", False),
        ("x[5m]", False),
        ("x # cut off", False),
        ("x + y", False),
        ("-x", False),
        ("1", False),
        ("sum(x)", False),
    ],
)
def test_a_selector_is_one_that_a_range_may_follow(text: str, expected: bool) -> None:  # noqa: FBT001
    assert promql.is_selector(text) is expected
    assert (promql.fault(f"rate({text}[5m])") is None) or not expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x+y", " x  +\n y # the sum"),
        ('x{a="b"}', "x{a=`b`,}"),
        ('x{a="\\x41"}', "x{a='A'}"),
        ("sum(x) by (a)", "sum by (a) (x)"),
        ("x > 5m", "x > 300"),
        ("x > 1_000", "x > 1e3"),
        ("NaN", "nan"),
    ],
)
def test_the_same_tree_may_be_written_in_two_ways(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x", "y"),
        ("x + y", "y + x"),
        ("x + y + z", "x + (y + z)"),
        ('x{a="b"}', 'x{a=~"b"}'),
        ('x{a=~"b"}', 'x{a=~"c"}'),
        ('x{a=~".*"}', 'x{a=~"c*"}'),
        ('x{a="b"}', 'x{a="b",c="d"}'),
        ("x @ 1", "x @ 2"),
        ("x @ 1", "x @ -1"),
        ("x @ start()", "x @ end()"),
        ("x offset 5m", "x"),
        ("x offset 5m", "x offset -5m"),
        ("rate(x[5m])", "rate(x[6m])"),
        ("max_over_time(x[5m:1m])", "max_over_time(x[5m:])"),
        ("sum by (a) (x)", "sum without (a) (x)"),
        ("sum by (a) (x)", "sum by (b) (x)"),
        ("topk(1, x)", "bottomk(1, x)"),
        ("topk(1, x)", "topk(2, x)"),
        ("x + on(a) y", "x + ignoring(a) y"),
        ("x + on(a) group_left y", "x + on(a) group_right y"),
        ("x + on(a) group_left(b) y", "x + on(a) group_left(c) y"),
        ("x > y", "x > bool y"),
        ("x + fill(0) y", "x + fill(1) y"),
        ("x > 1", "x > 1.0000000000000002"),
        ("abs(x)", "ceil(x)"),
        ('label_join(x, "a", "b")', 'label_join(x, "a", "c")'),
    ],
)
def test_another_tree_is_not_the_same(one: str, other: str) -> None:
    assert promql.fault(one) is None
    assert promql.fault(other) is None
    assert not same(one, other)


@given(st.sampled_from(READ_BY_BOTH))
def test_a_blank_between_tokens_changes_no_tree(text: str) -> None:
    tokens = promql.lex(text)
    assert not isinstance(tokens, Fault)
    spaced = "\n".join(token.text for token in tokens)
    assert same(text, spaced)


@given(st.sampled_from(VECTORS), st.text(max_size=12))
def test_a_string_that_is_bound_changes_its_own_node_and_no_other(text: str, value: str) -> None:
    escaped = promql.escape(value, "'")
    if escaped is not None and promql.fault(f"'{escaped}'") is None:
        before = f"label_join(({text}\n), 'a', 'b')"
        after = f"label_join(({text}\n), 'a', '{escaped}')"
        assert promql.fault(after) is None
        assert same(before, after) is (value == "b")
