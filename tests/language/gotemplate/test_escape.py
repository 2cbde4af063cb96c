"""A text that is escaped is printed as it is, whatever stands behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language import gotemplate, literal
from varve.language.fault import Fault

BRACES = st.text("{}-/*$ \"'`\\\nx") | st.text(st.characters(exclude_categories=["Cs"]))


def printed(template: str) -> str:
    """What a template of nothing but texts and strings prints."""
    tokens = gotemplate.lex(template)
    assert not isinstance(tokens, Fault)
    said = {"text": lambda text: text, "string": literal.read}
    return "".join(str(said[token.kind](token.text)) for token in tokens if token.kind in said)


@given(BRACES)
def test_a_reader_of_the_template_gives_back_the_text(text: str) -> None:
    escaped = gotemplate.escape(text)
    assert printed(escaped) == text
    assert gotemplate.fault(escaped) is None


@given(BRACES, BRACES)
def test_two_texts_in_a_row_stay_what_they_are(one: str, other: str) -> None:
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
def test_only_what_could_open_an_action_is_escaped(text: str, expected: str) -> None:
    assert gotemplate.escape(text) == expected
