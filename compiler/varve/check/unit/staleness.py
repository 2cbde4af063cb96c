"""Whether intervals are short enough: Prometheus considers a series gone five minutes after its last sample."""

from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from varve.language.name import dotted
from varve.language.time import duration
from varve.model.diagnostic import Report, Rule, Severity
from varve.model.layer import Stack
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve.reporting import ValueReporter

LONG_INTERVAL = Rule(
    "check/long-interval",
    "Interval is too long for Prometheus",
    "Prometheus considers a series gone five minutes after its last sample. A probe or a rule with a longer interval "
    "leaves gaps, and an alert that waits with `for`, or an escalation, starts waiting again after each of them: it "
    "may never fire. A rate over five minutes, which packs and objectives use, needs two samples in that time, so a "
    "service that has any of these must be scraped at least every two and a half minutes.",
    Severity.WARNING,
)


class _Limit(NamedTuple):
    """The longest interval, in milliseconds and as people write it, and the reason."""

    longest: int
    text: str
    reason: str


_SCRAPE: Final = _Limit(150_000, "150s", "a rate over five minutes needs two samples")
_OTHER: Final = _Limit(299_999, "4m", "Prometheus forgets a series after five minutes")


def check(unit: Resolved, report: Report) -> None:
    """Warn of each scrape, probe and service of a unit whose interval is so long that alerts may never fire."""
    for keys, interval, limit in _intervals(unit.value):
        _check(unit.stack, keys, interval, limit, report)


def check_platform(environment: Environment, report: Report) -> None:
    """Warn of default intervals of an environment that are as long."""
    defaults = cast("dict[str, str]", environment.platform["prometheus"])
    for field, limit in (("scrape_interval", _SCRAPE), ("evaluation_interval", _OTHER)):
        _check(environment.stack, ("platform", "prometheus", field), defaults[field], limit, report)


def _intervals(value: Map) -> Iterator[tuple[Keys, str, _Limit]]:
    for service, each in cast("dict[str, Map]", value["services"]).items():
        at = ("services", service)
        if "interval" in each:
            yield (*at, "interval"), cast("str", each["interval"]), _OTHER
        limit = _SCRAPE if each.get("packs") or each.get("slos") else _OTHER
        for name, scrape in cast("dict[str, dict[str, str]]", each.get("scrape", {})).items():
            if "interval" in scrape:
                yield (*at, "scrape", name, "interval"), scrape["interval"], limit
        for name, probe in cast("dict[str, dict[str, dict[str, str]]]", each.get("probes", {})).items():
            if "interval" in probe["http"]:
                yield (*at, "probes", name, "http", "interval"), probe["http"]["interval"], _OTHER


def _check(stack: Stack, keys: Keys, interval: str, limit: _Limit, report: Report) -> None:
    if duration.lasts(interval) > limit.longest:
        message = f"`{dotted(keys)}` is {interval}, and {limit.reason}"
        ValueReporter(stack, report).at(keys, LONG_INTERVAL, message, hint=f"write at most {limit.text}")
