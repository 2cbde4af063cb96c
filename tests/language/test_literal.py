"""String literals are read as in Go, and written ones are read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language import literal
from varve.language.fault import Fault
from varve.language.literal import Quote

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"))


@given(TEXT, st.sampled_from(['"', "'", "`"]))
def test_an_escaped_text_is_read_back(text: str, quote: Quote) -> None:
    escaped = literal.escape(text, quote)
    assert (escaped is None) is (quote == "`" and "`" in text)
    assert escaped is None or literal.read(f"{quote}{escaped}{quote}") == text


@given(TEXT)
def test_a_literal_is_read_back_and_is_on_one_line(text: str) -> None:
    assert literal.read(literal.write(text)) == text
    assert "\n" not in literal.write(text)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"plain"', "plain"),
        ("`raw \\d \"'`", "raw \\d \"'"),
        ('"\\a\\b\\f\\n\\r\\t\\v\\\\"', "\a\b\f\n\r\t\v\\"),
        ('"\\""', '"'),
        ("'\\''", "'"),
        ('"\\x41\\101\\u00e9\\U0001F600"', "AAé😀"),
        ('"\\xc3\\xa9\\303\\251"', "éé"),
    ],
)
def test_every_escape_means_what_it_means_in_go(written: str, value: str) -> None:
    assert literal.read(written) == value


@pytest.mark.parametrize(
    ("written", "message", "offset"),
    [
        ('"ab\\d"', "unknown escape sequence `\\d` in a string", 3),
        ('"\\\'"', "unknown escape sequence `\\'` in a string", 1),
        ("'\\\"'", 'unknown escape sequence `\\"` in a string', 1),
        ('"\\0"', "unknown escape sequence `\\0` in a string", 1),
        ('"\\400"', "unknown escape sequence `\\4` in a string", 1),
        ('"\\ud800"', "unknown escape sequence `\\ud800` in a string", 1),
        ('"\\U00110000"', "unknown escape sequence `\\U00110000` in a string", 1),
        ('"\\xff"', "the bytes of a string are not UTF-8", 0),
        ('"a\ufffd"', "U+FFFD is not allowed in a string", 2),
    ],
)
def test_what_go_or_unicode_refuses_is_a_fault_with_its_offset(written: str, message: str, offset: int) -> None:
    assert literal.read(written) == Fault(message, offset)


def test_the_replacement_character_is_refused_because_of_prometheus() -> None:
    assert literal.escape("\ufffd", '"') is None


def test_the_replacement_character_is_allowed_by_go_itself() -> None:
    assert literal.unquote('"a\ufffd\\n"') == "a\ufffd\n"
    assert isinstance(literal.read('"a\ufffd"'), Fault)
