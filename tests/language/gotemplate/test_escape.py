"""An escaped text is printed as it is, whatever follows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language import gotemplate, literal
from varve.language.fault import Fault

BRACES = st.text("{}-/*$ \"'`\\\nx") | st.text(st.characters(exclude_categories=["Cs"]))


def printed(template: str) -> str:
    """The output of a template that contains only texts and strings."""
    tokens = gotemplate.lex(template)
    assert not isinstance(tokens, Fault)
    readers = {"text": lambda text: text, "string": literal.read}
    return "".join(str(readers[token.kind](token.text)) for token in tokens if token.kind in readers)


@given(BRACES)
def test_the_template_prints_the_text(text: str) -> None:
    escaped = gotemplate.escape(text)
    assert printed(escaped) == text
    assert gotemplate.fault(escaped) is None


@given(BRACES, BRACES)
def test_two_escaped_texts_can_be_joined(one: str, other: str) -> None:
    assert printed(gotemplate.escape(one) + gotemplate.escape(other)) == one + other


@given(BRACES)
def test_an_action_may_follow(text: str) -> None:
    assert gotemplate.fault(gotemplate.escape(text) + "{{ $value }}") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain { } text", "plain { } text"),
        ("{{ $value }}", '{{ "{{" }} $value }}'),
        ("{{{", '{{ "{{{" }}'),
        ("a {", 'a {{ "{" }}'),
    ],
)
def test_only_braces_that_could_begin_an_action_are_escaped(text: str, expected: str) -> None:
    assert gotemplate.escape(text) == expected
