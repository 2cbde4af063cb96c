"""A service's scrape file: its jobs and its probes, each of which sets the label `tenant` last."""

from collections.abc import Iterator
from typing import Final, cast

from varve.emit.kit import Task
from varve.emit.prometheus.field import JOB_SHAPE, SCRAPE
from varve.emit.shape import checked
from varve.model.source import Map, Value
from varve.resolve.discovery import discovery, is_discovered
from varve.resolve.limit import LIMITS, bounds, limits
from varve.resolve.platform import credentials

_SCRAPE: Final = "templates/prometheus/scrape.yaml.j2"
_PROBE: Final = "templates/prometheus/probe.yaml.j2"
_SAMPLE_RELABELLING: Final = "metric_relabel_configs"
PROBE_COMPONENT: Final = "probe"


def jobs(task: Task, service: str) -> list[Value]:
    """The scrape jobs of a service, its probes last."""
    return list(_scrapes(task, service)) + list(_probes(task, service))


def _scrapes(task: Task, service: str) -> Iterator[Value]:
    value = cast("dict[str, dict[str, dict[str, Map]]]", task.unit.value["services"])[service]
    for name, scrape in value.get("scrape", {}).items():
        login = credentials(task.environment, f"tenants/{task.unit.unit.tenant}", scrape)
        job = {"name": name, **scrape, **login, **limits(task.unit.value, scrape)}
        source = (_SCRAPE, name, name)
        yield from _job(task, ("services", service, "scrape", name), source, {"job": job})


def _probes(task: Task, service: str) -> Iterator[Value]:
    value = cast("dict[str, dict[str, dict[str, dict[str, Map]]]]", task.unit.value["services"])[service]
    for name, each in value.get("probes", {}).items():
        variables: Map = {
            "probe": {"module": "http_2xx", "name": name, **each["http"]},
            "blackbox": task.environment.platform["blackbox"],
        }
        source = (_PROBE, PROBE_COMPONENT, f"{PROBE_COMPONENT}/{name}")
        yield from _job(task, ("services", service, "probes", name), source, variables)


def _job(task: Task, keys: tuple[str, ...], source: tuple[str, str, str], variables: Map) -> Iterator[Value]:
    """One job, with the fields that no template may change.

    `keys` are the keys of the scrape or probe in the unit; `source` is its template, its component and its name in the
    service.
    """
    template, component, name = source
    service = keys[1]
    context: Map = {
        "tenant": task.unit.value["tenant"],
        "environment": task.unit.unit.environment,
        "service": {"id": service},
        **variables,
    }
    job = checked(task.render_anew(template, context, SCRAPE, keys), JOB_SHAPE, template, task.report)
    if job:
        full_name, scrape = f"{task.unit.unit.tenant}/{service}/{name}", cast("Map", variables.get("job") or {})
        identity = _identity(task, service, component)
        steps = {each: [*_steps(job, each), *identity] for each in _relabelling_fields(job)}
        bounded = limits(task.unit.value, {**_template_limits(job), "discovered": is_discovered(scrape)})
        fixed: Map = {each: bounded[each] for each in bounds(task.unit.value, scrape)}
        if is_discovered(scrape):
            fixed |= discovery(task.environment, full_name)
            steps["relabel_configs"] = _labels(scrape) + steps["relabel_configs"]
        yield {**job, "job_name": full_name, "honor_labels": False, **fixed, **steps}


def _labels(scrape: Map) -> list[Value]:
    """The labels of a job with discovered targets, to which no static ones apply; a single `$` would be a capture."""
    labels = cast("dict[str, str]", scrape.get("labels") or {})
    return [{"target_label": label, "replacement": text.replace("$", "$$")} for label, text in labels.items()]


def _template_limits(job: Map) -> Map:
    """The limits in a template's output, `2.0` counting as 2; anything but a whole number above zero is no limit."""
    numbers = {name: each for name in LIMITS if type(each := job.get(name)) in (int, float)}
    return {name: int(each) for name, each in cast("dict[str, float]", numbers).items() if each > 0 and each % 1 == 0}


def _relabelling_fields(job: Map) -> Iterator[str]:
    """The relabelling lists that end with the identity: that of targets, and that of samples if there is one."""
    yield "relabel_configs"
    if job.get(_SAMPLE_RELABELLING):
        yield _SAMPLE_RELABELLING


def _steps(job: Map, steps: str) -> list[Value]:
    return cast("list[Value]", job.get(steps) or [])


def _identity(task: Task, service: str, component: str) -> list[Value]:
    labels = {"job": service, "component": component, "tenant": task.unit.unit.tenant}
    return [{"target_label": label, "replacement": value} for label, value in labels.items()]
