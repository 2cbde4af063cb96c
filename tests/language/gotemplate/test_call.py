"""A function is called with the right number and types of arguments."""

import pytest

from varve.language.fault import Fault
from varve.language.gotemplate.call import call
from varve.language.gotemplate.function import Operand, Sort
from varve.language.gotemplate.length import TOO_LONG
from varve.language.gotemplate.lexer import Token

TEXT, INT, FLOAT, BOOL, LABELS = (Operand(sort, 64) for sort in Sort)


def literal_text(literal: str) -> Operand:
    """The operand of a string literal."""
    return Operand(Sort.TEXT, len(literal), literal)


@pytest.mark.parametrize(
    ("name", "arguments", "gives"),
    [
        ("humanize", [FLOAT], Sort.TEXT),
        ("humanize", [literal_text("-1.5")], Sort.TEXT),
        ("printf", [literal_text("done")], Sort.TEXT),
        ("printf", [literal_text("%s %v"), FLOAT, LABELS], Sort.TEXT),
        ("index", [LABELS, TEXT], Sort.TEXT),
        ("eq", [TEXT, TEXT, TEXT], Sort.BOOL),
        ("and", [BOOL, TEXT], Sort.BOOL | Sort.TEXT),
        ("match", [literal_text("a.*"), TEXT], Sort.BOOL),
    ],
)
def test_a_valid_call_has_a_result(name: str, arguments: list[Operand], gives: Sort) -> None:
    found = call(Token("word", name, 0), arguments)
    assert isinstance(found, Operand)
    assert found.sort == gives
    assert found.literal is None


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("humanize", [], "`humanize` takes 1 argument, not 0"),
        ("printf", [], "`printf` takes at least 1 argument, not 0"),
        ("eq", [TEXT], "`eq` takes at least 2 arguments, not 1"),
        ("title", [FLOAT], "`title` cannot take a number with a fraction as argument 1"),
        ("lt", [BOOL, BOOL], "`lt` cannot take true or false as argument 1"),
        ("eq", [TEXT, INT], "`eq` cannot compare text with a whole number"),
        ("match", [TEXT, TEXT], "`match` refuses its pattern: it must be a literal"),
        ("match", [literal_text("("), TEXT], "`match` refuses its pattern: missing ): `(`"),
        ("humanize", [literal_text("b")], "`humanize` cannot read `b` as a number"),
        ("printf", [TEXT, FLOAT], "`printf` refuses its format: it must be a literal"),
        (
            "printf",
            [literal_text("%999d"), INT],
            "`printf` refuses `%999d` in its format: a width and a precision have at most 2 digits",
        ),
        (
            "reReplaceAll",
            [literal_text("."), literal_text("a" * 1024), TEXT],
            f"`reReplaceAll` may return a text {TOO_LONG}",
        ),
        ("nil", [], "`nil` is not allowed in an alert's text: there is nothing that could be nil"),
        ("f", [], "the function `f` is unknown"),
    ],
)
def test_a_call_that_would_fail_is_refused(name: str, arguments: list[Operand], message: str) -> None:
    assert call(Token("word", name, 7), arguments) == Fault(message, 7)
