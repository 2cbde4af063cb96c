"""Recordings of tenants whose names belong to packs, to varve or to Prometheus itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast

from varve.emit.kit import Task
from varve.model.diagnostic import Place, Rule
from varve.model.source import Map
from varve.resolve import vendor
from varve.resolve.reporting import ValueReporter

TAKEN_NAME = Rule(
    "emit/taken-name",
    "Recording name is reserved",
    "The alerts of a pack read the recordings of that pack, and dashboards and quotas read what Prometheus and varve "
    "write themselves: `up`, `ALERTS`, and everything that begins with `scrape_` or `varve_`. A second recording of "
    "such a name, the tenant's own or a vendor's, would be mistaken for the first. Give it another name.",
)

_RESERVED: Final = ("varve_", "scrape_")
_WRITTEN: Final = frozenset({"up", "ALERTS", "ALERTS_FOR_STATE"})


def pack_recordings(groups: Iterable[Map]) -> Iterator[tuple[str, str]]:
    """The names of the recordings that packs make, each with its pack, which is the third part of its group's name."""
    for group in groups:
        tenant_service, _, pack = cast("str", group["name"]).rpartition("/")
        if "/" in tenant_service:
            rules = cast("list[Map]", group["rules"])
            yield from ((cast("str", rule["record"]), pack) for rule in rules if "record" in rule)


def check(task: Task, packs: Mapping[str, str]) -> None:
    """Report recordings of a unit and its vendors with reserved names; `packs` maps the names that its packs record."""
    reporter = ValueReporter(task.unit.stack, task.report)
    for service, value in cast("dict[str, dict[str, Map]]", task.unit.value["services"]).items():
        for name in value.get("records", {}):
            if owner := _owner(name, packs):
                at = ("services", service, "records", name)
                reporter.at(at, TAKEN_NAME, f"`{name}` is a name of {owner}", hint="give it another name", on="key")
    for document in task.unit.vendor.values():
        for keys, rule in vendor.rules(document):
            if owner := _owner(str(rule.get("record", "")), packs):
                message = f"`{rule['record']}` is a name of {owner}"
                task.report.add(
                    TAKEN_NAME, message, Place(document.path, (*keys, "record")), hint="give it another name"
                )


def _owner(name: str, packs: Mapping[str, str]) -> str | None:
    if name in _WRITTEN or name.startswith(_RESERVED):
        return "varve's own" if name.startswith("varve_") else "Prometheus itself"
    return f"the pack `{packs[name]}`" if name in packs else None
