"""Names are recognised, paths have one form, and misspellings are corrected."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from varve.language import name
from varve.model.source import Keys


@pytest.mark.parametrize(
    ("is_name", "good", "bad"),
    [
        (
            name.is_id,
            ["ab", "acme", "eu-west-1", "a" * 40],
            ["", "a", "-a", "a-", "1a", "Acme", "a_b", "a.b", "a" * 41, "acme\n", "é1"],
        ),
        (name.is_metric_name, ["up", "job:errors:rate5m", "_x", ":a"], ["", "5m", "a-b", "a.b", "up\n", "é"]),
        (name.is_label_name, ["le", "_x", "__name__", "A9"], ["", "9a", "a:b", "a-b", "le\n"]),
        (
            name.is_alert_name,
            ["QueueStuck", "A", "X9"],
            ["", "queueStuck", "9X", "Queue Stuck", "Queue_Stuck", "A\n", "A" * 129],
        ),
    ],
    ids=["ids", "metrics", "labels", "alerts"],
)
def test_names_are_recognised(is_name: Callable[[str], bool], good: list[str], bad: list[str]) -> None:
    assert [text for text in good + bad if is_name(text)] == good


PATHS: dict[str, Keys] = {
    "": (),
    "services.checkout.slos.availability.objective": ("services", "checkout", "slos", "availability", "objective"),
    "packs.http-service": ("packs", "http-service"),
    "targets[0].name": ("targets", 0, "name"),
    "[1][2]": (1, 2),
    'records["job:errors:rate5m"].expr': ("records", "job:errors:rate5m", "expr"),
    '["env:NAME"]': ("env:NAME",),
    'a["0"][0]': ("a", "0", 0),
    'a[""]': ("a", ""),
    r'a["say \"x\".y\n"].b': ("a", 'say "x".y\n', "b"),
    'a["é"]["%{x}"]["]"]': ("a", "é", "%{x}", "]"),
}


@pytest.mark.parametrize(("text", "keys"), PATHS.items(), ids=PATHS.keys())
def test_a_path_is_written_and_read(text: str, keys: Keys) -> None:
    assert name.dotted(keys) == text
    assert name.keys(text) == keys


@pytest.mark.parametrize(
    "text",
    [
        ".",
        ".a",
        "a.",
        "a..b",
        "a b",
        "[",
        "[]",
        "[-1]",
        "[01]",
        "[1",
        "a[0]b",
        'a["x y]',
        "a['x y']",
        r'["\q"]',
        r'["\u0041 "]',
        "[9999999999]",
        '["\n"]',
    ],
)
def test_other_texts_are_no_paths(text: str) -> None:
    assert name.keys(text) is None


@pytest.mark.parametrize(
    ("text", "keys"), [('a["b"]', ("a", "b")), ('a["b"].c', ("a", "b", "c")), ('["a"]["b"][0]', ("a", "b", 0))]
)
def test_a_plain_key_may_be_quoted(text: str, keys: Keys) -> None:
    assert name.keys(text) == keys


steps = st.one_of(
    st.text(max_size=6),
    st.text("ab_-.0[]\"\\'\n", max_size=5),
    st.integers(0, 999_999_999),
)


@given(st.lists(steps, max_size=5).map(tuple))
@settings(max_examples=200, deadline=None)
@example(("\ud800",))
@example(("\x7f\u2028",))
def test_every_path_is_read_back(keys: Keys) -> None:
    assert name.keys(name.dotted(keys)) == keys


@given(st.text('ab.[]"0\\ ', max_size=8))
@settings(max_examples=200, deadline=None)
def test_every_path_is_written_again_without_unnecessary_quotes(text: str) -> None:
    keys = name.keys(text)
    assert keys is None or name.dotted(keys) == re.sub(r'\["([ab])"\]', r".\1", text).removeprefix(".")


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("sevices", ["services", "slos", "tenant"], "services"),
        ("objetcive", ["objective", "object"], "objective"),
        ("Objective", ["objective"], "objective"),
        ("fro", ["for", "from"], "for"),
        ("serverity", ["service", "severity"], "severity"),
        ("cat", ["car", "bat", "cats"], "bat"),
        ("expression", ["expr", "error"], None),
        ("ab", ["xy"], None),
        ("", ["long", "words"], None),
        ("anything", [], None),
        ("x" * 100_000, ["x" * 100_001], None),
    ],
    ids=[
        "a letter lost",
        "two swapped",
        "another case",
        "a swap is one slip",
        "a letter added",
        "the first of equals",
        "another word",
        "two slips in a short word",
        "an empty word",
        "nothing known",
        "no word at all",
    ],
)
def test_the_nearest_word_is_the_one_that_was_meant(word: str, known: list[str], meant: str | None) -> None:
    assert name.nearest(word, known) == meant
    assert name.nearest(word, reversed(known)) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [("prod", "production"), ("PROD", "production"), ("s", None), ("st", None), ("stag", "staging"), ("dve", "dev")],
)
def test_an_abbreviation_is_understood_if_it_is_unambiguous(word: str, meant: str | None) -> None:
    known = ["dev", "staging", "stable", "production"]
    assert name.meant(word, known) == meant


def slow_distance(left: str, right: str) -> int:
    """The edit distance, computed slowly by its definition."""
    if not left or not right:
        return len(left) + len(right)
    least = min(
        slow_distance(left[:-1], right) + 1,
        slow_distance(left, right[:-1]) + 1,
        slow_distance(left[:-1], right[:-1]) + (left[-1] != right[-1]),
    )
    swapped = len(left) > 1 and len(right) > 1 and left[-2:] == right[-2:][::-1]
    return min(least, slow_distance(left[:-2], right[:-2]) + 1) if swapped else least


@given(st.text("abc", max_size=5), st.text("abc", max_size=5), st.integers(0, 4))
@settings(max_examples=200, deadline=None)
def test_the_distance_is_that_of_its_definition(left: str, right: str, bound: int) -> None:
    least = slow_distance(left, right)
    assert name.distance(left, right, bound) == (least if least <= bound else None)


NAMES: dict[str, tuple[list[str], str]] = {
    "one": (["a"], "`a`"),
    "two, sorted and once": (["b", "a", "b"], "`a` and `b`"),
    "three": (["a", "b", "c"], "`a`, `b` and `c`"),
    "many": (["a", "b", "c", "d", "e"], "`a`, `b`, `c` and 2 more"),
}


@pytest.mark.parametrize(("names", "expected"), NAMES.values(), ids=NAMES)
def test_names_are_listed_as_a_person_lists_them(names: list[str], expected: str) -> None:
    assert name.listed(names) == expected
    assert name.listed(names, "or") == expected.replace(" and ", " or ")


@pytest.mark.parametrize(
    ("names", "expected"),
    [([], ""), (["b"], "`b`"), (["b", "a", "a"], "`b`, `a`, `a`"), (["d", "c", "b", "a"], "`d`, `c`, `b` and 1 more")],
)
def test_the_first_names_are_shown_in_their_order(names: list[str], expected: str) -> None:
    assert name.few(names, 3) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme", "acme"),
        ("checkout_API.v2", "checkout-api-v2"),
        ("Zürich", "zurich"),
        ("2nd try", "nd-try"),
        ("-a-", None),
        ("", None),
        ("支付", None),
        ("a" * 39 + "-bc", "a" * 39),
    ],
)
def test_an_id_is_suggested_that_is_like_the_text(text: str, expected: str | None) -> None:
    assert name.suggested_id(text) == expected


@given(st.text())
def test_whatever_is_suggested_is_an_id_and_an_id_is_its_own_suggestion(text: str) -> None:
    found = name.suggested_id(text)
    assert found is None or (name.is_id(found) and name.suggested_id(found) == found)
