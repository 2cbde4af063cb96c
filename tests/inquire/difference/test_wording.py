"""Two texts are told by what differs in them, short enough to be read."""

import pytest

from varve.inquire.difference.wording import apart, cut, worded
from varve.model.source import Value

QUERY = 'sum by (service) (rate(errors_total{tenant="%s",job="checkout"}[5m])) > %s'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("warning", "warning"),
        ("30s", "30s"),
        ("30", '"30"'),
        ("none", '"none"'),
        (30, "30"),
        (True, "true"),
        (None, "null"),
        (["a", "b c", "b, c", "30"], '[a, b c, "b, c", "30"]'),
        ([{"a": 1}], "[{a: 1}]"),
        ({"secret": "slack/webhook", "url": "https://a.example"}, "{secret: slack/webhook, url: https://a.example}"),
        ({"a: b": "}"}, '{"a: b": "}"}'),
        ("", '""'),
    ],
)
def test_a_value_is_shown_on_one_line_and_not_mistaken_for_another(value: Value, text: str) -> None:
    assert worded(value) == text


def test_a_credential_is_masked() -> None:
    token = "xoxb-" + "1234567890-1234567890123-" + "AbCdEfGhIjKlMnOpQrStUvWx"
    values: list[Value] = [token, [token], {"a": token}]
    assert all(token not in worded(value) for value in values)


def test_the_difference_of_long_texts_is_shown_with_the_word_before_it() -> None:
    assert apart(QUERY % ("acme", "0.01"), QUERY % ("acme", "0.05")) == ("> 0.01", "> 0.05")


def test_differences_in_two_places_are_both_shown_and_equal_ones_once() -> None:
    one = " and ".join(QUERY % ("acme", limit) for limit in ("0.01", "0.02", "0.01"))
    other = " and ".join(QUERY % ("acme", limit) for limit in ("0.03", "0.04", "0.03"))
    assert apart(one, other) == ("> 0.01 … > 0.02", "> 0.03 … > 0.04")


def test_an_insertion_is_shown_with_the_words_around_it() -> None:
    longer = QUERY.replace("[5m]", "[5m] offset 1h")
    assert apart(QUERY % ("acme", 1), longer % ("acme", 1)) == ("])", "] offset 1h)")


def test_long_words_with_the_same_beginning_are_shown_where_they_differ() -> None:
    assert apart("a" * 300 + "b" * 9, "a" * 300 + "c" * 9) == ("…" + "a" * 16 + "b" * 9, "…" + "a" * 16 + "c" * 9)


def test_short_texts_are_shown_whole() -> None:
    assert apart("up == 0", "up == 1") == ("up == 0", "up == 1")


def test_differences_in_blanks_alone_are_shown() -> None:
    one = QUERY % ("acme", 1)
    left, right = apart(one, one.replace("by (", "by  ("))
    assert left != right


def test_equal_texts_stay_as_they_are() -> None:
    assert apart(QUERY, QUERY) == (cut(QUERY), cut(QUERY))


def test_of_very_many_changed_words_the_first_are_shown() -> None:
    one, other = (" ".join(f"{letter}{number}" for number in range(1000)) for letter in "ab")
    left, right = apart(one, other)
    assert left.startswith("a0 a1")
    assert right.startswith("b0 b1")
    assert max(map(len, (left, right))) < 200


def test_a_too_long_text_is_cut_with_its_length() -> None:
    assert cut("a" * 160) == "a" * 160
    assert cut("a" * 2000).endswith("a… (2,000 characters)")
