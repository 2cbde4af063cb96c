"""The result of a pipeline is that of its last function."""

import pytest

from varve.language.fault import Fault
from varve.language.gotemplate.function import Operand, Sort
from varve.language.gotemplate.lexer import lex
from varve.language.gotemplate.pipeline import pipeline


def given(text: str) -> Operand | Fault:
    tokens = lex("{{" + text + "}}")
    assert not isinstance(tokens, Fault)
    return pipeline(tokens[1:-1], 0)


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("$labels", Sort.LABELS),
        ("$labels.a", Sort.TEXT),
        ("$value", Sort.FLOAT),
        (".Labels.a", Sort.TEXT),
        ("1", Sort.INT),
        ("1e3", Sort.FLOAT),
        ("true", Sort.BOOL),
        ("$value|humanize|len", Sort.INT),
        ("(($value|humanize))|title", Sort.TEXT),
        ("eq (len $labels) 3", Sort.BOOL),
        ('or $value "none"', Sort.FLOAT | Sort.TEXT),
    ],
)
def test_a_pipeline_has_a_result_type(text: str, sort: Sort) -> None:
    found = given(text)
    assert isinstance(found, Operand)
    assert found.sort == sort


def test_a_string_has_its_unquoted_value() -> None:
    assert given('"\\x41"') == Operand(Sort.TEXT, 1, "A")


@pytest.mark.parametrize(
    ("text", "length"),
    [("$labels.a", 1024), (".Labels.a", 1024), ("$externalURL", 1024), ("$labels", 4096), ('"é"', 2), ("$value", 64)],
)
def test_a_value_has_a_maximum_length(text: str, length: int) -> None:
    found = given(text)
    assert isinstance(found, Operand)
    assert found.length == length


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("", "a value is missing", 0),
        ("$value|", "a value is missing", 0),
        ("$value 1", "`$value` is not a function", 2),
        ('$value|"x"', '`"x"` is not a function', 9),
        ("(1", "unexpected `1`", 3),
        ("1)", "unexpected `)`", 3),
        ("(1)(2)", "unexpected `1`", 3),
        ('"a""b"', 'unexpected `"b"`', 5),
        ('"\\d"', "unknown escape sequence `\\d` in a string", 3),
        ("007", "`007` begins with 0, which Go reads as octal", 2),
        ("9223372036854775808", "`9223372036854775808` is out of range", 2),
        ("1e400", "`1e400` is out of range", 2),
        ("(" * 17 + "1" + ")" * 17, "more than 16 nested parentheses", 18),
    ],
)
def test_an_invalid_pipeline_is_a_fault_with_its_offset(text: str, message: str, offset: int) -> None:
    assert given(text) == Fault(message, offset)
