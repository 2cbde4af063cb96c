"""Where people open what an alert is about: its dashboard, its runbook, a silence of it that is already filled in."""

from functools import lru_cache
from typing import Final, cast
from urllib.parse import quote

from varve.language.grafana.uid import uid
from varve.language.matcher import Matcher, write
from varve.model.pack import Pack
from varve.model.source import Map
from varve.model.unit import Environment, Resolved
from varve.resolve.platform import strict, version

SHARED_ORGANISATION: Final = 1
"""The organisation of Grafana that all have who have none of their own."""


def dashboard_url(unit: Resolved, environment: Environment, service: str) -> str | None:
    """The dashboard of a service, or the tenant's where `service` is empty; None where there is no Grafana."""
    grafana = cast("dict[str, str]", environment.platform.get("grafana", {}))
    if version(environment, "grafana") is None or "url" not in grafana:
        return None
    named = ("service", service) if service else ("tenant",)
    # Grafana remembers in which organisation somebody was last, and finds no dashboard of another unless it is named.
    organisation = _own(unit, environment).get("grafana_org", SHARED_ORGANISATION)
    place = uid(unit.unit.environment, unit.unit.tenant, *named)
    return f"{grafana['url'].rstrip('/')}/d/{place}?orgId={organisation}"


def runbook_url(environment: Environment, pack: Pack, alert: str) -> str | None:
    """What the runbook of a pack says of an alert; None where it says nothing, or nobody can read it."""
    base = cast("str | None", environment.platform.get("runbooks"))
    # As code hosts name a heading: a template may call an alert anything.
    heading = "".join(each for each in alert.lower().replace(" ", "-") if each.isalnum() or each in "-_")
    return f"{base.rstrip('/')}/{pack.name}/runbook.md#{quote(heading)}" if base and pack.runbook else None


def silences(unit: Resolved, environment: Environment) -> str | None:
    """Where a new silence begins in the tenant's Alertmanager; None where the environment has none."""
    shared = cast("dict[str, str]", environment.platform.get("alertmanager", {}))
    base = str(_own(unit, environment).get("alertmanager_url") or shared.get("url") or "")
    if version(environment, "alertmanager") is None or not base:
        return None
    return f"{base.rstrip('/')}/#/silences/new"


def silence_url(silences: str, alert: str, tenant: str, service: str, apart: tuple[tuple[str, str], ...] = ()) -> str:
    """A new silence of an alert that is already filled in.

    `apart` are labels, with their values, that tell it from others of its name: the silence is about none of those.
    """
    return f"{silences}?filter={_asked(alert, tenant, service, apart)}"


@lru_cache(maxsize=1024)
def _asked(alert: str, tenant: str, service: str, apart: tuple[tuple[str, str], ...]) -> str:
    """The matchers of a silence as an address has them; they are the same in all environments."""
    said = (("alertname", alert), ("tenant", tenant), *((("service", service),) if service else ()), *apart)
    return f"%7B{'%2C'.join(_matcher(name, text) for name, text in said)}%7D"


@lru_cache(maxsize=1024)
def _matcher(name: str, text: str) -> str:
    return quote(write(Matcher(name, "=", text)), safe="")


def _own(unit: Resolved, environment: Environment) -> Map:
    """What the platform says of the tenant's own systems; nothing where it shares those of the environment."""
    isolation = cast("dict[str, str]", unit.value["tenant"])["isolation"]
    return strict(environment, unit.unit.tenant) if isolation == "strict" else {}
