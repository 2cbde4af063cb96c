"""A text that looks like another value is not plain."""

import re

import pytest

from varve.language.plain import is_plain

NOTHING = re.compile("nothing|[0-9]+ more")


@pytest.mark.parametrize("text", ["checkout", "true story", "v1", "1.2.3", "1h", "nothing else", "é", "a\nb"])
def test_an_unambiguous_text_is_plain(text: str) -> None:
    assert is_plain(text, NOTHING)


@pytest.mark.parametrize("text", ["", "true", "null", "1", "-1.5", "1e9", '"a', " a", "a ", "a\n", "\n"])
def test_a_text_like_another_value_is_not_plain(text: str) -> None:
    assert not is_plain(text, NOTHING)


@pytest.mark.parametrize("text", ["nothing", "3 more"])
def test_a_text_like_a_phrase_for_a_missing_value_is_not_plain(text: str) -> None:
    assert not is_plain(text, NOTHING)
    assert is_plain(text, re.compile("no such thing"))
