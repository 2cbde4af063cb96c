"""What all dashboards of a tenant have, whoever made their panels: uid, tags, the data source, and no editing."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, cast

from varve.emit.grafana.panel import DATASOURCE
from varve.emit.kit import Task
from varve.language.cache_key import IdentityKey
from varve.language.grafana import interpolation
from varve.language.grafana.uid import uid
from varve.language.literal import write
from varve.model.source import Map, Value
from varve.resolve.datasource import of_unit

SCHEMA: Final = 38
"""The dashboard schema of Grafana 10.0, the oldest supported version; newer ones migrate it when they load it."""

VARIABLE: Final = "datasource"
"""The name of the variable with the data source."""


def frame(task: Task, identity: tuple[str, ...]) -> Map:
    """The fields that the dashboard of this `identity`, such as `("service", "checkout")`, cannot set itself."""
    tenant, environment = task.unit.unit
    service_tag = {"service": identity[1]} if identity[0] == "service" else {}
    tags = {"environment": environment, "tenant": tenant, **service_tag}
    return {
        "uid": uid(environment, tenant, *identity),
        "tags": [f"{key}:{value}" for key, value in tags.items()],
        "editable": False,
        "templating": {"list": [datasource(task)]},
    }


def generated(task: Task, identity: tuple[str, ...], panels: list[Value]) -> Map:
    """A dashboard with panels of varve's own, without its title and its links."""
    fixed = frame(task, identity)
    variables: list[Value] = [datasource(task)]
    if identity[0] == "service" and "instance" in _used_variables(IdentityKey(panels)):
        variables.append(_instance(task.unit.unit.tenant, identity[1]))
    return {
        **fixed,
        "annotations": {"list": []},
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "panels": panels,
        "refresh": "1m",
        "schemaVersion": SCHEMA,
        "templating": {"list": variables},
        "time": {"from": "now-6h", "to": "now"},
        "timezone": task.unit.value["timezone"],
    }


def datasource(task: Task) -> Map:
    """The data source variable: its regex matches a single one, and neither viewers nor URLs can choose another."""
    source = of_unit(task.unit)
    return {
        "type": "datasource",
        "name": VARIABLE,
        "label": "Data source",
        "query": "prometheus",
        "regex": source.pattern,
        "current": {"selected": True, "text": source.name, "value": source.uid},
        "hide": 2,
        "includeAll": False,
        "multi": False,
        "options": [],
        "refresh": 1,
        "skipUrlSync": True,
    }


def _instance(tenant: str, service: str) -> Map:
    """The variable of a service's instances; not of probes, whose `instance` is the probed address."""
    query = f'label_values(up{{tenant={write(tenant)},job={write(service)},component!="probe"}}, instance)'
    return {
        "type": "query",
        "name": "instance",
        "label": "Instance",
        "datasource": DATASOURCE,
        "definition": query,
        "query": query,
        "regex": "",
        "allValue": ".+",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "hide": 0,
        "includeAll": True,
        "multi": True,
        "options": [],
        "refresh": 2,
        "skipUrlSync": False,
        "sort": 1,
    }


def link(title: str, url: str, icon: str) -> Map:
    """A link at the top of a dashboard, possibly to a page outside Grafana."""
    return {**_link(title, icon), "type": "link", "url": url, "targetBlank": icon == "doc"}


def links_to(title: str, tags: Iterable[str]) -> Map:
    """A list at the top of a dashboard, of all dashboards with the tags."""
    return {**_link(title, "external link"), "type": "dashboards", "tags": list(tags), "asDropdown": True}


def _link(title: str, icon: str) -> Map:
    flags: Mapping[str, Value] = dict.fromkeys(("asDropdown", "includeVars", "targetBlank"), False)
    return {"title": title, "icon": icon, "tooltip": "", "url": "", "tags": [], "keepTime": True, **flags}


@lru_cache(maxsize=32)
def _used_variables(panels: IdentityKey[list[Value]]) -> frozenset[str]:
    targets = (
        each for panel in cast("list[Map]", panels.value) for each in cast("list[Map]", panel.get("targets", []))
    )
    return frozenset(name for each in targets for name in interpolation.variables(cast("str", each["expr"])))
