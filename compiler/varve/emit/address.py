"""The addresses that an alert links to: its dashboard, its runbook, and a prefilled silence."""

from functools import lru_cache
from typing import Final, TypeAlias, cast
from urllib.parse import quote

from varve.language.grafana.uid import uid
from varve.language.matcher import Matcher, write
from varve.model.pack import Pack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved
from varve.resolve.platform import strict, version

Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Names of labels, each with its value."""

SHARED_ORGANISATION: Final = 1
"""The Grafana organisation of all tenants that do not have their own."""


def dashboard_url(unit: Resolved, environment: Environment, service: str) -> str | None:
    """The dashboard of a service, or of the tenant if `service` is empty; None without Grafana."""
    grafana = cast("dict[str, str]", environment.platform.get("grafana", {}))
    if version(environment, "grafana") is None or "url" not in grafana:
        return None
    identity = ("service", service) if service else ("tenant",)
    # Grafana opens the organisation that a user was last in, and finds no dashboard of another one unless it is named.
    organisation = _strict_settings(unit, environment).get("grafana_org", SHARED_ORGANISATION)
    dashboard = uid(unit.unit.environment, unit.unit.tenant, *identity)
    return f"{grafana['url'].rstrip('/')}/d/{dashboard}?orgId={organisation}"


def runbook_url(environment: Environment, pack: Pack, alert: str) -> str | None:
    """The section of a pack's runbook about an alert; None if there is no runbook, or no address of runbooks is set."""
    base = cast("str | None", environment.platform.get("runbooks"))
    # Formed as code hosts form the anchor of a heading; a template may give an alert any name.
    anchor = "".join(each for each in alert.lower().replace(" ", "-") if each.isalnum() or each in "-_")
    return f"{base.rstrip('/')}/{pack.name}/runbook.md#{quote(anchor)}" if base and pack.runbook else None


def silences(unit: Resolved, environment: Environment) -> str | None:
    """The page of the tenant's Alertmanager that creates a silence; None if the environment has none."""
    shared = cast("dict[str, str]", environment.platform.get("alertmanager", {}))
    base = str(_strict_settings(unit, environment).get("alertmanager_url") or shared.get("url") or "")
    if version(environment, "alertmanager") is None or not base:
        return None
    return f"{base.rstrip('/')}/#/silences/new"


def silence_url(silences: str, alert: str, tenant: str, service: str, labels: Labels = ()) -> str:
    """A new silence, prefilled with the matchers of an alert.

    `labels` are those that distinguish it from other alerts of its name, which are not silenced.
    """
    return f"{silences}?filter={_silence_filter(alert, tenant, service, labels)}"


@lru_cache(maxsize=1024)
def _silence_filter(alert: str, tenant: str, service: str, labels: Labels) -> str:
    """The matchers of a silence, encoded for a URL; cached, because they are the same in all environments."""
    pairs = (("alertname", alert), ("tenant", tenant), *((("service", service),) if service else ()), *labels)
    return f"%7B{'%2C'.join(_matcher(name, text) for name, text in pairs)}%7D"


@lru_cache(maxsize=1024)
def _matcher(name: str, text: str) -> str:
    return quote(write(Matcher(name, "=", text)), safe="")


def _strict_settings(unit: Resolved, environment: Environment) -> Map:
    """The platform's settings for a strict tenant's own systems; empty for a tenant that uses the shared ones."""
    isolation = cast("dict[str, str]", unit.value["tenant"])["isolation"]
    return strict(environment, unit.unit.tenant) if isolation == "strict" else {}
