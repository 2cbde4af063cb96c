"""Receivers that the environment's Alertmanager does not support, or whose secrets it cannot read from files."""

from collections.abc import Iterator
from typing import Final

from varve.emit.alertmanager import cloud
from varve.emit.alertmanager.field import TABLE, Row, since
from varve.emit.kit import Task
from varve.model.diagnostic import Report, Rule
from varve.model.source import Map
from varve.model.unit import Environment
from varve.resolve import notify
from varve.resolve.notify import Channel
from varve.resolve.platform import version
from varve.resolve.reporting import ValueReporter

NEEDS_NEWER = Rule(
    "emit/receiver-needs-newer",
    "Receiver needs a newer Alertmanager",
    "`platform.targets.alertmanager.version` sets what the environment runs. An older server refuses its whole "
    "configuration, with the routes of every tenant, because of one unknown field. Leave it out there, with an "
    "overlay for the environment, or raise the version once the server is upgraded.",
)
SECRET_WITHOUT_FILE = Rule(
    "emit/secret-without-file",
    "Alertmanager cannot read this secret from a file",
    "Artifacts are committed, so they never hold a secret: they name the file in which the server finds it. This "
    "version of Alertmanager cannot read the secret of this receiver from a file. Notify people in another way "
    "there, or raise `platform.targets.alertmanager.version` once the server is upgraded.",
)

_RAISE: Final = "or raise `platform.targets.alertmanager.version`"


def check(task: Task) -> None:
    """Report what the channels of a unit need and the environment's Alertmanager does not have."""
    reporter = ValueReporter(task.unit.stack, task.report)
    for channel in notify.channels(task.unit.value):
        _check(channel, task.environment, reporter)


def check_platform(environment: Environment, report: Report) -> None:
    """Report what the platform's receiver and heartbeat need and the environment's Alertmanager does not have."""
    reporter = ValueReporter(environment.stack, report)
    if receiver := notify.maps(environment.platform, "receiver"):
        _check(notify.channel(("platform", "receiver"), {**receiver}), environment, reporter)
    if "heartbeat" in environment.platform:
        _check_heartbeat(environment, reporter)


def _check(channel: Channel, environment: Environment, reporter: ValueReporter) -> None:
    running, name = version(environment, "alertmanager"), environment.name
    if channel.kind == "jira":
        _check_cloud(channel, environment, reporter)
    for row in _used_rows(channel.kind, channel.settings):
        if running is not None and running < row.since:
            what = f"`{row.field}` of `{row.kind}`" if row.field else f"`{row.kind}`"
            hint = f"{row.instead}, {_RAISE} to {row.since}"
            keys = (*channel.keys, row.field) if row.field else channel.keys
            if row.secret:
                message = f"Alertmanager {running}, which `{name}` runs, cannot read {what} from a file"
                reporter.at(keys, SECRET_WITHOUT_FILE, message, hint=hint)
            else:
                message = f"{what} needs Alertmanager {row.since} but `{name}` runs {running}"
                reporter.at(keys, NEEDS_NEWER, message, hint=hint, on="value" if row.field else "key")


def _check_cloud(channel: Channel, environment: Environment, reporter: ValueReporter) -> None:
    """Jira Cloud removed the search that older versions of Alertmanager use before they create an issue."""
    running, needed = version(environment, "alertmanager"), cloud.since(str(channel.settings["api_url"]))
    if running is not None and needed is not None and running < needed:
        message = f"Jira Cloud needs Alertmanager {needed} but `{environment.name}` runs {running}"
        hint = f"use another kind of receiver, {_RAISE} to {needed}"
        reporter.at((*channel.keys, "api_url"), NEEDS_NEWER, message, hint=hint)


def _check_heartbeat(environment: Environment, reporter: ValueReporter) -> None:
    running, needed = version(environment, "alertmanager"), since("webhook", "url")
    if running is not None and running < needed:
        message = (
            f"Alertmanager {running}, which `{environment.name}` runs, "
            "cannot read the address of a heartbeat from a file"
        )
        hint = f"remove `heartbeat`, {_RAISE} to {needed}"
        reporter.at(("platform", "heartbeat", "url"), SECRET_WITHOUT_FILE, message, hint=hint)


def _used_rows(kind: str, settings: Map) -> Iterator[Row]:
    return (row for row in TABLE if row.kind == kind and (not row.field or settings.get(row.field)))
