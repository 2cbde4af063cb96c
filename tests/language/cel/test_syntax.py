"""Expressions are split into tokens, and refused for what is not allowed in any."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.cel.syntax import LONGEST, called, refusal, tokens

REFUSED = {
    "longer than 2,000 characters": ("true" + " " * LONGEST, "it is longer than 2000 characters", None),
    "half a character": ("'\ud800' == ''", "half a surrogate pair is not a character", 1),
    "map": ("alerts.map(a, a.name) == []", "there is no `map` in policies, only `all` and `exists`", 7),
    "filter": ("alerts.filter (a, true) == []", "there is no `filter` in policies, only `all` and `exists`", 7),
    "exists_one": ("alerts.exists_one(a, true)", "there is no `exists_one` in policies, only `all` and `exists`", 7),
    "a message": ("google.protobuf.Any{} == 1", "`Any` cannot be constructed here", 16),
    "a list of what is each": (
        "[1].all(x, [x, x] == [])",
        "`x` is a loop variable and is not allowed in a list or a map",
        12,
    ),
    "a list inside a list": (
        "[1].all(x, [[x]] == [])",
        "`x` is a loop variable and is not allowed in a list or a map",
        13,
    ),
    "the range of another loop": (
        "[1].all(x, [x].exists(y, true))",
        "`x` is a loop variable and is not allowed in a list or a map",
        12,
    ),
    "a map of what is each": (
        "a.exists(x, {'k': x} == {})",
        "`x` is a loop variable and is not allowed in a list or a map",
        18,
    ),
    "a list after in": ("a.all(x, 1 in [x])", "`x` is a loop variable and is not allowed in a list or a map", 15),
    "a list behind a comment": (
        "a.all(//\nx, [x] == [])",
        "`x` is a loop variable and is not allowed in a list or a map",
        13,
    ),
}
ALLOWED = {
    "a member in brackets": "a.all(x, m[x] == 1 && f(x)[x] == 2 && m['k'][x] == 3)",
    "a list of others": "a.all(x, x in ['b', y, m.x])",
    "a field of that name": "alert.map == 1 && alert.filter == 2",
    "words in texts": "a == '.map(x, 1)' && b == \"[x].all(x, [x])\" && c == r'\\'",
    "words in comments": "a // .filter(x, [x])",
    "a map of others": "{'a': 1}.all(x, x == 'a')",
}


@pytest.mark.parametrize(("text", "message", "offset"), REFUSED.values(), ids=REFUSED)
def test_what_no_policy_may_contain(text: str, message: str, offset: int | None) -> None:
    assert refusal(text) == (message, offset)


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_what_only_resembles_it(text: str) -> None:
    assert refusal(text) is None


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_every_character_belongs_to_a_token_or_a_blank(text: str) -> None:
    words = tokens(text)
    assert [text[each.start : each.start + len(each.text)] for each in words] == [each.text for each in words]
    ends = [0, *(each.start + len(each.text) for each in words)]
    between = [text[end : word.start] for end, word in zip(ends, words, strict=False)]
    assert all(not each.strip(" \t\r\n\f") or "//" in each for each in between)


def test_a_call_is_a_name_with_a_parenthesis() -> None:
    words = tokens("a.all (x) && all == 'all(' && b.all")
    assert [words[at].start for at in called(words, ("all",))] == [2]
