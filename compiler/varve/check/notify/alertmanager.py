"""Whether an environment has what notifications need, and all checks of a unit's notifications."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from varve.check.notify import (
    dependency,
    escalation,
    heartbeat,
    interval,
    mention,
    misspelling,
    pace,
    receiver,
    route,
    silent,
)
from varve.language.cache_key import ContentKey, content_key
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.unit import Environment, Resolved, Unit
from varve.resolve import notify
from varve.resolve.platform import strict
from varve.resolve.reporting import ValueReporter

if TYPE_CHECKING:
    from varve.model.source import Map

NO_ALERTMANAGER = Rule(
    "check/no-alertmanager",
    "No Alertmanager to send notifications",
    "`notify` defines who is notified of a tenant's alerts, and Alertmanager sends the notifications. Its "
    "configuration is written only if `platform.targets.alertmanager` sets a version; without it the routes of this "
    "environment would do nothing.",
)
NO_PLATFORM_RECEIVER = Rule(
    "check/no-platform-receiver",
    "Alertmanager has no default receiver",
    "Alerts that no route of a tenant matches go to the platform, and Alertmanager requires a receiver for them. "
    "Define one under `platform.receiver`, of the same kinds as a tenant's.",
)
NO_ALERTMANAGER_ADDRESS = Rule(
    "check/no-alertmanager-address",
    "Alertmanager receives no alerts",
    "Prometheus sends its alerts to the instances that `platform.alertmanagers` lists, each as `host:port`. If "
    "`platform.targets` has an Alertmanager but none is listed, alerts would fire and nobody would be notified.",
)
NO_ALERTMANAGER_URL = Rule(
    "check/no-alertmanager-url",
    "Alertmanager has no address for people",
    "Every alert carries a link for silencing it, which leads to `platform.alertmanager.url`. If `platform.targets` "
    "has an Alertmanager, that address is required.",
)
STRICT_WITHOUT_ALERTMANAGER = Rule(
    "check/strict-without-alertmanager",
    "Strict tenant's own Alertmanager is not set",
    "A strict tenant shares nothing, so its alerts go to an Alertmanager of its own. The platform sets its instances "
    "in `platform.strict.<tenant>.alertmanagers`, and where people open it in `alertmanager_url`.",
)

NOTIFICATION_KEYS: Final = ("notify", "users", "mentions", "timezone")
"""The parts of a unit that set who is notified and when."""

_STRICT: Final = ("alertmanagers", "alertmanager_url")


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report what Alertmanager would refuse in a unit's notifications, and notifications that nobody would receive."""
    if not _is_target(environment):
        dependency.check(unit, report)
        if notify.notify(unit.value):
            hint = "set `platform.targets.alertmanager`, or remove `notify` for this environment"
            message = f"`{environment.name}` has no Alertmanager to send notifications"
            ValueReporter(unit.stack, report).at(("notify",), NO_ALERTMANAGER, message, hint=hint, on="key")
        return
    _check_strict(unit, environment, report)
    check_unit(unit, report)
    receiver.check(unit, environment, report)
    pace.check(unit, environment, report)


def check_unit(unit: Resolved, report: Report) -> None:
    """Report the mistakes in a unit's notifications that do not depend on the environment."""
    dependency.check(unit, report)
    if not _is_valid(content_key({key: unit.value[key] for key in NOTIFICATION_KEYS if key in unit.value})):
        check_notifications(unit, report)
    misspelling.check(unit, report)


@lru_cache(maxsize=64)
def _is_valid(notifications: ContentKey) -> bool:
    """Whether a unit's notifications are valid by themselves; they are nearly the same in all environments."""
    diagnostics = Report()
    check_notifications(Resolved(Unit("", ""), notifications.value, Stack(()), {}), diagnostics)
    return not len(diagnostics)


def check_notifications(unit: Resolved, report: Report) -> None:
    """Report what is wrong with who is notified and when; only `NOTIFICATION_KEYS` of the unit are read."""
    for each in (escalation, interval, mention):
        each.check(unit, report)
    receiver.check_unit(unit, report)
    pace.check_unit(unit, report)
    route.check(unit, report)
    silent.check(unit, report)


def check_platform(environment: Environment, report: Report) -> None:
    """Report what an environment's own Alertmanager lacks, and which of its settings Alertmanager would refuse."""
    heartbeat.check_platform(environment, report)
    if not _is_target(environment):
        return
    reporter, platform = ValueReporter(environment.stack, report), environment.platform
    at = ("platform", "targets", "alertmanager")
    if "receiver" not in platform:
        message = f"`{environment.name}` has an Alertmanager but no default receiver"
        reporter.at(at, NO_PLATFORM_RECEIVER, message, hint="set `platform.receiver`", on="key")
    if "alertmanager" not in platform:
        message = f"`{environment.name}` has an Alertmanager but does not set where people open it"
        reporter.at(at, NO_ALERTMANAGER_URL, message, hint="set `platform.alertmanager.url`", on="key")
    if not platform.get("alertmanagers"):
        message = f"`{environment.name}` has an Alertmanager but none to which Prometheus sends alerts"
        hint = "set `platform.alertmanagers`, the `host:port` of each"
        reporter.at(at, NO_ALERTMANAGER_ADDRESS, message, hint=hint, on="key")
    receiver.check_platform(environment, report)
    mention.check_platform(environment, report)
    pace.check_platform(environment, report)


def _is_target(environment: Environment) -> bool:
    return "alertmanager" in cast("Map", environment.platform["targets"])


def _check_strict(unit: Resolved, environment: Environment, report: Report) -> None:
    tenant = unit.unit.tenant
    settings = strict(environment, tenant)
    missing = [f"`{key}`" for key in _STRICT if not settings.get(key)]
    if cast("Map", unit.value["tenant"])["isolation"] == "strict" and missing:
        message = f"`{tenant}` is strict but `{environment.name}` does not set its own {' and '.join(missing)}"
        hint = f"set them under `platform.strict.{tenant}`, or choose another isolation for the tenant"
        ValueReporter(unit.stack, report).at(
            ("tenant", "isolation"), STRICT_WITHOUT_ALERTMANAGER, message, hint=hint, on="value"
        )
