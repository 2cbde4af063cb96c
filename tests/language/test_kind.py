"""The kinds of values, in the words of diagnostics."""

import pytest

from varve.language.kind import kind
from varve.model.source import Value


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({}, "a map"),
        ([], "a list"),
        ("", "a text"),
        (0, "a number"),
        (0.5, "a number"),
        (False, "true or false"),
        (None, "null"),
    ],
)
def test_every_plain_value_has_a_kind_in_words(value: Value, named: str) -> None:
    assert kind(value) == named
