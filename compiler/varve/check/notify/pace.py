"""Whether `group_by` and `repeat` take effect as written: unique labels, and intervals that can be kept."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from varve.language.name import dotted
from varve.language.time import duration
from varve.model.diagnostic import Report, Rule, Severity
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.reporting import ValueReporter

REPEATED_LABEL = Rule(
    "check/repeated-label",
    "Label is listed twice in `group_by`",
    "Alertmanager refuses a whole configuration if a label is listed twice in a `group_by`. varve always adds "
    "`tenant`, so that no message holds the alerts of two tenants: leave it out.",
)
REPEAT_TOO_SOON = Rule(
    "check/repeat-too-soon",
    "Repeat is shorter than the group interval",
    "Alertmanager checks a group once every `group_interval`, and only then can it send it again. A shorter `repeat` "
    "has the effect of the interval, not of its value. Lengthen the repeat, or shorten the interval; a route that "
    "sets only one of them inherits the other from `notify`, or from the platform.",
)
REPEAT_TOO_LATE = Rule(
    "check/repeat-too-late",
    "Repeat is longer than Alertmanager's retention",
    "Alertmanager remembers what it has sent for as long as `platform.alertmanager.retention`, five days by default, "
    "and sends again what it does not remember. A longer `repeat` has the effect of the retention, not of its value.",
    Severity.WARNING,
)

_PACED: Final = ("repeat", "group_interval")


def check_unit(unit: Resolved, report: Report) -> None:
    """Report what has no effect in a unit's groups and repeats, whatever the environment."""
    reporter, notifications = ValueReporter(unit.stack, report), notify.notify(unit.value)
    for keys, level in _levels(notifications):
        _check_labels(keys, level, reporter)
        _check_repeat(keys, level, _paced(notifications), reporter)


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report what has no effect in a unit's repeats in its environment."""
    reporter, notifications = ValueReporter(unit.stack, report), notify.notify(unit.value)
    defaults = {**_paced(notify.pace(environment.platform)), **_paced(notifications)}
    for keys, level in _levels(notifications):
        _check_repeat(keys, level, defaults, reporter)
        _check_retention(keys, level, notify.retention(environment.platform), reporter)


def check_platform(environment: Environment, report: Report) -> None:
    """Report what has no effect in the groups and repeats that an environment sets itself."""
    reporter, settings = (
        ValueReporter(environment.stack, report),
        cast("Map", environment.platform.get("alertmanager") or {}),
    )
    keys = ("platform", "alertmanager")
    _check_labels(keys, settings, reporter)
    _check_repeat(keys, settings, _paced(notify.pace({})), reporter)
    _check_retention(keys, {**notify.pace(environment.platform)}, notify.retention(environment.platform), reporter)


def _levels(notifications: Map) -> Iterator[tuple[Keys, Map]]:
    yield ("notify",), notifications
    for name, route in notify.maps(notifications, "routes").items():
        yield ("notify", "routes", name), route


def _paced(level: Mapping[str, Value]) -> dict[str, str]:
    return {key: cast("str", level[key]) for key in _PACED if key in level}


def _check_labels(keys: Keys, level: Map, reporter: ValueReporter) -> None:
    labels = ["tenant", *notify.texts(level, "group_by")]
    for index, label in enumerate(labels[1:]):
        if label in labels[: index + 1]:
            message = "alerts are always grouped by `tenant`" if label == "tenant" else f"`{label}` is listed twice"
            reporter.at((*keys, "group_by", index), REPEATED_LABEL, message, hint="remove it")


def _check_repeat(keys: Keys, level: Map, defaults: Mapping[str, str], reporter: ValueReporter) -> None:
    own = _paced(level)
    both = {**defaults, **own}
    if not own or len(both) < len(_PACED):
        return
    repeat, interval = (both[key] for key in _PACED)
    if duration.lasts(repeat) < duration.lasts(interval):
        at = (*keys, "repeat" if "repeat" in own else "group_interval")
        message = f"`{dotted(keys)}` repeats after {repeat} but is checked only every {interval}"
        reporter.at(at, REPEAT_TOO_SOON, message, hint=f"repeat after {interval} or more, or shorten `group_interval`")


def _check_retention(keys: Keys, level: Map, retention: str, reporter: ValueReporter) -> None:
    repeat = _paced(level).get("repeat")
    if repeat and duration.lasts(repeat) > duration.lasts(retention):
        message = f"`{dotted((*keys, 'repeat'))}` is {repeat} but Alertmanager remembers only for {retention}"
        hint = f"repeat after {retention} at most, or let the platform set a longer retention"
        reporter.at((*keys, "repeat"), REPEAT_TOO_LATE, message, hint=hint)
