"""Written matchers are read back in every mode."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.matcher import Matcher, Operator, read, read_fallback, write
from varve.language.matcher.utf8 import read_utf8

OPERATORS = st.sampled_from(["=", "!=", "=~", "!~"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("matcher", "written"),
    [
        (Matcher("severity", "=", "critical"), 'severity="critical"'),
        (Matcher("a:b", "!=", ""), 'a:b!=""'),
        (Matcher("a", "=~", "\\d+"), 'a=~"\\\\d+"'),
        (Matcher("a", "!~", 'x"y\nz\t'), 'a!~"x\\"y\\nz\t"'),
        (Matcher("a b", "=", "c"), '"a b"="c"'),
        (Matcher("é", "=", "é"), '"é"="é"'),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_matcher_is_written_with_the_required_quotes(matcher: Matcher, written: str) -> None:
    assert write(matcher) == written


@settings(deadline=None, max_examples=200)
@given(st.from_regex("[a-zA-Z_:][a-zA-Z0-9_:]{0,9}", fullmatch=True), OPERATORS, TEXT)
def test_every_grammar_reads_a_matcher_back(name: str, op: Operator, value: str) -> None:
    matcher = Matcher(name, "=" if op == "=~" else "!=" if op == "!~" else op, value)
    assert read(write(matcher)) == (matcher,)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.from_regex("[a-z]{1,4}", fullmatch=True), OPERATORS), min_size=1, max_size=4))
def test_several_are_written_with_commas_between(said: list[tuple[str, Operator]]) -> None:
    matchers = tuple(Matcher(name, op, f"{name}|\\d,{{2}}") for name, op in said)
    assert read(",".join(map(write, matchers))) == read("{" + ",".join(map(write, matchers)) + "}") == matchers


@settings(deadline=None, max_examples=200)
@given(TEXT, TEXT)
def test_the_utf8_grammar_reads_back_any_label_name(name: str, value: str) -> None:
    matcher = Matcher(name, "=", value)
    assert read_utf8(write(matcher)) == (matcher,) == read_fallback(write(matcher))
