"""A function is called with as many arguments as it takes, of the sorts that it takes."""

import pytest

from varve.language.fault import Fault
from varve.language.gotemplate.call import call
from varve.language.gotemplate.function import Operand, Sort
from varve.language.gotemplate.lexer import Token

TEXT, INT, FLOAT, BOOL, LABELS = (Operand(sort) for sort in Sort)


@pytest.mark.parametrize(
    ("name", "arguments", "gives"),
    [
        ("humanize", [FLOAT], Sort.TEXT),
        ("humanize", [Operand(Sort.TEXT, "-1.5")], Sort.TEXT),
        ("printf", [TEXT], Sort.TEXT),
        ("printf", [TEXT, FLOAT, LABELS], Sort.TEXT),
        ("index", [LABELS, TEXT], Sort.TEXT),
        ("eq", [TEXT, TEXT, TEXT], Sort.BOOL),
        ("and", [BOOL, TEXT], Sort.BOOL | Sort.TEXT),
        ("match", [Operand(Sort.TEXT, "a.*"), TEXT], Sort.BOOL),
    ],
)
def test_a_call_that_fits_gives_a_value(name: str, arguments: list[Operand], gives: Sort) -> None:
    assert call(Token("word", name, 0), arguments) == Operand(gives)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("humanize", [], "`humanize` takes 1 argument, not 0"),
        ("printf", [], "`printf` takes at least 1 argument, not 0"),
        ("eq", [TEXT], "`eq` takes at least 2 arguments, not 1"),
        ("title", [FLOAT], "`title` cannot take a number with a fraction as argument 1"),
        ("lt", [BOOL, BOOL], "`lt` cannot take true or false as argument 1"),
        ("eq", [TEXT, INT], "`eq` cannot compare text with a whole number"),
        ("match", [TEXT, TEXT], "`match` refuses its pattern: it must be written out"),
        ("match", [Operand(Sort.TEXT, "("), TEXT], "`match` refuses its pattern: missing ): `(`"),
        ("humanize", [Operand(Sort.TEXT, "b")], "`humanize` cannot read `b` as a number"),
        ("nil", [], "`nil` is not allowed in an alert's text: there is nothing that could be nil"),
        ("f", [], "the function `f` is unknown"),
    ],
)
def test_a_call_that_would_fail_is_refused(name: str, arguments: list[Operand], message: str) -> None:
    assert call(Token("word", name, 7), arguments) == Fault(message, 7)
