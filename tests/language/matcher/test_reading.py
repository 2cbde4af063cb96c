"""Sources may contain only matchers that every mode of Alertmanager reads alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.fault import Fault
from varve.language.matcher import Matcher, read, read_fallback
from varve.language.matcher.classic import read_classic
from varve.language.matcher.utf8 import read_utf8

SAME = {
    'severity="critical"': (Matcher("severity", "=", "critical"),),
    'service=~"ledger|cards"': (Matcher("service", "=~", "ledger|cards"),),
    '{a!="b", c!~"d.*",}': (Matcher("a", "!=", "b"), Matcher("c", "!~", "d.*")),
    "a=b,c=d": (Matcher("a", "=", "b"), Matcher("c", "=", "d")),
    'a="\\"\\\\\\n"': (Matcher("a", "=", '"\\\n'),),
    "": (),
}
REFUSED = {
    "an old way of writing": ("a=", 'expected a value, `""` for none, but found the end'),
    "blanks without quotes": ("a=b c", "expected a comma"),
    "a label that the old grammar cannot name": ('"a b"="c"', "not a label"),
    "an escape that is one only for the new grammar": ('a="\\u00e9"', "or, in its classic mode"),
    "an escape that is one only for the old grammar": ('a="\\d"', "unknown escape"),
    "a pattern that no grammar compiles": ('a=~"["', "regular expression is refused"),
    "a pattern that gets out of the group around it": ('tenant="acme",a=~"b)|(.*"', "regular expression is refused"),
    "half a surrogate pair": ('a="\ud800"', "surrogate"),
}


@pytest.mark.parametrize("text", SAME, ids=ascii)
def test_matchers_that_all_modes_read_alike_are_read(text: str) -> None:
    assert read(text) == SAME[text] == read_classic(text) == read_utf8(text) == read_fallback(text)


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_anything_else_is_refused(text: str, words: str) -> None:
    found = read(text)
    assert isinstance(found, Fault)
    assert words in found.message


def test_in_the_default_mode_the_classic_grammar_takes_precedence() -> None:
    assert read_fallback('a="\\u00e9"') == read_classic('a="\\u00e9"') != read_utf8('a="\\u00e9"')
    assert read_fallback("a=") == (Matcher("a", "=", ""),)
    assert read_fallback('"a b"="c"') == (Matcher("a b", "=", "c"),)
    assert isinstance(read_fallback("a=~["), Fault)


PIECES = st.sampled_from(
    ["a", "b", "=", "!=", "=~", "!~", '"', "\\", "\\n", "\\u00e9", ",", "{", "}", " ", "é", "(", "|"]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_every_mode_reads_the_same_matchers(text: str) -> None:
    found = read(text)
    assert isinstance(found, Fault) or found == read_classic(text) == read_utf8(text) == read_fallback(text)
