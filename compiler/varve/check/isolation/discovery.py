"""Checks that discovered targets have a source, set by the platform, outside the secrets folder."""

from posixpath import normpath
from typing import Final

from varve.model.diagnostic import Report, Rule
from varve.model.source import Value
from varve.model.unit import Environment, Resolved
from varve.resolve import notify
from varve.resolve.discovery import is_discovered, settings
from varve.resolve.reporting import ValueReporter

NO_DISCOVERY = Rule(
    "check/no-discovery",
    "Discovered targets have no source",
    "A scrape with `discovered: true` finds its targets in files that the platform writes, or by asking one of its "
    "servers. The platform sets which under `platform.discovery`, the same for every tenant, because whoever chooses "
    "it chooses where Prometheus connects. Without it the scrape would find nothing.",
)
SECRET_TARGETS = Rule(
    "check/secret-targets",
    "Discovery folder contains secrets",
    "The secrets folder holds the secrets of tenants, under names that they choose. One of them could be a file in "
    "which targets are looked up, and a tenant could use it to choose where Prometheus connects. Let discovery write "
    "to a folder of its own.",
)

_FOLDER: Final = ("platform", "discovery", "files", "folder")


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report each scrape of a unit that discovers targets if the platform has not configured discovery."""
    if settings(environment):
        return
    reporter = ValueReporter(unit.stack, report)
    for service, each in notify.maps(unit.value, "services").items():
        for name, scrape in notify.maps(each, "scrape").items():
            if is_discovered(scrape):
                message = f"`{environment.name}` has no discovery of targets"
                hint = "name them under `targets`, or let the platform set `platform.discovery`"
                reporter.at(("services", service, "scrape", name, "discovered"), NO_DISCOVERY, message, hint=hint)


def check_platform(environment: Environment, report: Report) -> None:
    """Report a discovery folder that is inside the secrets folder, or contains it."""
    folder = notify.maps(settings(environment), "files").get("folder")
    root = notify.maps(environment.platform, "secrets").get("root")
    if folder and root and all(one == other for one, other in zip(_steps(folder), _steps(root), strict=False)):
        message = f"`{folder}` overlaps the secrets folder `{root}`"
        ValueReporter(environment.stack, report).at(_FOLDER, SECRET_TARGETS, message, hint="use a separate folder")


def _steps(folder: Value) -> list[str]:
    return [step for step in normpath(str(folder)).split("/") if step]
