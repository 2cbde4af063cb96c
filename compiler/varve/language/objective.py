"""The arithmetic of service level objectives, in exact decimals.

The formulas are those of the Site Reliability Workbook (Google, 2018), chapter 5, "Alerting on SLOs",
https://sre.google/workbook/alerting-on-slos/: the burn rate is the error ratio divided by the ratio that the objective
allows; spending a share of the budget within a window is a burn rate of share x period / window; and a short window of
a twelfth of the long one makes the alert end soon after the errors do.
"""

from decimal import Context, Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["critical", "warning"]
"""`critical` pages somebody, `warning` opens a ticket."""

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR
_SHORTER: Final = 12
_DIGITS: Final = 12

# Severity and long window of the fast alerts, in the workbook's order.
_FAST: Final[tuple[tuple[Severity, int], ...]] = (("critical", _HOUR), ("critical", 6 * _HOUR), ("warning", _DAY))

# The shares of the budget that the fast alerts allow, by shortest period. The workbook's are for 30 days; half the
# period has twice the share, because otherwise an hour of a week would page for very few errors.
# From 28, 14 and 7 days on the factors are 13.44 to 16.8, 5.6 and 2.8.
_SHARES: Final = (
    (28 * _DAY, ("0.02", "0.05", "0.1")),
    (14 * _DAY, ("0.04", "0.1", "0.2")),
    (0, ("0.1", "0.2", "0.4")),
)


class Burn(NamedTuple):
    """One alert: it fires if the burn rate is above `factor` over both windows, which are in milliseconds.

    `share` is the part of the period's budget that is spent by then.
    """

    severity: Severity
    share: Decimal
    long: int
    short: int
    factor: Decimal


@lru_cache(maxsize=1024, typed=True)
def budget(objective: float) -> Decimal:
    """The ratio of events that may fail: 0.001, exactly, for an objective of 99.9 (percent)."""
    return _normal(_exact().subtract(Decimal(100), Decimal(str(objective))).scaleb(-2, _exact()))


@lru_cache(maxsize=1024)
def burns(period: int) -> tuple[Burn, ...]:
    """The alerts of an objective over `period` milliseconds, fastest first; no window is longer than the period.

    The three fast alerts have the workbook's shares; one that could fire at a burn rate of 1 or less, which still meets
    the objective, is left out. The last is the workbook's slow ticket (3 days of 30 at a burn rate of 1): its factor is
    1, so that every breach of the objective is reported, and its long window a tenth of the period, in whole days, at
    least 3, or the whole period if that is shorter.
    """
    slow = min(period, max(3 * _DAY, (period + 5 * _DAY) // (10 * _DAY) * _DAY))
    shares = next(shares for shortest, shares in _SHARES if period >= shortest)
    fast = [_fast(alert, Decimal(share), period) for alert, share in zip(_FAST, shares, strict=True)]
    kept = [burn for burn in fast if burn.factor > 1 and burn.long < slow]
    return (*kept, Burn("warning", _ratio(Decimal(slow), period), slow, slow // _SHORTER, Decimal(1)))


@lru_cache(maxsize=1024)
def threshold(factor: Decimal, budget: Decimal) -> str:
    """The ratio of errors above which a burn alert fires, as the shortest decimal of at most 12 significant digits."""
    return text(_exact().multiply(factor, budget))


@lru_cache(maxsize=1024)
def can_fire(factor: Decimal, budget: Decimal) -> bool:
    """Whether a burn alert can ever fire: an error ratio is at most 1, so the threshold must be less."""
    return _exact().multiply(factor, budget) < 1


@lru_cache(maxsize=1024)
def text(value: Decimal) -> str:
    """`value` as plain digits, without exponent or trailing zeros, rounded to 12 significant digits."""
    return format(_normal(Context(prec=_DIGITS).plus(value)), "f")


def _fast(alert: tuple[Severity, int], share: Decimal, period: int) -> Burn:
    severity, long = alert
    return Burn(severity, share, long, long // _SHORTER, _ratio(_exact().multiply(share, Decimal(period)), long))


def _ratio(value: Decimal, by: int) -> Decimal:
    return _normal(Context(prec=_DIGITS).divide(value, Decimal(by)))


def _normal(value: Decimal) -> Decimal:
    """The same value without trailing zeros, and never as `1E+2`, so that it prints as digits."""
    trimmed = value.normalize(_exact())
    return trimmed.quantize(Decimal(1), context=_exact()) if trimmed == trimmed.to_integral_value() else trimmed


def _exact() -> Context:
    """A context with enough digits for exact results, whatever the thread's own context is."""
    return Context(prec=60)
