"""Finds routes and vendors' rules for services, and routes for labels, that do not exist and are probably misspelt."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from itertools import chain
from typing import Final

from varve.language import matcher
from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.language.name import distance, nearest
from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.model.source import Keys, Map
from varve.model.unit import Resolved
from varve.resolve import notify, vendor
from varve.resolve.reporting import ValueReporter

MISTYPED_SERVICE = Rule(
    "check/mistyped-service",
    "Route or vendor's rule has a service whose name is probably misspelt",
    "Alerts carry the name of their service in the label `service`. A vendor's rules may use services that the "
    "tenant does not have, so only a name that is nearly one of the tenant's is warned about, and one like `a|b`, "
    "which means `a` or `b` only with `=~`. Such a route receives nothing, and the alerts it is meant for go to the "
    "next. A rule of such a service is taken by no route for the one that is meant, and takes no part in its "
    "inhibitions.",
    Severity.WARNING,
)
MISTYPED_LABEL = Rule(
    "check/mistyped-label",
    "Route uses a label whose name is probably misspelt",
    "An alert has the labels that varve writes, those of its rule, and those of its series, so any name is possible. "
    "A name that is one letter away from `alertname`, `service`, `severity` or `escalates` is most often a "
    "misspelling; a label that no alert has is empty: the route receives nothing, and grouping by it has no effect.",
    Severity.WARNING,
)

_WRITTEN: Final = ("alertname", "escalates", "service", "severity")
_NAMES: Final = re.compile(r"[a-z0-9|-]+")


def check(unit: Resolved, report: Report) -> None:
    """Report each service in a `match`, and each label in a `match` or a `group_by`, that seems to be misspelt.

    If there are other errors, nothing is checked.
    """
    if report.broken:
        return
    reporter, services = ValueReporter(unit.stack, report), notify.maps(unit.value, "services")
    labels = {*_labels(unit.value)}
    _check_vendors(unit, services, report)
    for keys, each in _matchers(unit.value):
        for name in _service_names(each) if each.name == "service" else ():
            if name not in services and (hint := _hint(each, name, services)):
                reporter.at(keys, MISTYPED_SERVICE, f"there is no service `{name}`", hint=hint)
    matched = ((keys, each.name) for keys, each in _matchers(unit.value))
    for keys, name in chain(matched, _grouped(unit.value)):
        if name not in {*_WRITTEN, *labels} and (label := _misspelt(name)):
            reporter.at(keys, MISTYPED_LABEL, f"varve writes no label `{name}`", hint=f"did you mean `{label}`?")


def _check_vendors(unit: Resolved, services: Collection[str], report: Report) -> None:
    """Report each rule and each group of a vendor that sets a label `service` which seems to be misspelt."""
    meant = cache(lambda name: None if name in services else nearest(name, services))
    for document in unit.vendor.values():
        for at, each in chain(vendor.groups(document), vendor.rules(document)):
            name = str(notify.maps(each, "labels").get("service", ""))
            if similar := meant(name):
                place = Place(document.path, (*at, "labels", "service"))
                report.add(MISTYPED_SERVICE, f"there is no service `{name}`", place, hint=f"did you mean `{similar}`?")


def _matchers(value: Map) -> Iterator[tuple[Keys, Matcher]]:
    for name, route in notify.maps(notify.notify(value), "routes").items():
        at: Keys = ("notify", "routes", name, "match")
        for index, text in enumerate(notify.texts(route, "match")):
            parsed = matcher.read(text)
            for each in () if isinstance(parsed, Fault) else parsed:
                yield at if isinstance(route["match"], str) else (*at, index), each


def _grouped(value: Map) -> Iterator[tuple[Keys, str]]:
    """The labels in each `group_by`, of `notify` and of its routes."""
    notifications = notify.notify(value)
    routes = ((("notify", "routes", name), route) for name, route in notify.maps(notifications, "routes").items())
    for at, settings in chain(((("notify",), notifications),), routes):
        for index, name in enumerate(notify.texts(settings, "group_by")):
            yield (*at, "group_by", index), name


def _service_names(selector: Matcher) -> list[str]:
    """The services in a matcher; in a regular expression, its alternatives."""
    if selector.op in ("=", "!="):
        return [selector.value] if selector.value else []
    return [name for name in selector.value.split("|") if name] if _NAMES.fullmatch(selector.value) else []


def _hint(selector: Matcher, name: str, services: Collection[str]) -> str:
    """The hint for a name that is not one of the services: the one that was probably meant, or several; else empty."""
    if meant := nearest(name, services):
        return f"did you mean `{meant}`?"
    if any(each in services or nearest(each, services) for each in name.split("|")):
        operator = "=~" if selector.op == "=" else "!~"
        return f'write `service{operator}"{name}"` for any of several services'
    return ""


def _misspelt(name: str) -> str | None:
    return next((each for each in _WRITTEN if distance(name, each, 1) is not None), None)


def _labels(value: Map) -> Iterator[str]:
    """The names of the labels that a tenant sets itself."""
    yield from notify.maps(value, "labels")
    for service in notify.maps(value, "services").values():
        yield from notify.maps(service, "labels")
        for kind in ("alerts", "scrape"):
            for each in notify.maps(service, kind).values():
                yield from notify.maps(each, "labels")
