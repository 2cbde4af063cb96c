"""The functions that templates may call."""

from typing import cast

import pytest

from varve.emit.function import budget, burns, functions, seconds
from varve.emit.template.given import Function


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5m", 300), ("1h30m", 5400), ("1500ms", 1.5), ("250ms", 0.25), ("1d", 86400), ("1s", 1)],
)
def test_seconds_are_whole_where_they_can_be(text: str, expected: float) -> None:
    assert seconds(text) == expected
    assert isinstance(seconds(text), type(expected))


@pytest.mark.parametrize("text", ["", "5", "5 m", "m5", "-5m", "five minutes"])
def test_a_text_that_is_not_a_duration_has_no_seconds(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("objective", "expected"),
    [(99.9, "0.001"), (99.95, "0.0005"), (99, "0.01"), (99.999999, "0.00000001"), (50, "0.5")],
)
def test_a_budget_is_written_in_plain_digits(objective: float, expected: str) -> None:
    assert budget(objective) == expected


def test_the_alerts_of_three_nines_over_a_month_are_those_of_the_workbook() -> None:
    found = [tuple(cast("dict[str, str]", each).values()) for each in burns(99.9, "30d")]
    assert found == [
        ("critical", "0.02", "1h", "5m", "14.4", "0.0144"),
        ("critical", "0.05", "6h", "30m", "6", "0.006"),
        ("warning", "0.1", "1d", "2h", "3", "0.003"),
        ("warning", "0.1", "3d", "6h", "1", "0.001"),
    ]


def test_an_alert_that_could_never_fire_is_left_out() -> None:
    thresholds = [float(cast("dict[str, str]", each)["threshold"]) for each in burns(90, "30d")]
    assert thresholds == [0.6, 0.3, 0.1]


def _called(name: str, locale: str, *arguments: object) -> object:
    function = functions(locale)[name]
    assert isinstance(function, Function)
    return function.call(*arguments)


@pytest.mark.parametrize(
    ("name", "locale", "value", "expected"),
    [
        ("percent", "en_GB", 0.01, "1%"),
        ("percent", "fr_FR", 0.001, "0,1\xa0%"),
        ("percent", "de_DE", 0.0005, "0,05\u00a0%"),
        ("number", "en_GB", 500000, "500,000"),
        ("number", "it_IT", 20000.5, "20.000,5"),
        ("number", "es_ES", 4000, "4000"),
        ("duration", "fr_FR", "1h30m", "1\xa0heure 30 minutes"),
        ("seconds", "fr_FR", "5m", 300),
        ("budget", "fr_FR", 99.9, "0.001"),
    ],
)
def test_numbers_are_written_for_people_and_the_rest_for_prometheus(
    name: str, locale: str, value: object, expected: object
) -> None:
    assert _called(name, locale, value) == expected


def test_every_locale_offers_the_same_functions() -> None:
    assert (
        functions("fr_FR").keys()
        == functions("en_GB").keys()
        == {
            *("seconds", "budget", "burns"),
            *("duration", "number", "percent"),
        }
    )
