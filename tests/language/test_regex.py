"""A pattern is refused if Go refuses it, or if it is too expensive; the verdicts are those of promtool 3.15."""

import time

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from varve.language import regex

SOUND = (
    *("", "a|b", "5..", "(a|b)+c*", "(?i)abc", "(?i-s:a)", "(?P<n>a)", "a{1000}", "(?:a{10}){100}"),
    *(
        "\\d\\D\\w\\W\\s\\S\\b\\B",
        "\\A\\z",
        "\\pL\\p{Greek}\\PN\\p{^L}",
        "[[:alpha:][:^digit:]]",
        "[]a]",
        "[^]a]",
        "[a-]",
    ),
    *(
        "\\Qa.b(\\E",
        "\\Q\\C\\E",
        "\\\\C",
        "[\\d-z]",
        "\\x41\\x{10FFFF}",
        "\\07",
        "a{,5}",
        "a{",
        "(?P<n>a)(?P<n>b)",
        "}",
        "]",
    ),
    *("a*?b+?c??", "(|a)*", "^*", "é+", "(?s).", "(?m)^a$", "(?U)a+", "a{2}b{2,}c{2,3}", ".{1000}", "[^a]{1000}"),
    *("\\{12345\\}", "[{99999}]", "\\Q{99999}\\E"),
    *("\\p{Yezidi}", "[\\P{^Chorasmian}]", "\\\\p{Kawi}", "\\Q\\p{Kawi}\\E", "[\\\\p{Kawi}]"),
)
REFUSED = (
    *("(", ")", "a)|(b", "(?=a)", "(?!a)", "(?<=a)b", "\\1", "(?P=n)", "{2}x", "(?P<1-a>b)", "(?P<é>b)"),
    *("a{1001}", "(a{1000}){1000}", "a{5,2}", "a{99999999999}", "a**", "a++", "a{2}{2}", "*", "+a", "a|*", "(*)"),
    *("[z-a]", "[a--b]", "[", "[]", "[^]", "[[:nope:]]", "\\p{Nope}", "\\C", "a\\C", "\\Z", "\\h", "\\e", "\\8", "\\"),
    *("(?x)a", "(?-u)a", "(?i", "(?#c)", "(?>a)", "(?'n'a)", "\\u1234", "\\x{110000}", "(" * 1001 + ")" * 1001),
)
LARGE_AND_SOUND = {
    "twenty levels": "(?:a|b" * 20 + ")" * 20,
    "twenty levels, captured and repeated": "((a|b)*c" * 20 + ")" * 20,
    "a hundred and fifty levels": "(?:a|b" * 150 + ")" * 150,
    "two hundred levels without alternatives": "(" * 200 + ")" * 200,
    "a hundred and fifty addresses": "|".join(f"10\\.0\\.{each}\\.[0-9]+" for each in range(150)),
    "eight hundred hosts": "|".join(f"host-{each}" for each in range(800)),
    "classes of status": "5[0-9]{2}|4(0[0-9]|[13-9][0-9])",
    "names of hosts": "(?i:prod|staging)-(eu|us)-[a-z]+-\\d{1,3}(?::\\d+)?",
    "paths": "^/api/(v[12]|next)/.*$",
    "devices": "(?:tmpfs|ramfs|/dev/(?:loop|ram)[0-9]+|(?:veth|br-|docker)[0-9a-f]*)",
    "a common beginning": "." * 400 + "a|" + "." * 400 + "b",
    "a common beginning of text": "a" * 4000 + "|" + "a" * 4000,
    "a repetition of little": "(?:" + "^" * 1400 + "){1000}",
}
TOO_DEEP = {
    "groups with alternatives": "(?:a|b" * 505 + ")" * 505,
    "groups with alternatives, at varve's old border": "(?:a|b" * 890 + ")" * 890,
    "captured groups with alternatives": "(a|b" * 334 + ")" * 334,
    "captured groups with alternatives, repeated": "(a|b" * 330 + ")*" * 330,
    "repetitions between flags": "a*" + "(?i)*" * 1000,
    "a long common beginning that is no text": "." * 1000 + "a|" + "." * 1000 + "b",
    "a long common beginning of many cases": "(?i:a)a" * 550 + "|" + "(?i:a)a" * 550 + "b",
    "a long common beginning, in a group": "(?:a|b" * 100 + "(" + "." * 900 + "a|" + "." * 900 + "b)" + ")" * 100,
    "a long common beginning of classes": "\\d" * 1001 + "x|" + "\\d" * 1001 + "y",
}
TOO_LARGE = {
    "a repetition of nothing": "(?:" + "^" * 4000 + "){1000}",
    "a repetition of nothing, again and again": "(?:(?:" + "\\b" * 3600 + "){20}){50}",
    "a large repetition that is thrown away": "(?:(?:" + "a" * 4000 + "){1000}){0}",
}
YOUNG = ("(?<n>a)", "\\Qa", "\\Qa\\")  # promtool 2.42 was built with an older Go, which refuses them
YOUNG_SCRIPTS = ("\\p{Vithkuqi}", "\\P{Kawi}", "\\p{^Toto}", "[a\\p{Kawi}]", "[^]\\]\\P{^Tangsa}z]")  # and amtool 0.25
LOST_SCRIPTS = (
    "\\p{Old_Italic}",
    "[\\P{^Linear_A}]",
    "\\p{SignWriting}",
)  # amtool 0.34 was built with a Go that loses them
REFUSED_HERE_ALONE = (
    "\\pL{1000}",
    "(?i)\\pL{500}",
    "\\p{Cn}",
    "a" * 8193,
    "\ud800",
    *YOUNG,
    *YOUNG_SCRIPTS,
    *LOST_SCRIPTS,
)


