"""The maximum length of a function's result accounts for repeated arguments."""

import pytest

from varve.language.gotemplate.function import FUNCTIONS, Operand, Sort
from varve.language.gotemplate.length import length

LABEL = Operand(Sort.TEXT, 1024)
VALUE = Operand(Sort.FLOAT, 64)


def literal_text(literal: str) -> Operand:
    """The operand of a string literal."""
    return Operand(Sort.TEXT, len(literal.encode()), literal)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("humanize", [VALUE], 64),
        ("eq", [LABEL, LABEL], 64),
        ("len", [LABEL], 64),
        ("or", [LABEL, VALUE], 1024),
        ("stripPort", [LABEL], 1024),
        ("toUpper", [LABEL], 3 * 1024),
        ("print", [LABEL, VALUE], 1024 + 64 + 2),
        ("urlquery", [LABEL], 3 * 1025),
        ("index", [Operand(Sort.LABELS, 4096), literal_text("a")], 1024),
        ("printf", [literal_text("%s"), LABEL], 2 + 1024 + 32),
        ("reReplaceAll", [literal_text("."), literal_text(""), LABEL], 1024),
        ("reReplaceAll", [literal_text("."), literal_text("é"), LABEL], 1024 + 1025 * 2),
        ("reReplaceAll", [literal_text("(.)"), literal_text("$1${1}"), LABEL], 3 * 1024),
        ("reReplaceAll", [literal_text("."), literal_text("$$"), LABEL], 1024 + 1025 * 2 + 2 * 1024),
        ("reReplaceAll", [literal_text("."), LABEL, literal_text("abc")], 3 + 4 * 1024 + 3 * 1024),
    ],
)
def test_the_result_of_a_call_has_a_maximum_length(name: str, arguments: list[Operand], expected: int) -> None:
    assert length(name, arguments) == expected


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_has_a_length(name: str) -> None:
    assert length(name, [literal_text("%s"), LABEL, LABEL]) > 0
