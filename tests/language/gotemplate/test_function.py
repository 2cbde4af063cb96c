"""No function is both allowed and refused."""

from varve.language.gotemplate.function import CHOICES, COMPARISONS, FUNCTIONS, KEYWORDS, PATTERNS, REFUSED


def test_no_function_is_both_allowed_and_refused() -> None:
    assert not FUNCTIONS.keys() & REFUSED.keys()
    assert not FUNCTIONS.keys() & KEYWORDS.keys()
    assert not REFUSED.keys() & KEYWORDS.keys()


def test_functions_that_read_other_series_are_refused() -> None:
    assert {"query", "first", "value", "label", "strvalue", "sortByLabel", "tableLink", "graphLink"} <= REFUSED.keys()


def test_the_functions_with_rules_of_their_own_are_allowed() -> None:
    assert FUNCTIONS.keys() > COMPARISONS | CHOICES | PATTERNS
