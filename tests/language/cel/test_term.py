"""The parts of conditions give what the library would, or give up."""

from typing import TYPE_CHECKING, Any, Final

import pytest

from varve.language.cel import term
from varve.language.cel.outright import bindings
from varve.language.cel.term import UNCERTAIN, Term

if TYPE_CHECKING:
    from varve.model.source import Value

A: Final = term.variable("a")
X: Final = term.literal("x")


def gives(of: Term, value: Any) -> Any:  # noqa: ANN401 - whatever a map holds
    """What a part gives where the variable has a value; None where it gives up."""
    try:
        return of.get(bindings({"a": value}))
    except UNCERTAIN:
        return None


def test_a_member_is_what_a_map_holds_and_of_what_is_known_it_is_known() -> None:
    deep = term.member(term.member(term.member(A, "b"), "c"), "d")
    assert gives(deep, {"b": {"c": {"d": 1}}}) == 1
    assert gives(deep, {"b": {"c": "d"}}) is None
    assert term.member(term.literal({"b": 2}), "b").known == 2
    with pytest.raises(KeyError):
        term.member(term.literal({}), "b")
    with pytest.raises(TypeError):
        term.member(term.literal("b"), "b")


def test_only_texts_are_keys() -> None:
    assert gives(term.item(term.literal({"x": 5}), A), "x") == 5
    assert gives(term.item(term.literal(["x"]), A), 0) is None
    assert gives(term.item(term.literal("x"), A), "x") is None


@pytest.mark.parametrize("value", [1, 1.0, "true", None, [], {}])
def test_what_is_neither_true_nor_false_is_no_condition(value: Any) -> None:  # noqa: ANN401
    for each in (term.opposite(A), term.every([A, A]), term.some([A, A, A]), term.chosen(A, X, X)):
        assert gives(each, value) is None
    assert gives(term.loop(term.literal(["x"]), "k", A, until=True), value) is None


def test_values_that_python_takes_for_each_other_are_not_the_same() -> None:
    pairs: list[tuple[Value, Value]] = [(1, True), (0, False), (0, None), ("", None), ([], {}), (1 << 53, 2.0**53)]
    for one, other in pairs:
        assert gives(term.compared(A, "==", term.literal(other)), one) is not True
    assert gives(term.compared(A, "==", term.literal(1.0)), 1) is True
    assert [gives(term.compared(A, "<", term.literal(2)), each) for each in (True, "", None, 1)] == [
        None,
        None,
        None,
        True,
    ]


def test_a_part_of_a_text_is_no_member_of_it() -> None:
    assert gives(term.among(X, A), "xy") is None
    assert gives(term.among(A, term.literal(["x"])), "x") is True
    assert gives(term.among(A, term.literal(["x"])), 1) is None
    with pytest.raises(TypeError):
        term.among(A, term.literal("xy"))


def test_what_is_there_is_only_asked_of_members() -> None:
    assert gives(term.there(term.member(A, "b")), {"b": None}) is True
    assert gives(term.there(term.member(A, "b")), "b") is None
    with pytest.raises(TypeError):
        term.there(A)


def test_a_list_is_made_of_what_is_known() -> None:
    assert term.listed([X, X]).known == ["x", "x"]
    with pytest.raises(TypeError):
        term.listed([X, A])


def test_functions_take_texts_and_as_many_as_they_do() -> None:
    assert gives(term.called("lower", [A]), "X") == "x"
    assert gives(term.called("lower", [A]), 1) is None
    assert gives(term.called("seconds", [A]), "soon") is None
    with pytest.raises(TypeError):
        term.called("older", [A])


def test_types_are_known_by_their_names() -> None:
    of = term.compared(term.kind_of(A), "==", term.kind("map"))
    values: list[Value] = [{}, [], 1 << 60, None]
    assert [gives(of, each) for each in values] == [True, False, None, None]
    with pytest.raises(KeyError):
        term.kind("duration")


@pytest.mark.parametrize(("value", "size"), [("é€", 2), ([1], 1), ({}, 0), (3, None)])
def test_a_size_is_of_texts_lists_and_maps(value: Any, size: int | None) -> None:  # noqa: ANN401
    assert gives(term.size(A), value) == size


def test_patterns_are_found_or_give_up() -> None:
    assert gives(term.within("matches", A, term.literal("^x")), "xy") is True
    assert gives(term.within("matches", A, A), "(") is None
    assert gives(term.within("matches", A, X), ["x"]) is None
    with pytest.raises(TypeError):
        term.within("matches", A, term.literal("("))
