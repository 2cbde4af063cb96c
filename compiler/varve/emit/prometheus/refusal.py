"""What Prometheus refuses although each field by itself is sound: it would load no job of anybody then."""

from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from varve.emit.kit import Task
from varve.language import duration
from varve.model.diagnostic import Note, Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map
from varve.model.unit import Environment
from varve.resolve.history import origin

REFUSED = Rule(
    "emit/prometheus-refuses",
    "Fields that Prometheus refuses together",
    "Each of these fields is sound by itself, and together they are not: a scrape may not take longer than the "
    "interval between two of them, and there is one way to log in. Prometheus would refuse the whole configuration "
    "for it, with the jobs of every tenant, so varve refuses it first.",
)

_PLATFORM: Final[Keys] = ("platform", "prometheus")
_BASIC: Final = "basic"


class _Saying(NamedTuple):
    stack: Stack
    report: Report

    def refuse(self, message: str, keys: Keys, *notes: Note, hint: str) -> None:
        place, contributed = origin(self.stack, keys)
        self.report.say(REFUSED, message, place, *notes, *contributed, hint=hint)


def refuse(task: Task) -> None:
    """Report what Prometheus would refuse of a unit's jobs and probes."""
    say = _Saying(task.unit.stack, task.report)
    for keys, job in _jobs(task.unit.value):
        _refuse_login(say, keys, job)
        if "timeout" in job:
            at, said = ((*keys, "interval"), job) if "interval" in job else ((*_PLATFORM, "scrape_interval"), None)
            interval = said["interval"] if said else _globals(task.environment)["scrape_interval"]
            stack = task.unit.stack if said else task.environment.stack
            note = Note(f"the interval is `{interval}`", origin(stack, at)[0])
            _refuse_timing(say, (*keys, "timeout"), (str(job["timeout"]), str(interval)), note)


def refuse_platform(environment: Environment, report: Report) -> None:
    """Report what Prometheus would refuse of an environment's own settings."""
    say = _Saying(environment.stack, report)
    said = _globals(environment)
    if "scrape_timeout" in said:
        note = Note(
            f"the interval is `{said['scrape_interval']}`", origin(say.stack, (*_PLATFORM, "scrape_interval"))[0]
        )
        _refuse_timing(say, (*_PLATFORM, "scrape_timeout"), (said["scrape_timeout"], said["scrape_interval"]), note)
    for name, each in cast("dict[str, Map]", environment.platform.get("remote_write", {})).items():
        _refuse_login(say, ("platform", "remote_write", name), each)


def _globals(environment: Environment) -> dict[str, str]:
    return cast("dict[str, dict[str, str]]", environment.platform)["prometheus"]


def _jobs(value: Map) -> Iterator[tuple[Keys, Map]]:
    for service, each in cast("dict[str, dict[str, dict[str, Map]]]", value["services"]).items():
        for name, scrape in each.get("scrape", {}).items():
            yield ("services", service, "scrape", name), scrape
        for name, probe in each.get("probes", {}).items():
            yield ("services", service, "probes", name, "http"), cast("Map", probe["http"])


def _refuse_timing(say: _Saying, keys: Keys, said: tuple[str, str], note: Note) -> None:
    timeout, interval = map(duration.milliseconds, said)
    if timeout is not None and interval is not None and timeout > interval:
        message = f"a scrape may take `{said[0]}`, longer than the interval of `{said[1]}`"
        say.refuse(message, keys, note, hint="shorten the timeout, or scrape less often")


def _refuse_login(say: _Saying, keys: Keys, said: Map) -> None:
    login = cast("dict[str, str]", said.get("authorization", {}))
    if "basic_auth" in said and "authorization" in said:
        place, _ = origin(say.stack, (*keys, "basic_auth"))
        note = Note("the other one", place)
        say.refuse("two ways to log in are said", (*keys, "authorization"), note, hint="keep one of them")
    elif login.get("type", "").lower() == _BASIC:
        hint = "use `basic_auth` with its `username` and `password`"
        say.refuse(f"`{login['type']}` is no type of `authorization`", (*keys, "authorization", "type"), hint=hint)
