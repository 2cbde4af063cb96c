"""Can a unit's dashboards be shown: is there a Grafana to show them, and a data source for the tenant alone."""

from collections.abc import Mapping
from typing import Final, cast

from varve.language.grafana.dashboard import filled
from varve.language.grafana.title import service_title
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.source import Map
from varve.model.unit import Environment, Resolved
from varve.resolve.platform import strict
from varve.resolve.saying import Saying

NO_GRAFANA = Rule(
    "check/no-grafana",
    "Grafana is a target, and nothing is known of it",
    "Under `platform.grafana` an environment says where people open it, in which folder it finds dashboards, and where "
    "it reads series. Without that nothing could be provisioned.",
)
IDLE_HEADER = Rule(
    "check/idle-header",
    "A header that could name no tenant",
    "Tenants of the isolation `logical` share one data source, so no header of it could name one of them. Take it out; "
    "tenants that are told apart by a header have the isolation `partial`.",
)
NO_HEADER = Rule(
    "check/no-tenant-header",
    "A data source of its own that would not be the tenant's own",
    "A tenant of the isolation `partial` is told apart by a header that its data source sends. The platform says where "
    "and which under `platform.grafana.datasources.partial`: `url` and `header`. Without the header the data source "
    "would show what belongs to everybody.",
)
NO_ORGANISATION = Rule(
    "check/no-organisation",
    "A strict tenant without a Grafana organisation of its own",
    "A tenant of the isolation `strict` has its own organisation in Grafana and its own Prometheus. The platform names "
    "both under `platform.strict.<tenant>`: `grafana_org` and `prometheus_url`.",
)
SHARED_ORGANISATION = Rule(
    "check/shared-organisation",
    "Two strict tenants in one Grafana organisation",
    "All members of an organisation see its data sources, so each strict tenant needs an organisation of its own. Give "
    "one of them another id.",
)
REPEATED_TITLE = Rule(
    "check/repeated-title",
    "Two dashboards of a tenant have the same title",
    "All dashboards of a tenant lie in one folder, where Grafana asks for different titles, and shows one of the two "
    "at random. The titles of varve's own dashboards are the tenant's name, and that name with a service behind it.",
)

_STRICT: Final = ("grafana_org", "prometheus_url")


def check_platform(environment: Environment, report: Report) -> None:
    """Report a Grafana of which nothing is known, a header for nobody, and organisations that are shared."""
    say = Saying(environment.stack, report)
    platform = cast("dict[str, Map]", environment.platform)
    if "grafana" not in platform["targets"]:
        return
    if "grafana" not in platform:
        message = f"`{environment.name}` has a Grafana, and `platform.grafana` is not said"
        hint = "say `platform.grafana`, or take the target out"
        say.at(("platform", "targets", "grafana"), NO_GRAFANA, message, hint=hint, on="key")
    elif "header" in cast("dict[str, Map]", platform["grafana"]["datasources"])["logical"]:
        keys = ("platform", "grafana", "datasources", "logical", "header")
        say.at(keys, IDLE_HEADER, "a data source that is shared names no tenant", hint="take the header out")
    _organisations(cast("dict[str, Map]", platform.get("strict", {})), say)


def _organisations(said: Mapping[str, Map], say: Saying) -> None:
    seen: dict[int, str] = {}
    for tenant, each in said.items():
        number = cast("int | None", each.get("grafana_org"))
        if number in seen:
            message = f"the organisation {number} is that of `{seen[number]}` too"
            keys = ("platform", "strict", tenant, "grafana_org")
            say.at(keys, SHARED_ORGANISATION, message, hint="give each its own")
        elif number is not None:
            seen[number] = tenant


def check(unit: Resolved, environment: Environment, report: Report) -> None:
    """Report what keeps the dashboards of `unit` from being shown in `environment`."""
    for document in unit.dashboards.values():
        from varve.check.dashboard import granted

        granted.check(document, cast("Map", environment.platform.get("grafana", {})), report)
    if "grafana" not in cast("Map", environment.platform["targets"]):
        return
    _titles(unit, report)
    match cast("dict[str, str]", unit.value["tenant"])["isolation"]:
        case "partial":
            _partial(unit, environment, report)
        case "strict":
            _strict(unit, environment, report)


def _partial(unit: Resolved, environment: Environment, report: Report) -> None:
    grafana = cast("dict[str, dict[str, Map]]", environment.platform["grafana"])
    if "header" not in grafana["datasources"].get("partial", {}):
        message = f"`{environment.name}` has no data source that tells partial tenants apart"
        hint = "let the platform say `platform.grafana.datasources.partial` with its `header`"
        Saying(unit.stack, report).at(("tenant", "isolation"), NO_HEADER, message, hint=hint)


def _strict(unit: Resolved, environment: Environment, report: Report) -> None:
    said = strict(environment, unit.unit.tenant)
    missing = [f"`platform.strict.{unit.unit.tenant}.{key}`" for key in _STRICT if key not in said]
    if missing:
        message = f"`{environment.name}` has no organisation in Grafana for `{unit.unit.tenant}`"
        hint = f"let the platform say {' and '.join(missing)}"
        Saying(unit.stack, report).at(("tenant", "isolation"), NO_ORGANISATION, message, hint=hint)


def _titles(unit: Resolved, report: Report) -> None:
    tenant = cast("dict[str, str]", unit.value["tenant"])["name"]
    own = (tenant, *(service_title(tenant, each) for each in cast("Map", unit.value["services"])))
    seen: dict[str, Place | None] = {title.casefold(): None for title in own}
    for document in unit.dashboards.values():
        title = cast("str", filled(document.value or {})["title"])
        place = Place(document.path, ("title",))
        if title.casefold() in seen:
            first = seen[title.casefold()]
            notes = (Note("the first of that title", first),) if first else ()
            report.say(REPEATED_TITLE, f"`{title}` is the title of another dashboard", place, *notes, hint="rename it")
        seen.setdefault(title.casefold(), place)
