"""Whether the alert on slow probes can fire: a probe is aborted at its timeout, so longer times are not measured."""

from collections.abc import Mapping
from typing import Final, cast

from varve.language.time import duration
from varve.model.diagnostic import Report, Rule, Severity
from varve.model.pack import Pack
from varve.model.source import Keys, Map
from varve.model.unit import Environment, Resolved
from varve.resolve.reporting import ValueReporter

NEVER_SLOW = Rule(
    "check/never-slow",
    "Probe can never be too slow",
    "A probe that has no answer within its `timeout` is aborted, and how long it would have taken is not measured. "
    "If `slow` of the pack `blackbox-http` is as long, no probe ever takes longer, and its alert on slow answers can "
    "never fire. Shorten `slow`, or lengthen the timeout; a probe that sets none has that of the platform, which is "
    "ten seconds by default, and never longer than its interval.",
    Severity.WARNING,
)

_PACK: Final = "blackbox-http"
_PARAMETER: Final = "slow"
_DEFAULT_TIMEOUT: Final = "10s"


def check(unit: Resolved, packs: Mapping[str, Pack], environment: Environment, report: Report) -> None:
    """Warn of each probe of a unit whose timeout is no longer than the time that counts as slow."""
    platform = cast("dict[str, str]", environment.platform["prometheus"])
    for service, value in cast("dict[str, dict[str, dict[str, Map]]]", unit.value["services"]).items():
        slow = _slow(value, packs)
        for name, probe in value.get("probes", {}).items():
            http = cast("dict[str, str]", probe["http"])
            timeout = _timeout(http, platform)
            if slow and duration.lasts(slow) >= duration.lasts(timeout):
                keys = _keys(("services", service), name, value)
                message = f"`{_PARAMETER}` is {slow} but the probe `{name}` of `{service}` is aborted after {timeout}"
                hint = f"set `{_PARAMETER}` to less than {timeout}, or give the probe a longer `timeout`"
                ValueReporter(unit.stack, report).at(keys, NEVER_SLOW, message, hint=hint)


def _parameters(service: Mapping[str, Mapping[str, Map]]) -> Map:
    return service.get("packs", {}).get(_PACK, {})


def _slow(service: Mapping[str, Mapping[str, Map]], packs: Mapping[str, Pack]) -> str | None:
    """The parameter that is set, or its default, if it is a text; the pack's schema refuses anything else."""
    properties = cast("dict[str, Map]", packs[_PACK].parameters.get("properties", {})) if _PACK in packs else {}
    slow = _parameters(service).get(_PARAMETER) or properties.get(_PARAMETER, {}).get("default")
    return slow if isinstance(slow, str) else None


def _timeout(probe: Mapping[str, str], platform: Mapping[str, str]) -> str:
    """The timeout of a probe; if it sets none, it is never longer than its interval."""
    if "timeout" in probe:
        return probe["timeout"]
    interval = probe.get("interval", platform["scrape_interval"])
    return min(platform.get("scrape_timeout", _DEFAULT_TIMEOUT), interval, key=duration.lasts)


def _keys(service: Keys, name: str, value: Mapping[str, Mapping[str, Map]]) -> Keys:
    """Where the parameter is set, or else the timeout, or else the keys of the probe."""
    if _PARAMETER in _parameters(value):
        return (*service, "packs", _PACK, _PARAMETER)
    probe = (*service, "probes", name)
    return (*probe, "http", "timeout") if "timeout" in cast("Map", value["probes"][name]["http"]) else probe
