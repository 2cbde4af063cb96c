"""Unquoted text has the meaning of YAML 1.2's core schema, and testing the first character is a safe shortcut."""

from hypothesis import given
from hypothesis import strategies as st

from varve.read.scalar import FIRST, integer, scalar

LIKELY = st.text("0123456789+-._~xobeEnultrfasNULTRFAS:", max_size=8)


@given(LIKELY | st.text(max_size=4))
def test_a_text_with_any_other_first_character_is_a_string(text: str) -> None:
    assert text[:1] in FIRST or scalar(text) == text


@given(LIKELY)
def test_a_scalar_is_a_number_or_a_word_only_by_the_schema(text: str) -> None:
    value = scalar(text)
    if isinstance(value, bool):
        assert text.lower() == str(value).lower()
    elif isinstance(value, int | float):
        assert any(each.isdigit() for each in text) or text.lower().lstrip("+-") in {".inf", ".nan"}
    elif value is None:
        assert text.lower() in {"", "~", "null"}
    else:
        assert value == text


@given(st.integers(-(2**70), 2**70))
def test_an_integer_is_read_back(value: int) -> None:
    assert integer(str(value)) == scalar(str(value)) == value
    assert scalar(f"0o{abs(value):o}") == scalar(f"0x{abs(value):x}") == abs(value)


def test_leading_zeros_neither_change_nor_enlarge_an_integer() -> None:
    assert integer("-" + "0" * 9000 + "12") == -12
    assert integer("0" * 9000) == 0
    assert integer("0x" + "0" * 90 + "1f") == 31


def test_very_many_digits_are_read_at_once_as_more_than_64_bits() -> None:
    assert integer("9" * 1_000_000) > 2**64
    assert integer("-" + "9" * 1_000_000) < -(2**64)
