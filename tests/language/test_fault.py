"""A fault quotes a part of a text on one line, and half a surrogate pair is found."""

import pytest

from varve.language import fault
from varve.language.fault import Fault


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up", "`up`"),
        ("a\n  b\tc", "`a b c`"),
        ("x" * 60, "`" + "x" * 60 + "`"),
        ("x" * 61, "`" + "x" * 59 + "…`"),
    ],
)
def test_a_quote_is_one_short_line(text: str, expected: str) -> None:
    assert fault.quote(text) == expected


def test_half_a_surrogate_pair_is_found_where_it_stands() -> None:
    assert fault.surrogate("aé😀") is None
    assert fault.surrogate("aé\ud83d") == Fault("half a surrogate pair is not a character", 2)
