"""What every dashboard of a tenant has, whoever drew its panels: uid, tags, variables, and nothing to edit."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, cast

from varve.emit.grafana.panel import DATASOURCE
from varve.emit.kit import Task
from varve.language.grafana import interpolation
from varve.language.grafana.uid import uid
from varve.language.literal import write
from varve.language.same import Same
from varve.model.source import Map, Value
from varve.resolve.datasource import of_unit

SCHEMA: Final = 38
"""The model of Grafana 10.0, the oldest that is written for; younger ones bring it up to theirs when they load it."""

VARIABLE: Final = "datasource"
"""The variable that holds the data source."""


def frame(task: Task, named: tuple[str, ...]) -> Map:
    """What `named`, such as `("service", "checkout")`, cannot say otherwise: who it is, and that it is provisioned."""
    tenant, environment = task.unit.unit
    own = {"service": named[1]} if named[0] == "service" else {}
    tags = {"environment": environment, "tenant": tenant, **own}
    return {
        "uid": uid(environment, tenant, *named),
        "tags": [f"{key}:{value}" for key, value in tags.items()],
        "editable": False,
        "templating": {"list": [datasource(task)]},
    }


def drawn(task: Task, named: tuple[str, ...], panels: list[Value]) -> Map:
    """A dashboard of varve's own drawing, but for its title and its links."""
    made = frame(task, named)
    variables: list[Value] = [datasource(task)]
    if named[0] == "service" and "instance" in _used(Same(panels)):
        variables.append(_instance(task.unit.unit.tenant, named[1]))
    return {
        **made,
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
    """The variable of the data source: it finds one, and neither a viewer nor an address can choose another."""
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
    """The instances of a service; a probe's is an address that it asks, which is none."""
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
    """A link above a dashboard, to a place that may lie outside of Grafana."""
    return {**_link(title, icon), "type": "link", "url": url, "targetBlank": icon == "doc"}


def links_to(title: str, tags: Iterable[str]) -> Map:
    """A list above a dashboard, of all those that have the tags."""
    return {**_link(title, "external link"), "type": "dashboards", "tags": list(tags), "asDropdown": True}


def _link(title: str, icon: str) -> Map:
    usual: Mapping[str, Value] = dict.fromkeys(("asDropdown", "includeVars", "targetBlank"), False)
    return {"title": title, "icon": icon, "tooltip": "", "url": "", "tags": [], "keepTime": True, **usual}


@lru_cache(maxsize=32)
def _used(panels: Same[list[Value]]) -> frozenset[str]:
    targets = (each for one in cast("list[Map]", panels.value) for each in cast("list[Map]", one.get("targets", [])))
    return frozenset(name for each in targets for name in interpolation.variables(cast("str", each["expr"])))
