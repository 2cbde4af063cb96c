"""Budgets and burn rates are exact, and as in the workbook."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language import objective
from varve.language.time import duration

DAY = 86_400_000


def table(period: str) -> list[str]:
    """The burn alerts of a period, one line each: severity, share, windows, factor."""
    milliseconds = duration.milliseconds(period)
    assert milliseconds
    return [
        f"{burn.severity} {burn.share} {duration.text(burn.long)}/{duration.text(burn.short)} {burn.factor}"
        for burn in objective.burns(milliseconds)
    ]


@pytest.mark.parametrize(
    ("percent", "budget"),
    [
        (99.9, "0.001"),
        (99.99, "0.0001"),
        (99.95, "0.0005"),
        (99, "0.01"),
        (99.0, "0.01"),
        (50.0, "0.5"),
        (0.5, "0.995"),
        (93.055, "0.06945"),
        (99.99999999999999, "0.0000000000000001"),
    ],
)
def test_the_budget_is_exact(percent: float, budget: str) -> None:
    assert objective.budget(percent) == Decimal(budget)
    assert objective.text(objective.budget(percent)) == budget


@pytest.mark.parametrize(
    ("period", "burns"),
    [
        ("30d", ["critical 0.02 1h/5m 14.4", "critical 0.05 6h/30m 6", "warning 0.1 1d/2h 3", "warning 0.1 3d/6h 1"]),
        (
            "28d",
            [
                "critical 0.02 1h/5m 13.44",
                "critical 0.05 6h/30m 5.6",
                "warning 0.1 1d/2h 2.8",
                "warning 0.107142857143 3d/6h 1",
            ],
        ),
        (
            "7d",
            [
                "critical 0.1 1h/5m 16.8",
                "critical 0.2 6h/30m 5.6",
                "warning 0.4 1d/2h 2.8",
                "warning 0.428571428571 3d/6h 1",
            ],
        ),
        (
            "14d",
            [
                "critical 0.04 1h/5m 13.44",
                "critical 0.1 6h/30m 5.6",
                "warning 0.2 1d/2h 2.8",
                "warning 0.214285714286 3d/6h 1",
            ],
        ),
        ("90d", ["critical 0.02 1h/5m 43.2", "critical 0.05 6h/30m 18", "warning 0.1 1d/2h 9", "warning 0.1 9d/18h 1"]),
        ("1d", ["critical 0.1 1h/5m 2.4", "warning 1 1d/2h 1"]),
        ("1h", ["warning 1 1h/5m 1"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_burn_alerts_are_those_of_the_workbook_and_of_the_field(period: str, burns: list[str]) -> None:
    assert table(period) == burns


@given(st.integers(3_600_000, 400 * DAY))
def test_the_burn_alerts_of_any_period_are_sound(period: int) -> None:
    burns = objective.burns(period)
    assert [burn.factor for burn in burns] == sorted((burn.factor for burn in burns), reverse=True)
    assert burns[-1].factor == 1
    for burn in burns:
        assert burn.short < burn.long <= period
        assert burn.share <= 1
        assert abs(burn.share * period / burn.long - burn.factor) < Decimal("1e-9")


@pytest.mark.parametrize(
    ("factor", "percent", "threshold"),
    [
        ("14.4", 99.9, "0.0144"),
        ("6", 99.95, "0.003"),
        ("1", 99, "0.01"),
        ("0.933333333333", 99.9, "0.000933333333333"),
        ("43.2", 99.99999, "0.00000432"),
    ],
)
def test_a_threshold_is_the_shortest_decimal(factor: str, percent: float, threshold: str) -> None:
    assert objective.threshold(Decimal(factor), objective.budget(percent)) == threshold


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("100", "100"),
        ("1E+2", "100"),
        ("0.10", "0.1"),
        ("0.3333333333333333", "0.333333333333"),
        ("1E-16", "0.0000000000000001"),
    ],
)
def test_a_decimal_has_no_exponent_and_at_most_twelve_digits(value: str, text: str) -> None:
    assert objective.text(Decimal(value)) == text


@pytest.mark.parametrize(
    ("factor", "percent", "fires"),
    [
        ("14.4", 93.06, True),
        ("14.4", 93.05, False),
        ("6", 83.4, True),
        ("6", 83.3, False),
        ("10", 90, False),
        ("1", 50, True),
    ],
)
def test_an_alert_with_a_threshold_of_1_never_fires(factor: str, percent: float, fires: bool) -> None:  # noqa: FBT001
    assert objective.can_fire(Decimal(factor), objective.budget(percent)) is fires


def test_the_decimal_context_of_the_thread_has_no_effect() -> None:
    with localcontext() as context:
        context.prec = 2
        assert objective.budget(99.95) == Decimal("0.0005")
        assert objective.threshold(Decimal("13.44"), Decimal("0.0005")) == "0.00672"
        assert table("28d")[0] == "critical 0.02 1h/5m 13.44"
