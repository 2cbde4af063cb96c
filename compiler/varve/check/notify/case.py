"""Whether the tests of a tenant's routes are valid: their shape, and their environments and receivers exist."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import NamedTuple, cast

from varve.check.shape import schema
from varve.check.shape.locate import in_document
from varve.check.source.judged import Judged, judge
from varve.language.name import nearest
from varve.model.diagnostic import Place, Report, Rule
from varve.model.source import Document, Keys, Map
from varve.model.unit import Environment, Resolved
from varve.read.reading import Reading
from varve.resolve import notify

UNKNOWN_TESTED_ENVIRONMENT = Rule(
    "check/unknown-tested-environment",
    "Route test names an environment that is not built",
    "`environments` in `varve.yaml` lists the environments that are built. A case for any other would never run, and "
    "a route that it guards could break unnoticed.",
)
UNKNOWN_TESTED_RECEIVER = Rule(
    "check/unknown-tested-receiver",
    "Route test expects an unknown receiver",
    "A case names receivers as `notify.receivers` does, and `platform` for the platform's own, which receives what "
    "no route matches. A receiver that the unit does not have can never be notified.",
)
MUTED_WITHOUT_TIME = Rule(
    "check/muted-without-time",
    "Route test sets `muted` without `at`",
    "Who is muted depends on the time, and a case without `at` ignores the time: it expects all receivers that "
    "routes lead to. Set `at`, or remove `muted`.",
)


class Case(NamedTuple):
    """One case: its keys in the file, and its content."""

    at: Keys
    value: Map


def is_sound(document: Document, environments: Sequence[str], reading: Reading, judged: Judged) -> bool:
    """Whether the file can be run, checked once for all units; mistakes are reported to the reading's report."""
    return judge(document.path, reading, judged, partial(_is_sound, document, environments))


def check(unit: Resolved, file: str, cases: Iterable[Case], report: Report) -> None:
    """Report each receiver in a case that the unit does not have."""
    known = {*notify.maps(notify.notify(unit.value), "receivers"), notify.PLATFORM}
    for case in cases:
        for key in ("expect", "muted"):
            for number, name in enumerate(notify.texts(case.value, key)):
                if name not in known:
                    place = Place(file, (*case.at, key, number))
                    message = f"`{unit.unit.environment}` has no receiver `{name}`"
                    report.add(UNKNOWN_TESTED_RECEIVER, message, place, hint=_hint(name, known))


def cases(document: Document, environment: Environment) -> list[Case]:
    """The cases of a valid file for an environment: those that name it and, if it has routes, those that name none."""
    routes = "alertmanager" in cast("Map", environment.platform["targets"])
    listed = cast("list[Map]", cast("Map", document.value)["cases"])
    return [
        Case(("cases", index), case)
        for index, case in enumerate(listed)
        if (environment.name in notify.texts(case, "environments") if "environments" in case else routes)
    ]


def _is_sound(document: Document, environments: Sequence[str], report: Report) -> bool:
    before = len(report)
    if document.value is None:
        return False
    if schema.check("routes", document.value, in_document(document), report):
        for index, case in enumerate(cast("list[Map]", document.value["cases"])):
            _check_environments(document, index, case, environments, report)
            _check_time(document, index, case, report)
    return len(report) == before


def _check_environments(document: Document, index: int, case: Map, known: Sequence[str], report: Report) -> None:
    for number, name in enumerate(notify.texts(case, "environments")):
        if name not in known:
            keys: Keys = ("cases", index, "environments")
            place = Place(document.path, keys if isinstance(case["environments"], str) else (*keys, number))
            report.add(UNKNOWN_TESTED_ENVIRONMENT, f"there is no environment `{name}`", place, hint=_hint(name, known))


def _check_time(document: Document, index: int, case: Map, report: Report) -> None:
    if "muted" in case and "at" not in case:
        place = Place(document.path, ("cases", index, "muted"), "key")
        message = "`muted` is set but `at` is not"
        report.add(MUTED_WITHOUT_TIME, message, place, hint="set `at`, such as `2026-11-21T03:00`")


def _hint(name: str, known: Collection[str]) -> str:
    meant = nearest(name, known)
    return f"did you mean `{meant}`?" if meant else f"name one of {', '.join(sorted(known))}"
