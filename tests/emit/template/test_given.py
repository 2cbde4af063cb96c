"""Values for templates are copied, shown and recognised as plain data."""

import pytest

from varve.emit.template import given
from varve.emit.template.given import Function, Given, GoTemplate, Message


def test_a_copy_shares_no_container() -> None:
    original: dict[str, Given] = {"a": [{"b": (1, 2)}], "c": GoTemplate("x")}
    made = given.copy(original)
    assert made == {"a": [{"b": [1, 2]}], "c": GoTemplate("x")}
    assert isinstance(made, dict)
    assert made["a"] is not original["a"]


NOT_PLAIN = {
    "an object": object(),
    "a key that is a number": {1: 1},
    "a set": {1, 2},
    "bytes": b"a",
    "another kind of text": type("T", (str,), {})("a"),
    "another kind of number": type("N", (int,), {})(1),
}


@pytest.mark.parametrize("value", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_anything_else_is_a_bug_of_the_caller(value: Given) -> None:
    with pytest.raises(TypeError):
        given.copy(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (-0.5, "-0.5"),
        (1e30, "1e+30"),
        (True, None),
        ("5", None),
        (None, None),
        (float("nan"), None),
        (1 << 63, None),
    ],
)
def test_a_number_is_finite_and_fits_64_bits(value: object, text: str | None) -> None:
    assert given.number(value) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\nb\x1b", "`a b `"),
        ("x" * 61, f"`{'x' * 60}…`"),
        (None, "`null`"),
        (True, "`true`"),
        (0.5, "`0.5`"),
        ({}, "a map"),
        ([1], "a list"),
        (GoTemplate("a"), "`a`"),
        (Message("c", {}), "`c`"),
        (Function(len), "something that is not plain data"),
    ],
    ids=str,
)
def test_a_message_names_a_value_on_one_line(value: object, shown: str) -> None:
    assert given.show(value) == shown


@pytest.mark.parametrize("text", ["\ue000", "a\ue001b"])
def test_private_characters_are_detected(text: str) -> None:
    assert given.is_private(text)
    assert not given.is_private("\ue002\uf8ff")
