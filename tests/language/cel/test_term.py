"""The terms of conditions return what the library would, or give up."""

from typing import TYPE_CHECKING, Any, Final

import pytest

from varve.language.cel import term
from varve.language.cel.native import bindings
from varve.language.cel.term import UNCERTAIN, Term

if TYPE_CHECKING:
    from varve.model.source import Value

A: Final = term.variable("a")
X: Final = term.literal("x")


def result(of: Term, value: Any) -> Any:  # noqa: ANN401 - whatever a map holds
    """The result of a term with this value of the variable; None if it gives up."""
    try:
        return of.get(bindings({"a": value}))
    except UNCERTAIN:
        return None


def test_a_member_of_a_constant_map_is_constant() -> None:
    deep = term.member(term.member(term.member(A, "b"), "c"), "d")
    assert result(deep, {"b": {"c": {"d": 1}}}) == 1
    assert result(deep, {"b": {"c": "d"}}) is None
    assert term.member(term.literal({"b": 2}), "b").known == 2
    with pytest.raises(KeyError):
        term.member(term.literal({}), "b")
    with pytest.raises(TypeError):
        term.member(term.literal("b"), "b")


def test_only_texts_are_keys() -> None:
    assert result(term.item(term.literal({"x": 5}), A), "x") == 5
    assert result(term.item(term.literal(["x"]), A), 0) is None
    assert result(term.item(term.literal("x"), A), "x") is None


@pytest.mark.parametrize("value", [1, 1.0, "true", None, [], {}])
def test_conditions_must_be_true_or_false(value: Any) -> None:  # noqa: ANN401
    for each in (term.negated(A), term.every([A, A]), term.some([A, A, A]), term.conditional(A, X, X)):
        assert result(each, value) is None
    assert result(term.loop(term.literal(["x"]), "k", A, until=True), value) is None


def test_values_of_different_types_are_not_equal_although_python_says_so() -> None:
    pairs: list[tuple[Value, Value]] = [(1, True), (0, False), (0, None), ("", None), ([], {}), (1 << 53, 2.0**53)]
    for one, other in pairs:
        assert result(term.compared(A, "==", term.literal(other)), one) is not True
    assert result(term.compared(A, "==", term.literal(1.0)), 1) is True
    assert [result(term.compared(A, "<", term.literal(2)), each) for each in (True, "", None, 1)] == [
        None,
        None,
        None,
        True,
    ]


def test_in_applies_to_lists_and_maps_but_not_to_texts() -> None:
    assert result(term.contained(X, A), "xy") is None
    assert result(term.contained(A, term.literal(["x"])), "x") is True
    assert result(term.contained(A, term.literal(["x"])), 1) is None
    with pytest.raises(TypeError):
        term.contained(A, term.literal("xy"))


def test_has_applies_only_to_members() -> None:
    assert result(term.has_member(term.member(A, "b")), {"b": None}) is True
    assert result(term.has_member(term.member(A, "b")), "b") is None
    with pytest.raises(TypeError):
        term.has_member(A)


def test_the_items_of_a_list_must_be_constant() -> None:
    assert term.listed([X, X]).known == ["x", "x"]
    with pytest.raises(TypeError):
        term.listed([X, A])


def test_functions_require_the_right_number_of_texts() -> None:
    assert result(term.called("lower", [A]), "X") == "x"
    assert result(term.called("lower", [A]), 1) is None
    assert result(term.called("seconds", [A]), "soon") is None
    with pytest.raises(TypeError):
        term.called("older", [A])


def test_types_are_known_by_their_names() -> None:
    of = term.compared(term.kind_of(A), "==", term.kind("map"))
    values: list[Value] = [{}, [], 1 << 60, None]
    assert [result(of, each) for each in values] == [True, False, None, None]
    with pytest.raises(KeyError):
        term.kind("duration")


@pytest.mark.parametrize(("value", "size"), [("é€", 2), ([1], 1), ({}, 0), (3, None)])
def test_a_size_is_of_texts_lists_and_maps(value: Any, size: int | None) -> None:  # noqa: ANN401
    assert result(term.size(A), value) == size


def test_patterns_are_found_or_give_up() -> None:
    assert result(term.text_test("matches", A, term.literal("^x")), "xy") is True
    assert result(term.text_test("matches", A, A), "(") is None
    assert result(term.text_test("matches", A, X), ["x"]) is None
    with pytest.raises(TypeError):
        term.text_test("matches", A, term.literal("("))
