"""The tokens cover the whole text, and each has its kind in Prometheus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.promql.verdicts import READ_BY_BOTH
from varve.language.fault import Fault
from varve.language.promql.lexer import Kind, Token, lex


def pieces(text: str) -> list[tuple[str, str]]:
    tokens = lex(text)
    assert not isinstance(tokens, Fault)
    return [(token.kind.value, token.text) for token in tokens if token.kind is not Kind.SPACE]


@given(st.lists(st.sampled_from(READ_BY_BOTH) | st.text("xa:1m.({[]})\"'`\\,=~!<>/@+-#% \n", max_size=8), max_size=5))
def test_the_tokens_are_the_whole_text(parts: list[str]) -> None:
    text = " ".join(parts)
    tokens = lex(text)
    if not isinstance(tokens, Fault):
        assert "".join(token.text for token in tokens) == text
        assert all(text[token.start : token.end] == token.text for token in tokens)


@pytest.mark.parametrize("text", READ_BY_BOTH)
def test_valid_expressions_have_tokens(text: str) -> None:
    assert not isinstance(lex(text), Fault)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:b", [("name", "a:b")]),
        (
            "x[5m:1m]",
            [("name", "x"), ("mark", "["), ("duration", "5m"), ("mark", ":"), ("duration", "1m"), ("mark", "]")],
        ),
        ("x[5m:]", [("name", "x"), ("mark", "["), ("duration", "5m"), ("mark", ":"), ("mark", "]")]),
        ("SUM(x)", [("keyword", "SUM"), ("mark", "("), ("name", "x"), ("mark", ")")]),
        ("{by!~`\\d`}", [("mark", "{"), ("name", "by"), ("operator", "!~"), ("string", "`\\d`"), ("mark", "}")]),
        ("'it\\'s'", [("string", "'it\\'s'")]),
        ('"# no {comment}" # one', [("string", '"# no {comment}"'), ("comment", "# one")]),
        ("1e-3-.5", [("number", "1e-3"), ("operator", "-"), ("number", ".5")]),
        ("0x1F inf", [("number", "0x1F"), ("number", "inf")]),
        ("x>=bool 1", [("name", "x"), ("operator", ">="), ("keyword", "bool"), ("number", "1")]),
        ("fill + fill (1)", [("name", "fill"), ("operator", "+"), ("keyword", "fill"), *(pieces("(1)"))]),
        ("x@5m", [("name", "x"), ("mark", "@"), ("duration", "5m")]),
        ("x</y", [("name", "x"), ("operator", "</"), ("name", "y")]),
    ],
)
def test_the_kind_of_a_token_depends_on_its_context(text: str, expected: list[tuple[str, str]]) -> None:
    assert pieces(text) == expected


def test_a_token_has_its_offset() -> None:
    assert lex("é") == Fault("unexpected character `é`", 0)
    assert lex("x  y") == [
        Token(Kind.NAME, "x", 0, 1),
        Token(Kind.SPACE, "  ", 1, 3),
        Token(Kind.NAME, "y", 3, 4),
    ]


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ('x{a="b', "unterminated string", 4),
        ("x `", "unterminated string", 2),
        ('x{a="b"', "unclosed left brace", 7),
        ("x[5m", "unclosed left bracket", 4),
        ("5x", "bad number or duration", 0),
        ("x ; y", "unexpected character `;`", 2),
        ("x{a.b}", "unexpected character `.` between braces", 3),
        ('x["a"]', 'unexpected character `"` between brackets', 2),
    ],
)
def test_invalid_tokens_are_faults_with_an_offset(text: str, message: str, offset: int) -> None:
    assert lex(text) == Fault(message, offset)
