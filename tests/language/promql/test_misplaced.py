"""The misplaced token of an invalid expression is found."""

import pytest

from tests.language.promql.verdicts import READ_BY_BOTH
from varve.language.fault import Fault
from varve.language.promql.lexer import lex
from varve.language.promql.misplaced import misplaced


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("x y", "unexpected `y`", 2),
        ("x 1", "unexpected `1`", 2),
        ("x +", "unexpected end of the expression", 3),
        ("* x", "unexpected `*`", 0),
        ("x ** y", "unexpected `*`", 3),
        ("x = y", "unexpected `=`", 2),
        ('up{a="b"}{c="d"}', "unexpected `{`", 9),
        ("()", "unexpected `)`", 1),
        ("abs() + )", "unexpected `)`", 8),
        ("sum by (a b) (x) y", "unexpected `y`", 17),
        ("on(x)", "unexpected `on`", 0),
        ("x / / y", "unexpected `/`", 4),
        ("x[5m]m", "unexpected `m`", 5),
        ("x offset", "unexpected end of the expression", 8),
        ("(x)(y)", "unexpected `(`", 3),
        ("sum(x) by (a) by (b)", "unexpected `by`", 14),
    ],
)
def test_the_first_misplaced_token_is_reported(text: str, message: str, offset: int) -> None:
    tokens = lex(text)
    assert not isinstance(tokens, Fault)
    assert misplaced(tokens, len(text)) == Fault(message, offset)


def test_a_fault_without_an_obvious_token_has_no_offset() -> None:
    tokens = lex("x @ y")
    assert not isinstance(tokens, Fault)
    assert misplaced(tokens, 5).offset is None


@pytest.mark.parametrize("text", READ_BY_BOTH)
def test_no_token_of_a_valid_expression_is_misplaced(text: str) -> None:
    tokens = lex(text)
    assert not isinstance(tokens, Fault)
    assert misplaced(tokens, len(text)) == Fault("the text is not a PromQL expression")
