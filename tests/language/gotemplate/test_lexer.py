"""A template has the same tokens as in Go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.gotemplate.verdicts import SOUND
from varve.language.fault import Fault
from varve.language.gotemplate.lexer import Token, enclosed, lex


@given(st.lists(st.sampled_from(SOUND), max_size=4))
def test_the_tokens_are_the_whole_template(templates: list[str]) -> None:
    template = "".join(f"{each} " for each in templates)
    tokens = lex(template)
    assert not isinstance(tokens, Fault)
    assert "".join(token.text for token in tokens) == template
    assert all(template.startswith(token.text, token.start) for token in tokens)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("a } b", [("text", "a } b")]),
        ("{{$x}}", [("open", "{{"), ("variable", "$x"), ("close", "}}")]),
        ("{{-3}}", [("open", "{{"), ("number", "-3"), ("close", "}}")]),
        ("{{- 3 -}}", [("open", "{{- "), ("number", "3"), ("close", " -}}")]),
        ("{{ 3   -}}", [("open", "{{"), ("space", " "), ("number", "3"), ("space", "  "), ("close", " -}}")]),
        ("{{- /* }} */ -}}b", [("comment", "{{- /* }} */ -}}"), ("text", "b")]),
        ('{{"}}"}}', [("open", "{{"), ("string", '"}}"'), ("close", "}}")]),
        ("{{`\n`}}", [("open", "{{"), ("raw", "`\n`"), ("close", "}}")]),
        ("{{.A.b}}", [("open", "{{"), ("field", ".A"), ("field", ".b"), ("close", "}}")]),
        ("{{f|g}}", [("open", "{{"), ("word", "f"), ("mark", "|"), ("word", "g"), ("close", "}}")]),
    ],
)
def test_a_token_has_the_kind_that_it_has_in_go(template: str, expected: list[tuple[str, str]]) -> None:
    tokens = lex(template)
    assert not isinstance(tokens, Fault)
    assert [(token.kind, token.text) for token in tokens] == expected


def test_a_token_has_its_offset() -> None:
    assert lex("ab{{ 1") == Fault("the action is not closed by `}}`", 2)
    assert lex("ab") == [Token("text", "ab", 0)]


@pytest.mark.parametrize(
    ("template", "message", "offset"),
    [
        ('{{ "a }}', "the string is not closed", 3),
        ("{{ `a }}", "the string is not closed", 3),
        ("{{/* a }}", "a comment must be the whole action", 0),
        ("{{ /* a */ }}", "a comment must be the whole action", 0),
        ("{{ $a-b }}", "unexpected `$` in an action", 3),
        ("{{ 1a }}", "unexpected `1` in an action", 3),
        ("{{ é }}", "unexpected `é` in an action", 3),
    ],
)
def test_what_go_cannot_tokenize_is_a_fault_with_its_offset(template: str, message: str, offset: int) -> None:
    assert lex(template) == Fault(message, offset)


def test_what_is_between_braces_is_enclosed() -> None:
    tokens = lex("a {{ $value }}{{/* b */}}{{- end -}} c")
    assert not isinstance(tokens, Fault)
    found = [(start, "".join(each.text for each in inside)) for start, inside in enclosed(tokens)]
    assert found == [(2, " $value "), (25, "end")]
