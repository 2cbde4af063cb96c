"""The marks of a TOML text follow its tables, and what would overwhelm the parser is found before it runs."""

import pytest

from varve.model.diagnostic import Span
from varve.read.mark import Repeat
from varve.read.toml_marks import fault, mark

REPEATS = {
    "a key": ("a = 1\na = 2", Repeat("a", Span(1, 1, 2), Span(2, 1, 2))),
    "a quoted key": ("a = 1\n'a' = 2", Repeat("a", Span(1, 1, 2), Span(2, 1, 4))),
    "a dotted key": ("a.b = 1\na . b = 2", Repeat("b", Span(1, 3, 4), Span(2, 5, 6))),
    "a table": ("[a]\n[a]", Repeat("a", Span(1, 2, 3), Span(2, 2, 3))),
    "a key of an inline table": ("a = { b = 1, b = 2 }", Repeat("b", Span(1, 7, 8), Span(1, 14, 15))),
    "a key of a table in a list": ("[[a]]\nb = 1\nb = 2", Repeat("b", Span(2, 1, 2), Span(3, 1, 2))),
}


@pytest.mark.parametrize(("text", "repeat"), REPEATS.values(), ids=REPEATS)
def test_a_repeated_key_is_marked_at_both_places(text: str, repeat: Repeat) -> None:
    assert mark(text).repeats == [repeat]


ALLOWED = {
    "tables of a list": "[[a]]\nb = 1\n[[a]]\nb = 1\n[a.c]\nd = 1\n[[a]]\n[a.c]",
    "a table after its children": "[a.b]\n[a]\nc = 1",
    "dotted keys of one table": "a.b = 1\na.c.d = 1\na.c.e = 1",
    "one key in two tables": "[a]\nc = 1\n[b]\nc = 1",
    "signs inside texts": "a = '''\n[b]\nc = 1'''\nc = \"[b] # \\\" x = 1\" # c = 1\nd = [\n  # e = 1\n  1,\n]",
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_a_table_that_toml_allows_to_be_extended_is_not_a_repeat(text: str) -> None:
    assert mark(text).repeats == []


FAULTS = {
    "lists in lists": ("a = [\n" * 70, "read/too-deep"),
    "tables in lists": ("a = " + "[{b = " * 40, "read/too-deep"),
    "a dotted key": ("x = 1\n" + "a . " * 70, "read/too-deep"),
    "very many digits": ("a = [1, -" + "9" * 5000 + "]", "read/integer-too-large"),
}


@pytest.mark.parametrize(("text", "code"), FAULTS.values(), ids=FAULTS)
def test_what_would_overwhelm_the_parser_is_a_fault(text: str, code: str) -> None:
    found = fault(text)
    assert found is not None
    assert found.rule.code == code


@pytest.mark.parametrize(
    "text", ["a = [" + "1.5, " * 99 + "]", "a = '" + "[." * 99 + "'", "# " + "[." * 99, "[a]\n" * 99]
)
def test_a_text_that_is_only_long_is_not_a_fault(text: str) -> None:
    assert fault(text) is None
