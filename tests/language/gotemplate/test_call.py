"""A function is called with as many arguments as it takes, of the sorts that it takes."""

import pytest

from varve.language.fault import Fault
from varve.language.gotemplate.call import call
from varve.language.gotemplate.function import Operand, Sort
from varve.language.gotemplate.length import TOO_LONG
from varve.language.gotemplate.lexer import Token

TEXT, INT, FLOAT, BOOL, LABELS = (Operand(sort, 64) for sort in Sort)


def said(literal: str) -> Operand:
    """A string that is written out."""
    return Operand(Sort.TEXT, len(literal), literal)


@pytest.mark.parametrize(
    ("name", "arguments", "gives"),
    [
        ("humanize", [FLOAT], Sort.TEXT),
        ("humanize", [said("-1.5")], Sort.TEXT),
        ("printf", [said("done")], Sort.TEXT),
        ("printf", [said("%s %v"), FLOAT, LABELS], Sort.TEXT),
        ("index", [LABELS, TEXT], Sort.TEXT),
        ("eq", [TEXT, TEXT, TEXT], Sort.BOOL),
        ("and", [BOOL, TEXT], Sort.BOOL | Sort.TEXT),
        ("match", [said("a.*"), TEXT], Sort.BOOL),
    ],
)
def test_a_call_that_fits_gives_a_value(name: str, arguments: list[Operand], gives: Sort) -> None:
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
        ("match", [said("("), TEXT], "`match` refuses its pattern: missing ): `(`"),
        ("humanize", [said("b")], "`humanize` cannot read `b` as a number"),
        ("printf", [TEXT, FLOAT], "`printf` refuses its format: it must be a literal"),
        (
            "printf",
            [said("%999d"), INT],
            "`printf` refuses `%999d` in its format: a width and a precision have at most 2 digits",
        ),
        (
            "reReplaceAll",
            [said("."), said("a" * 1024), TEXT],
            f"`reReplaceAll` may return a text {TOO_LONG}",
        ),
        ("nil", [], "`nil` is not allowed in an alert's text: there is nothing that could be nil"),
        ("f", [], "the function `f` is unknown"),
    ],
)
def test_a_call_that_would_fail_is_refused(name: str, arguments: list[Operand], message: str) -> None:
    assert call(Token("word", name, 7), arguments) == Fault(message, 7)
