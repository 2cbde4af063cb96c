"""A function that repeats its arguments is known to."""

import pytest

from varve.language.gotemplate.function import FUNCTIONS, Operand, Sort
from varve.language.gotemplate.length import length

LABEL = Operand(Sort.TEXT, 1024)
VALUE = Operand(Sort.FLOAT, 64)


def said(literal: str) -> Operand:
    """A string that is written out."""
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
        ("index", [Operand(Sort.LABELS, 4096), said("a")], 1024),
        ("printf", [said("%s"), LABEL], 2 + 1024 + 32),
        ("reReplaceAll", [said("."), said(""), LABEL], 1024),
        ("reReplaceAll", [said("."), said("é"), LABEL], 1024 + 1025 * 2),
        ("reReplaceAll", [said("(.)"), said("$1${1}"), LABEL], 3 * 1024),
        ("reReplaceAll", [said("."), said("$$"), LABEL], 1024 + 1025 * 2 + 2 * 1024),
        ("reReplaceAll", [said("."), LABEL, said("abc")], 3 + 4 * 1024 + 3 * 1024),
    ],
)
def test_a_call_gives_no_more_than_this(name: str, arguments: list[Operand], expected: int) -> None:
    assert length(name, arguments) == expected


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_has_a_length(name: str) -> None:
    assert length(name, [said("%s"), LABEL, LABEL]) > 0
