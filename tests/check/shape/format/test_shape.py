"""A format returns the reason why a text does not have it."""

import re

from varve.check.shape.format.shape import matching


def test_all_of_a_text_must_match() -> None:
    fault = matching(re.compile("a+"), "write `a`")
    assert [fault(each) for each in ("a", "aa", "", "ab", "ba", "a\n")] == [None, None, *["write `a`"] * 4]
