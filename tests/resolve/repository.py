"""Small repositories in memory, with the usual layers."""

from collections.abc import Mapping

from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.settings import LayerSettings, Settings
from varve.model.snapshot import Entry, Snapshot
from varve.read.reading import Reading, reading
from varve.resolve.stack import stack

LAYERS = (
    LayerSettings("defaults", 0, "platform", "environments/defaults", optional=True),
    LayerSettings("tier", 10, "platform", "environments/tiers/%{tenant.tier}"),
    LayerSettings("environment", 30, "platform", "environments/%{environment}", optional=True),
    LayerSettings("tenant", 40, "tenant", "tenants/%{tenant.id}/tenant"),
    LayerSettings("services", 50, "tenant", "tenants/%{tenant.id}/services/*", "services.%{file.stem}", optional=True),
    LayerSettings("grants", 70, "platform", "environments/tenants/%{tenant.id}", optional=True),
)
SETTINGS = Settings(("staging", "production"), LAYERS, {"REGION_HINT": "none"})
TENANT = {"tenants/acme/tenant.yaml": "locale: fr_FR", "environments/tiers/gold.yaml": "labels: {tier: gold}"}
FACTS = {"environment": ("production",), "tenant.id": ("acme",), "tenant.tier": ("gold",)}


def read(files: Mapping[str, str], report: Report) -> Reading:
    """A reading of `files`, in the order of their paths."""
    data = {path: files[path].encode() for path in sorted(files)}
    entries = {path: Entry(identify(each), "100644") for path, each in data.items()}
    return reading(Snapshot(entries, {entries[path].id: each for path, each in data.items()}), report)


def stacked(
    files: Mapping[str, str], settings: Settings = SETTINGS, facts: Mapping[str, tuple[str, ...]] = FACTS
) -> tuple[Stack, Report]:
    """The stack that a tenant's files and the usual ones make, and what was reported on the way."""
    report = Report()
    return stack(settings, facts, read({**TENANT, **files}, report), report), report
