"""Whether a unit's dashboards can be shown: there must be a Grafana, and a data source for the tenant alone."""

from collections.abc import Iterable, Mapping
from typing import Final, cast

from varve.language.grafana.dashboard import filled
from varve.language.grafana.title import service_title
from varve.model.diagnostic import Note, Place, Report, Rule, Severity
from varve.model.source import Map
from varve.model.unit import Environment, Resolved
from varve.resolve.platform import strict
from varve.resolve.reporting import ValueReporter

NO_GRAFANA = Rule(
    "check/no-grafana",
    "Grafana target is not configured",
    "`platform.grafana` sets where people open Grafana, in which folder it finds dashboards, and where it reads "
    "series. Without these settings nothing can be provisioned.",
)
IDLE_HEADER = Rule(
    "check/idle-header",
    "Data source header cannot name a tenant",
    "Tenants with `logical` isolation share one data source, so its header cannot name one of them. Remove it; "
    "tenants that are told apart by a header have `partial` isolation.",
)
NO_HEADER = Rule(
    "check/no-tenant-header",
    "Partial tenant has no data source of its own",
    "A tenant with `partial` isolation is told apart by a header that its data source sends. The platform sets `url` "
    "and `header` under `platform.grafana.datasources.partial`. Without the header the data source would show "
    "everybody's series.",
)
NO_ORGANISATION = Rule(
    "check/no-organisation",
    "Strict tenant has no Grafana organisation of its own",
    "A tenant with `strict` isolation has its own organisation in Grafana and its own Prometheus. The platform sets "
    "both under `platform.strict.<tenant>`: `grafana_org` and `prometheus_url`.",
)
SHARED_ORGANISATION = Rule(
    "check/shared-organisation",
    "Two strict tenants share a Grafana organisation",
    "All members of an organisation see its data sources, so each strict tenant needs an organisation of its own. Give "
    "one of them another id.",
)
REPEATED_TITLE = Rule(
    "check/repeated-title",
    "Dashboard title is used twice",
    "All dashboards of a tenant are in one folder, where Grafana requires different titles, and shows one of the two "
    "at random. The titles of varve's own dashboards are the tenant's name, and that name followed by a service.",
)

UNBUILT_DASHBOARD = Rule(
    "check/unbuilt-dashboard",
    "No environment has a Grafana",
    "Dashboards are built in each environment whose `platform.targets.grafana` sets a version. If no environment has "
    "one, a tenant's dashboards are built nowhere.",
    Severity.WARNING,
)

_STRICT: Final = ("grafana_org", "prometheus_url")


def check_platform(environment: Environment, report: Report) -> None:
    """Report a Grafana target without settings, a header that names no tenant, and shared organisations."""
    reporter = ValueReporter(environment.stack, report)
    platform = cast("dict[str, Map]", environment.platform)
    if "grafana" not in platform["targets"]:
        return
    if "grafana" not in platform:
        message = f"`{environment.name}` has a Grafana target but `platform.grafana` is not set"
        hint = "set `platform.grafana`, or remove the target"
        reporter.at(("platform", "targets", "grafana"), NO_GRAFANA, message, hint=hint, on="key")
    elif "header" in cast("dict[str, Map]", platform["grafana"]["datasources"])["logical"]:
        keys = ("platform", "grafana", "datasources", "logical", "header")
        reporter.at(keys, IDLE_HEADER, "a shared data source cannot name a tenant", hint="remove the header")
    _check_organisations(cast("dict[str, Map]", platform.get("strict", {})), reporter)


def _check_organisations(tenants: Mapping[str, Map], reporter: ValueReporter) -> None:
    seen: dict[int, str] = {}
    for tenant, each in tenants.items():
        number = cast("int | None", each.get("grafana_org"))
        if number in seen:
            message = f"the organisation {number} also belongs to `{seen[number]}`"
            keys = ("platform", "strict", tenant, "grafana_org")
            reporter.at(keys, SHARED_ORGANISATION, message, hint="give each its own")
        elif number is not None:
            seen[number] = tenant


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report what prevents the dashboards of `unit` from being shown in `environment`."""
    for document in unit.dashboards.values():
        from varve.check.dashboard import granted

        granted.check(document, cast("Map", environment.platform.get("grafana", {})), report)
    if "grafana" not in cast("Map", environment.platform["targets"]):
        return
    _check_titles(unit, report)
    match cast("dict[str, str]", unit.value["tenant"])["isolation"]:
        case "partial":
            _check_partial(unit, environment, report)
        case "strict":
            _check_strict(unit, environment, report)


def check_built(environments: Iterable[Environment], dashboards: Iterable[str], report: Report) -> None:
    """Warn once of all tenants' dashboards, given by their paths, if none of the environments has a Grafana."""
    if any("grafana" in cast("Map", each.platform["targets"]) for each in environments):
        return
    paths = sorted(dashboards)
    if not paths:
        return
    first, *others = paths
    more = f", nor are {len(others)} more" if others[1:] else ", nor is one more" if others else ""
    hint = "let the platform set `platform.targets.grafana`, or remove the dashboards"
    report.add(UNBUILT_DASHBOARD, f"`{first}` is not built in any environment{more}", Place(first), hint=hint)


def _check_partial(unit: Resolved, environment: Environment, report: Report) -> None:
    grafana = cast("dict[str, dict[str, Map]]", environment.platform["grafana"])
    if "header" not in grafana["datasources"].get("partial", {}):
        message = f"`{environment.name}` has no data source that tells partial tenants apart"
        hint = "let the platform set `platform.grafana.datasources.partial` with its `header`"
        ValueReporter(unit.stack, report).at(("tenant", "isolation"), NO_HEADER, message, hint=hint)


def _check_strict(unit: Resolved, environment: Environment, report: Report) -> None:
    settings = strict(environment, unit.unit.tenant)
    missing = [f"`platform.strict.{unit.unit.tenant}.{key}`" for key in _STRICT if key not in settings]
    if missing:
        message = f"`{environment.name}` has no Grafana organisation for `{unit.unit.tenant}`"
        hint = f"let the platform set {' and '.join(missing)}"
        ValueReporter(unit.stack, report).at(("tenant", "isolation"), NO_ORGANISATION, message, hint=hint)


def _check_titles(unit: Resolved, report: Report) -> None:
    tenant = cast("dict[str, str]", unit.value["tenant"])["name"]
    generated = (tenant, *(service_title(tenant, each) for each in cast("Map", unit.value["services"])))
    seen: dict[str, Place | None] = {title.casefold(): None for title in generated}
    for document in unit.dashboards.values():
        title = cast("str", filled(document.value or {})["title"])
        place = Place(document.path, ("title",))
        if title.casefold() in seen:
            first = seen[title.casefold()]
            notes = (Note("the first of that title", first),) if first else ()
            report.add(
                REPEATED_TITLE, f"`{title}` is also the title of another dashboard", place, *notes, hint="rename it"
            )
        seen.setdefault(title.casefold(), place)
