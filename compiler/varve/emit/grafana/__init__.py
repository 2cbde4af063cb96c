"""The target Grafana: a dashboard for each service, one for the tenant, and those that the tenant brings."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.emit.address import dashboard_url
from varve.emit.function import functions_with_texts
from varve.emit.grafana.field import ROW, ROW_SHAPE, ROWS, ROWS_SHAPE
from varve.emit.grafana.frame import generated, link, links_to
from varve.emit.grafana.layout import arrange
from varve.emit.grafana.panel import TYPES
from varve.emit.grafana.raw import canonical_form
from varve.emit.kit import Task
from varve.emit.pack import Use, use_keys, uses
from varve.emit.scope import check_scoped
from varve.emit.shape import WRONG_SHAPE, checked
from varve.emit.template.given import Given
from varve.language import canonical
from varve.language.cache_key import IdentityKey
from varve.language.grafana.title import service_title
from varve.language.message import Catalogue, language, localised
from varve.model.artifact import Artifact
from varve.model.diagnostic import Place
from varve.model.source import Keys, Map, Value

TENANT_FILE: Final = "_tenant"
"""The name of the tenant's own dashboard, which no service can have."""

_ORDER: Final = ("slos", "service", "probes")
"""What people ask first: whether objectives are met, and then why not."""

_SERVICE: Final = "templates/grafana/service.yaml.j2"
_TENANT: Final = "templates/grafana/tenant.yaml.j2"


_SHARED: Final = ("panels",)


class _Row(NamedTuple):
    """A row with only those panels that can be drawn, all its queries, and the types of the other panels."""

    row: Map
    queries: tuple[str, ...]
    unknown: tuple[str, ...]


def emit(task: Task) -> Iterator[Artifact]:
    """The dashboards of a unit.

    Reports mistakes in templates, unknown panel types, and queries that cannot be scoped to the tenant.
    """
    for service in cast("Map", task.unit.value["services"]):
        yield _file(task, service, _service_dashboard(task, service))
    yield _file(task, TENANT_FILE, _tenant_dashboard(task))
    for name, document in task.unit.dashboards.items():
        yield _file(task, f"raw/{name}", canonical_form(task, name, document))


def _file(task: Task, name: str, dashboard: Map) -> Artifact:
    encoded = canonical.encoded_json(dashboard, is_sorted=True, shared=_SHARED)
    return Artifact(f"{task.folder}/dashboards/{name}.json", *encoded)


def _service_dashboard(task: Task, service: str) -> Map:
    value = _services(task)[service]
    tenant = cast("dict[str, str]", task.unit.value["tenant"])
    language_code = language(cast("str", task.unit.value["locale"]))
    own_rows = _rows(task, _SERVICE, {"service": {"id": service}}, ("services", service))
    used = sorted(uses(task, service), key=lambda use: _ORDER.index(use.pack.applies_to))
    panels = arrange([*own_rows, *(_pack_row(task, use, service) for use in used)])
    home = dashboard_url(task.unit, task.environment, "")
    links = [link(tenant["name"], home, "dashboard")] if home else []
    if "runbook" in value:
        links.append(link(_text(task, "Runbook"), cast("str", value["runbook"]), "doc"))
    description = localised(cast("str | dict[str, str]", value.get("description", "")), language_code)
    heading: Map = {"title": service_title(tenant["name"], service), "description": description}
    return {**generated(task, ("service", service), panels), **heading, "links": cast("list[Value]", links)}


def _tenant_dashboard(task: Task) -> Map:
    tenant, environment = task.unit.unit
    services: Map = {name: _service_summary(name, each) for name, each in _services(task).items()}
    own_rows = _rows(task, _TENANT, {"services": services}, ("tenant",))
    panels = arrange([*own_rows, *(_pack_row(task, use, "") for use in uses(task, None))])
    tags = (f"environment:{environment}", f"tenant:{tenant}")
    name = cast("dict[str, str]", task.unit.value["tenant"])["name"]
    links: list[Value] = [links_to(_text(task, "Dashboards"), tags)]
    return {**generated(task, ("tenant",), panels), "title": name, "description": "", "links": links}


def _services(task: Task) -> dict[str, Map]:
    return cast("dict[str, Map]", task.unit.value["services"])


def _service_summary(name: str, value: Map) -> Map:
    """What the tenant's dashboard receives of a service: which packs record something about it."""
    names: Map = {key: [*cast("Map", value.get(key, {}))] for key in ("packs", "slos")}
    return {"id": name, **names}


def _rows(task: Task, template: str, subject: Mapping[str, Given], at: Keys) -> list[Map]:
    value = task.unit.value
    locale = cast("str", value["locale"])
    facts = {key: value[key] for key in ("tenant", "locale", "timezone")}
    context = {**facts, **subject, **functions_with_texts(task.kit.messages, locale)}
    output = checked(task.render(template, context, ROWS, at), ROWS_SHAPE, template, task.report)
    return [_checked(task, row, template) for row in cast("list[Map]", output.get("rows") or [])]


def _pack_row(task: Task, use: Use, service: str) -> Map:
    """The row of a pack; empty if the pack has no template of one."""
    template = f"{use.pack.folder}/dashboard.yaml.j2"
    if template not in task.kit.engine.templates:
        return {}
    output = task.render(template, use.context, ROW, use_keys(use, service))
    return _checked(task, checked(output, ROW_SHAPE, template, task.report), template)


def _checked(task: Task, row: Map, template: str) -> Map:
    """The row without panels of unknown types, which are reported, as are queries that are not scoped."""
    inspected = _inspected(IdentityKey(row))
    check_scoped(task, template, inspected.queries)
    for type_ in inspected.unknown:
        message = f"`{type_}` is not a panel type that a template can use"
        task.report.add(WRONG_SHAPE, message, Place(template), hint=f"use one of {', '.join(sorted(TYPES))}")
    return inspected.row


@lru_cache(maxsize=128)
def _inspected(row: IdentityKey[Map]) -> _Row:
    """Cached, because the row is the same in all environments of a tenant."""
    panels = cast("list[Map]", row.value.get("panels") or [])
    targets = (target for each in panels for target in cast("list[Map]", each["targets"] or []))
    drawable: list[Value] = [each for each in panels if each["type"] in TYPES]
    unknown = tuple(str(each["type"]) for each in panels if each["type"] not in TYPES)
    return _Row({**row.value, "panels": drawable}, tuple(str(target["expr"]) for target in targets), unknown)


def _text(task: Task, msgid: str) -> str:
    language_code = language(cast("str", task.unit.value["locale"]))
    return Catalogue(language_code, task.kit.messages.get(language_code, {})).text(msgid)
