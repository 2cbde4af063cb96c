"""Logins that Prometheus refuses although each of their fields is valid: it would load no tenant's jobs then."""

from collections.abc import Iterator
from typing import Final, cast

from varve.emit.kit import Task
from varve.model.diagnostic import Note, Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Environment
from varve.resolve import discovery
from varve.resolve.history import origin
from varve.resolve.reporting import ValueReporter

BAD_LOGIN = Rule(
    "emit/bad-login",
    "Login would be refused by Prometheus",
    "There is one way to log in to a target or a remote write: `basic_auth`, or `authorization` with a type other "
    "than Basic. Prometheus refuses a whole configuration, with the jobs of every tenant in it, if one login is set "
    "in any other way. Keep the one that the other side expects.",
)

_BASIC: Final = "basic"


def check(task: Task) -> None:
    """Report the logins of a unit's jobs that Prometheus would refuse."""
    for keys, job in _jobs(task.unit.value):
        _check(ValueReporter(task.unit.stack, task.report), keys, job)


def check_platform(environment: Environment, report: Report) -> None:
    """Report the logins in an environment's platform map that Prometheus would refuse."""
    for name, each in cast("dict[str, Map]", environment.platform.get("remote_write", {})).items():
        _check(ValueReporter(environment.stack, report), ("platform", "remote_write", name), each)
    if http := cast("Map | None", discovery.settings(environment).get("http")):
        _check(ValueReporter(environment.stack, report), ("platform", "discovery", "http"), http)


def _jobs(value: Map) -> Iterator[tuple[Keys, Map]]:
    for service, each in cast("dict[str, dict[str, dict[str, Map]]]", value["services"]).items():
        for name, scrape in each.get("scrape", {}).items():
            yield ("services", service, "scrape", name), scrape


def _check(reporter: ValueReporter, keys: Keys, settings: Map) -> None:
    kind = cast("dict[str, str]", settings.get("authorization", {})).get("type", "")
    if "basic_auth" in settings and "authorization" in settings:
        other, _ = origin(reporter.stack, (*keys, "basic_auth"))
        message = "`basic_auth` and `authorization` are both set but only one is allowed"
        note = Note("the other way", other)
        reporter.at((*keys, "authorization"), BAD_LOGIN, message, note, hint="keep one of them")
    elif kind.lower() == _BASIC:
        hint = "use `basic_auth` with its `username` and `password`"
        reporter.at(
            (*keys, "authorization", "type"),
            BAD_LOGIN,
            f"`{kind}` is not allowed as the type of `authorization`",
            hint=hint,
        )
