"""Where people open what an alert is about: its dashboard, and a silence of it that is already filled in."""

from typing import cast
from urllib.parse import quote

from varve.emit.kit import Task
from varve.language.matcher import Matcher, write
from varve.language.uid import uid
from varve.model.source import Map


def dashboard_url(task: Task, service: str) -> str | None:
    """The dashboard of a service, or the tenant's where `service` is empty; None where the environment has no Grafana."""
    grafana = cast("dict[str, str]", task.environment.platform.get("grafana", {}))
    if not _is_target(task, "grafana") or "url" not in grafana:
        return None
    tenant, environment = task.unit.unit
    named = ("service", service) if service else ("tenant",)
    return f"{grafana['url'].rstrip('/')}/d/{uid(environment, tenant, *named)}"


def silence_url(task: Task, alert: str, service: str) -> str | None:
    """A new silence of an alert in the tenant's Alertmanager; None where the environment has none."""
    base = _alertmanager(task)
    if base is None:
        return None
    said = {"alertname": alert, "tenant": task.unit.unit.tenant, **({"service": service} if service else {})}
    wanted = ",".join(write(Matcher(name, "=", text)) for name, text in said.items())
    return f"{base.rstrip('/')}/#/silences/new?filter={quote('{' + wanted + '}', safe='')}"


def _alertmanager(task: Task) -> str | None:
    if not _is_target(task, "alertmanager"):
        return None
    platform = cast("dict[str, Map]", task.environment.platform)
    strict = cast("Map", task.unit.value["tenant"])["isolation"] == "strict"
    own = cast("dict[str, Map]", platform.get("strict", {})).get(task.unit.unit.tenant, {}) if strict else {}
    return cast("str | None", own.get("alertmanager_url") or platform.get("alertmanager", {}).get("url"))


def _is_target(task: Task, name: str) -> bool:
    return name in cast("Map", task.environment.platform["targets"])
