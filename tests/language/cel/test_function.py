"""The functions of policies: their results, and the arguments that they refuse."""

import re
from typing import TypeAlias

import pytest

from varve.language.cel.function import FUNCTIONS

Answer: TypeAlias = str | float | bool

ANSWERS: dict[str, tuple[str, tuple[str, ...], Answer]] = {
    "lower": ("lower", ("Ümlaut",), "ümlaut"),
    "host": ("host", ("https://Hooks.Slack.com:443/x",), "hooks.slack.com"),
    "host behind a login": ("host", ("https://good.example@evil.example/x",), "evil.example"),
    "no host": ("host", ("hooks.slack.com",), ""),
    "a broken host": ("host", ("https://[::1/x",), ""),
    "scheme": ("scheme", ("HTTPS://x",), "https"),
    "no scheme": ("scheme", ("//x",), ""),
    "a broken scheme": ("scheme", ("https://[",), ""),
    "seconds": ("seconds", ("1h30m",), 5400.0),
    "less than one": ("seconds", ("500ms",), 0.5),
    "older": ("older", ("1.9", "1.10"), True),
    "the same": ("older", ("v1.2", "1.2.0"), False),
    "longer": ("older", ("1.2", "1.2.1"), True),
    "an early release counts as the release": ("older", ("1.2-rc1", "1.2"), False),
    "matches somewhere": ("matches", ("checkout", "eck"), True),
    "matches all": ("matches", ("checkout", "^eck$"), False),
    "contains": ("contains", ("checkout", "eck"), True),
    "contains not": ("contains", ("checkout", "Eck"), False),
}
REFUSALS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "no duration": ("seconds", ("soon",), "`soon` is not a duration"),
    "no version": ("older", ("new", "1.0"), "`new` is not a version"),
    "an empty version": ("older", ("1.0", ""), "`` is not a version"),
    "no pattern": ("matches", ("x", "("), "`(` is not a valid regular expression: missing ): `(`"),
    "a text that is too long to make another of": ("lower", ("x" * 10_001,), "a text is longer than 10000 characters"),
    "a text that is too long to look through": (
        "matches",
        ("x" * 100_001, "y"),
        "a text is longer than 100000 characters",
    ),
    "a part that is too long": ("contains", ("x", "x" * 100_001), "a text is longer than 100000 characters"),
}


@pytest.mark.parametrize(("name", "given", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_results(name: str, given: tuple[str, ...], answer: Answer) -> None:
    assert FUNCTIONS[name].call(*given) == answer


@pytest.mark.parametrize(("name", "given", "message"), REFUSALS.values(), ids=REFUSALS)
def test_refusals(name: str, given: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        FUNCTIONS[name].call(*given)


def test_a_function_that_replaces_another_has_a_name_of_the_same_length() -> None:
    assert all(len(name) == len(each.name) for name, each in FUNCTIONS.items())
