"""Checks that the limits of a scrape are within the quota, and high enough for the labels that every series has."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from varve.language.name import dotted
from varve.model.diagnostic import Note, Report, Rule
from varve.model.source import Keys, Map
from varve.model.unit import Resolved
from varve.resolve import notify
from varve.resolve.history import origin
from varve.resolve.limit import granted, limits
from varve.resolve.reporting import ValueReporter

OVER_LIMIT = Rule(
    "check/over-limit",
    "Scrape limit exceeds the quota",
    "`quotas.sample_limit` and its like are the most that one scrape of the tenant may add to a Prometheus that "
    "others share. A scrape may set less, and gets the quota if it sets nothing. Write the quota or less, or ask the "
    "platform to grant more in `environments/tenants/`.",
)
NARROW_LIMIT = Rule(
    "check/narrow-limit",
    "Scrape limit is too low",
    "Prometheus fails a whole scrape when one of its samples has too many labels, or labels that are too long, and "
    "all targets of a job when there are too many. Here the labels and targets that varve and the job itself write "
    "already exceed the limit, so the scrape would always fail. Raise the limit, or shorten them.",
)

_WRITTEN: Final = ("__name__", "component", "instance", "job", "tenant")
"""The labels that every scraped series has."""

_PROBE: Final = "probe"


class _Job(NamedTuple):
    """A scrape or a probe: its path and value, its targets, and the labels of its series."""

    at: Keys
    settings: Map
    targets: tuple[str, ...]
    labels: Mapping[str, str]


def check(unit: Resolved, report: Report) -> None:
    """Report each limit of a scrape that exceeds the quota, or that every sample of the scrape would exceed."""
    quotas, reporter = granted(unit.value), ValueReporter(unit.stack, report)
    for job in _jobs(unit):
        for name, quota in quotas.items():
            if cast("int", job.settings.get(name, quota)) > quota:
                place, _ = origin(unit.stack, ("quotas", name))
                note = Note("the quota is set here", place._replace(on="value"))
                message = f"`{dotted((*job.at, name))}` is {job.settings[name]:,} but the quota is {quota:,}"
                reporter.at((*job.at, name), OVER_LIMIT, message, note, hint=f"write {quota} or less, or remove it")
        needs = _needed(job)
        for name, limit in limits(unit.value, job.settings).items():
            if limit < needs.get(name, (0, ""))[0]:
                _report_narrow(job, name, limit, needs[name], reporter)


def _report_narrow(job: _Job, name: str, limit: int, needed: tuple[int, str], reporter: ValueReporter) -> None:
    number, what = needed
    at: Keys = (*job.at, name) if name in job.settings else ("quotas", name)
    message = f"`{dotted(at)}` is {limit:,} but `{dotted(job.at)}` has {what}"
    reporter.at(at, NARROW_LIMIT, message, hint=f"write {number} or more")


def _needed(job: _Job) -> Mapping[str, tuple[int, str]]:
    """The minimum of each limit, and a phrase for what needs it."""
    name, text = max(job.labels, key=_size), max(job.labels.values(), key=_size)
    targets, labels = len(job.targets), len(job.labels)
    return {
        "target_limit": (targets, f"{targets} targets"),
        "label_limit": (labels, f"{labels} labels on every sample"),
        "label_name_length_limit": (_size(name), f"the label `{name}`, of {_size(name)} bytes"),
        "label_value_length_limit": (_size(text), f"a label of {_size(text)} bytes"),
    }


def _size(text: str) -> int:
    return len(text.encode())


def _jobs(unit: Resolved) -> Iterator[_Job]:
    common = dict.fromkeys(_WRITTEN, "") | {"tenant": unit.unit.tenant}
    for service, settings in notify.maps(unit.value, "services").items():
        for name, each in notify.maps(settings, "scrape").items():
            targets = tuple(cast("list[str]", each.get("targets") or []))
            written = {"job": service, "component": name, "instance": max(targets, key=_size, default="")}
            labels = cast("dict[str, str]", each.get("labels") or {})
            yield _Job(("services", service, "scrape", name), each, targets, {**common, **labels, **written})
        for name, each in notify.maps(settings, "probes").items():
            url = cast("dict[str, str]", each["http"])["url"]
            written = {"job": service, "component": _PROBE, "instance": url, _PROBE: name}
            yield _Job(("services", service, "probes", name), {}, (url,), {**common, **written})