@pytest.mark.parametrize("pattern", SOUND)
def test_patterns_that_go_accepts_have_no_fault(pattern: str) -> None:
    assert regex.fault(pattern) is None


@pytest.mark.parametrize("pattern", LARGE_AND_SOUND.values(), ids=LARGE_AND_SOUND)
def test_large_patterns_within_the_limits_have_no_fault(pattern: str) -> None:
    assert regex.fault(pattern) is None


@pytest.mark.parametrize("pattern", REFUSED, ids=lambda pattern: pattern[:20])
def test_patterns_that_go_refuses_have_a_fault(pattern: str) -> None:
    assert regex.fault(pattern)


@pytest.mark.parametrize("pattern", TOO_DEEP.values(), ids=TOO_DEEP)
def test_patterns_nested_too_deeply_for_go_are_refused(pattern: str) -> None:
    assert regex.fault(pattern) == "it is nested too deeply"


@pytest.mark.parametrize("pattern", TOO_LARGE.values(), ids=TOO_LARGE)
def test_patterns_too_large_for_go_are_refused(pattern: str) -> None:
    assert regex.fault(pattern) == "it is too large once its repetitions are expanded"


@pytest.mark.parametrize("pattern", REFUSED_HERE_ALONE, ids=lambda pattern: ascii(pattern[:20]))
def test_patterns_that_are_too_expensive_or_unsupported_are_refused(pattern: str) -> None:
    assert regex.fault(pattern)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(?=a)", "invalid perl operator: `(?=`"),
        ("a{1001}", "invalid repetition size: `{1001}`"),
        ("a{99999999999}", "invalid repetition size: `{99999999999}`"),
        ("\\C", "invalid escape sequence: `\\C`"),
        ("(?P<é>b)", "invalid name of a group: `(?P<é>`"),
        ("[a\\p{Kawi}]", "a script that is not supported everywhere: `\\p{Kawi}`"),
        ("a" * 8193, "it is longer than 8192 characters"),
    ],
    ids=lambda text: text[:20],
)
def test_a_fault_is_a_phrase(pattern: str, message: str) -> None:
    assert regex.fault(pattern) == message


@pytest.mark.parametrize(
    ("pattern", "empty"),
    [("", True), ("a*", True), ("a?|b", True), (".*", True), ("^$", True), ("a", False), (".+", False), ("a|b", False)],
)
def test_which_patterns_match_the_empty_string(pattern: str, empty: bool) -> None:  # noqa: FBT001
    assert regex.matches_empty(pattern) is empty


EVIL = {
    "nested repetition": "(a+)+" * 1000,
    "optional characters": "a?" * 2000 + "a" * 2000,
    "wide classes": "\\pL{40}",
    "wide classes, many": "\\pL" * 2700,
    "open classes": "[:a" * 2700,
    "open groups": "(" * 8000,
    "groups": "(a|b" * 900 + ")" * 900,
    "alternatives": "a|" * 4000,
    "long names": "(?P<" + "a" * 8000,
    "quoted text without an end": "\\Q" * 4000,
    "repetitions": "{1,2}" * 1600,
}


@pytest.mark.parametrize("pattern", EVIL.values(), ids=EVIL)
def test_no_pattern_takes_long(pattern: str) -> None:
    begin = time.process_time()
    regex.fault(pattern)
    assert time.process_time() - begin < 1


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\\.+*?()|[]{}^$-#& \n"), max_size=30))
def test_a_quoted_text_matches_itself_and_nothing_else(text: str) -> None:
    pattern = regex.quote(text)
    options = re2.Options()
    options.dot_nl = True
    assert re2.fullmatch(pattern, text, options) is not None
    assert re2.fullmatch(pattern, f"{text}x", options) is None


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        ("", "", True),
        ("a|b", "b", True),
        ("a|b", "ab", False),
        (".*", "a\nb", False),
        ("(?s).*", "a\nb", True),
        ("a$", "a\n", False),
        ("(?i)é", "É", True),
        ("a)|(b", "ba", False),
        ("a)|(b", "ab", True),  # the anchors are left with one alternative each
    ],
)
def test_a_pattern_matches_the_whole_of_a_text_as_alertmanager_anchors_it(
    pattern: str,
    text: str,
    matched: bool,  # noqa: FBT001
) -> None:
    assert regex.matches(pattern, text) is matched


def test_a_pattern_is_found_anywhere_in_linear_time() -> None:
    assert regex.finds("b+", "abc")
    assert regex.finds("^$", "")
    assert not regex.finds("^b", "abc")
    assert not regex.finds("a$", "a\n")
    assert not regex.finds("^(a+)+$", "a" * 100_000 + "!")


def test_literals_match_as_they_are_written() -> None:
    pattern = regex.literals([b"a.c", b"\xff(\x00", b"a.cd"])
    assert [each.group(0) for each in pattern.finditer(b"abc a.c \xff(\x00")] == [b"a.c", b"\xff(\x00"]
