"""The target Prometheus: rule files, scrape files, and the unit tests of the rules."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from varve.emit.kit import Task
from varve.emit.prometheus import (
    boolean,
    bound,
    empty,
    job,
    login,
    overwritten,
    replica,
    reserved,
    rules,
    scrape,
    staleness,
    unscoped,
    volatile,
)
from varve.emit.prometheus.file import TENANT_FILE, files
from varve.emit.prometheus.gate import gate
from varve.language import canonical
from varve.model.artifact import Artifact

if TYPE_CHECKING:
    from varve.emit.prometheus.staleness import Pace
    from varve.model.source import Map, Value


def emit(task: Task) -> Iterator[Artifact]:
    """The artifacts of a unit for Prometheus.

    Reports fields and functions that the environment's Prometheus does not have, queries that cannot be scoped to the
    tenant, bounds of histograms that are stored otherwise, misspelt jobs, rules that overwrite labels by which they
    group, alerts that fire for any value because of `bool`, texts that print labels which are always empty,
    labels that print values, logins that Prometheus refuses, rules that use the replica label, reserved names of
    recordings, alerts that are forgotten before they escalate, and mistakes in templates.
    """
    gate(task)
    unscoped.check(task)
    bound.check(task)
    job.check(task)
    overwritten.check(task)
    boolean.check(task)
    empty.check(task)
    volatile.check(task)
    login.check(task)
    replica.check(task)
    packs: dict[str, str] = {}
    paces: list[Pace] = []
    for service in ("", *cast("Map", task.unit.value["services"])):
        service_files = files(task, service)
        packs.update(service_files.packs)
        paces += service_files.paces
        for folder, encoded in (("rules", service_files.rules), ("tests", service_files.tests)):
            if encoded:
                yield task.artifact(f"{folder}/{service or TENANT_FILE}.yaml", encoded)
        if service and (jobs := scrape.jobs(task, service)):
            yield task.artifact(f"scrape/{service}.yaml", canonical.encoded_yaml({"scrape_configs": jobs}))
    for name, document in task.unit.vendor.items():
        groups = rules.of_vendor(task, name, document.value or {})
        yield task.artifact(f"rules/raw/{name}.yaml", canonical.encoded_yaml({"groups": cast("list[Value]", groups)}))
    reserved.check(task, packs)
    staleness.check(task, paces)
