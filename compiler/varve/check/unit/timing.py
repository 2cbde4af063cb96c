"""Whether every scrape ends before the next one begins: otherwise Prometheus refuses the whole configuration."""

from collections.abc import Iterator
from typing import cast

from varve.language.name import dotted
from varve.language.time import duration
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve.reporting import ValueReporter

LATE_TIMEOUT = Rule(
    "check/timeout-longer-than-interval",
    "Scrape timeout is longer than the interval",
    "Prometheus waits for a scrape at most until the next one, and refuses to load a configuration that sets a "
    "longer timeout. Shorten the timeout, or lengthen the interval; a job that sets no interval has that of the "
    "platform.",
)


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report every scrape and probe of a unit whose timeout is longer than its interval."""
    default = cast("dict[str, str]", environment.platform["prometheus"])["scrape_interval"]
    for keys, job in _jobs(unit.value):
        _check(unit.stack, keys, (job.get("timeout"), job.get("interval", default)), report)


def check_platform(environment: Environment, report: Report) -> None:
    """Report a default timeout that is longer than the default interval."""
    defaults = cast("dict[str, str]", environment.platform["prometheus"])
    times = (defaults.get("scrape_timeout"), defaults["scrape_interval"])
    _check(environment.stack, ("platform", "prometheus"), times, report, "scrape_timeout")


def _jobs(value: Map) -> Iterator[tuple[Keys, dict[str, str]]]:
    for service, each in cast("dict[str, dict[str, dict[str, dict[str, str]]]]", value["services"]).items():
        for name, scrape in each.get("scrape", {}).items():
            yield ("services", service, "scrape", name), scrape
        for name, probe in cast("dict[str, dict[str, dict[str, str]]]", each.get("probes", {})).items():
            yield ("services", service, "probes", name, "http"), probe["http"]


def _check(stack: Stack, keys: Keys, times: tuple[str | None, str], report: Report, field: str = "timeout") -> None:
    timeout, interval = times
    if timeout and duration.lasts(timeout) > duration.lasts(interval):
        at = (*keys, field)
        message = f"`{dotted(at)}` is {timeout}, longer than the interval of {interval}"
        hint = f"write at most {interval}, or lengthen the interval"
        ValueReporter(stack, report).at(at, LATE_TIMEOUT, message, hint=hint)
