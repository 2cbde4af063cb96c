"""Checks that every dependency can inhibit something: one service has critical alerts, the other less severe ones."""

from varve.language.matcher import Matcher
from varve.link.reachability.reach import Reach
from varve.model.diagnostic import Rule, Severity
from varve.resolve import notify
from varve.resolve.reporting import ValueReporter

IDLE_DEPENDENCY = Rule(
    "link/idle-dependency",
    "Dependency inhibits nothing",
    "While a service that another one depends on has a critical alert, warnings and infos of the other one are "
    "inhibited. If the first has no critical alert at all, or the second has only critical ones, nothing is ever "
    "inhibited. That may be intended, if such alerts are planned.",
    Severity.NOTE,
)

_CRITICAL = Matcher("severity", "=", "critical")
_LESSER = Matcher("severity", "=~", "warning|info")


def check(reach: Reach) -> None:
    """Report each dependency of a service for which there is no alert that inhibits, or none that is inhibited."""
    reporter = ValueReporter(reach.unit.stack, reach.report)
    for service, settings in notify.maps(reach.unit.value, "services").items() if reach.outcomes else ():
        for index, other in enumerate(notify.texts(settings, "depends_on")):
            hint = "keep it if such alerts are planned, or remove it"
            keys = ("services", service, "depends_on", index)
            if not _may_have_alert(reach, other, _CRITICAL):
                message = f"`{other}` has no critical alert that could inhibit those of `{service}`"
                reporter.at(keys, IDLE_DEPENDENCY, message, hint=hint)
            elif not _may_have_alert(reach, service, _LESSER):
                message = f"`{service}` has no warning or info that `{other}` could inhibit"
                reporter.at(keys, IDLE_DEPENDENCY, message, hint=hint)


def _may_have_alert(reach: Reach, service: str, severity: Matcher) -> bool:
    matchers = (Matcher("service", "=", service), severity, notify.ORIGINAL)
    return any(each.alert.may_match(matchers) for each in reach.outcomes)
