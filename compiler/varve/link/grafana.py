"""The provisioning of an environment's Grafana: a dashboard folder for each tenant, and the data sources."""

from collections.abc import Iterator
from typing import Final, cast

from varve.language import canonical
from varve.language.grafana.uid import uid
from varve.language.version import Version
from varve.link.linking import Linking, Member
from varve.model.artifact import Artifact
from varve.model.source import Map, Value
from varve.resolve.datasource import DataSource, own, shared
from varve.resolve.platform import at_least, strict

PRUNES_SINCE: Final = Version(11, 1)
"""The first Grafana that can delete data sources that are no longer provisioned (`prune`)."""

_FIRST: Final = 1
"""The id of the organisation that every Grafana has; strict tenants have others."""


def link(linking: Linking) -> Iterator[Artifact]:
    """The two provisioning files: `dashboards.yaml` and `datasources.yaml`."""
    members = [
        each for each in linking.members if any(map(_is_dashboard, each.files)) and _has_organisation(linking, each)
    ]
    providers: list[Value] = [_provider(linking, each) for each in members]
    yield _file(linking, "dashboards", {"apiVersion": 1, "providers": providers})
    pruned: Map = {"prune": True} if at_least(linking.environment, "grafana", PRUNES_SINCE) else {}
    sources: list[Value] = [*_sources(linking, members)]
    yield _file(linking, "datasources", {"apiVersion": 1, **pruned, "datasources": sources})


def _file(linking: Linking, name: str, value: Map) -> Artifact:
    return Artifact(f"{linking.folder}/grafana/{name}.yaml", canonical.yaml(_escaped(value), linking.header))


def _escaped(value: Value) -> Value:
    """The value with each `$` doubled: Grafana would expand a single one as a variable."""
    match value:
        case str():
            return value.replace("$", "$$")
        case dict():
            return {key: _escaped(each) for key, each in value.items()}
        case list():
            return [_escaped(each) for each in value]
    return value


def _is_dashboard(path: str) -> bool:
    return path.split("/")[4:5] == ["dashboards"]


def _has_organisation(linking: Linking, member: Member) -> bool:
    """Whether a tenant has an organisation: a strict one without its own is not put into that of the others."""
    return not member.strict or "grafana_org" in strict(linking.environment, member.tenant)


def _provider(linking: Linking, member: Member) -> Map:
    """The provider of a tenant's folder, which Grafana finds by its title: made of ids, so it is unique and stable."""
    environment = linking.environment.name
    title = f"{environment} {member.tenant}"
    folder = cast("dict[str, str]", linking.environment.platform["grafana"])["dashboards"].rstrip("/")
    return {
        "name": title,
        "orgId": _organisation(linking, member),
        "folder": title,
        "folderUid": uid(environment, member.tenant, "folder"),
        "type": "file",
        "disableDeletion": False,
        "allowUiUpdates": False,
        "options": {"path": f"{folder}/{member.tenant}", "foldersFromFilesStructure": False},
    }


def _organisation(linking: Linking, member: Member) -> int:
    settings = strict(linking.environment, member.tenant) if member.strict else {}
    return cast("int", settings.get("grafana_org", _FIRST))


def _sources(linking: Linking, members: list[Member]) -> Iterator[Map]:
    """The shared data source, and those of the tenants that have one of their own."""
    environment = linking.environment
    common = cast("dict[str, dict[str, Map]]", environment.platform["grafana"])["datasources"]
    yield _source(linking, shared(environment.name), _FIRST, str(common["logical"]["url"]))
    for member in members:
        source = own(environment.name, member.tenant)
        settings = strict(environment, member.tenant)
        if member.strict:
            if "prometheus_url" in settings:
                yield _source(linking, source, _organisation(linking, member), str(settings["prometheus_url"]))
        elif "partial" in common and is_partial(linking, member):
            entry = _source(linking, source, _FIRST, str(common["partial"]["url"]))
            yield _with_header(entry, str(common["partial"].get("header", "")), member.tenant)


def _source(linking: Linking, source: DataSource, organisation: int, url: str) -> Map:
    prometheus = cast("dict[str, str]", linking.environment.platform["prometheus"])
    return {
        "name": source.name,
        "type": "prometheus",
        "access": "proxy",
        "orgId": organisation,
        "uid": source.uid,
        "url": url,
        # Grafana computes `$__rate_interval` from `timeInterval`.
        "jsonData": {"httpMethod": "POST", "manageAlerts": False, "timeInterval": prometheus["scrape_interval"]},
        "editable": False,
    }


def _with_header(entry: Map, header: str, tenant: str) -> Map:
    settings: Map = {**cast("Map", entry["jsonData"]), "httpHeaderName1": header}
    return {**entry, "jsonData": settings, "secureJsonData": {"httpHeaderValue1": tenant}}


def is_partial(linking: Linking, member: Member) -> bool:
    """Whether a tenant has its own data source, judged by its dashboard, which may be from an earlier build."""
    path = next((each for each in member.files if each.endswith("/dashboards/_tenant.json")), None)
    dashboard = linking.read(path) if path else None
    variables = _at(_at(dashboard, "templating"), "list")
    values = [_at(_at(each, "current"), "value") for each in variables] if isinstance(variables, list) else []
    return own(linking.environment.name, member.tenant).uid in values


def _at(value: Value, key: str) -> Value:
    return value.get(key) if isinstance(value, dict) else None
