"""Where Grafana reads a tenant's series: the one name and uid for those who show them and those who provision them."""

from typing import Final, NamedTuple, cast

from varve.language.grafana.uid import uid
from varve.model.source import Value
from varve.model.unit import Resolved

PROMETHEUS: Final = "prometheus"
_BUILT_IN: Final = frozenset({"grafana", "datasource", "__expr__"})
_OWN_UIDS: Final = frozenset({"", "grafana", "__expr__", "-100"})


class DataSource(NamedTuple):
    """A Prometheus as Grafana knows it."""

    name: str
    uid: str

    @property
    def pattern(self) -> str:
        """The regular expression of a dashboard's variable that finds this data source and no other."""
        return f"/^{self.name}$/"


def shared(environment: str) -> DataSource:
    """That of the tenants who share a Prometheus."""
    return DataSource(f"Prometheus {environment}", uid(environment, "datasource"))


def own(environment: str, tenant: str) -> DataSource:
    """That of one tenant: told apart by a header, or a Prometheus of its own. Ids hold no blanks, so names differ."""
    return DataSource(f"Prometheus {environment} {tenant}", uid(environment, tenant, "datasource"))


def of_unit(unit: Resolved) -> DataSource:
    """That of a unit, as its isolation asks for."""
    tenant, environment = unit.unit
    isolation = cast("dict[str, str]", unit.value["tenant"])["isolation"]
    return shared(environment) if isolation == "logical" else own(environment, tenant)


def is_built_in(said: Value) -> bool:
    """Whether this names Grafana itself, other panels, a mixture or an expression: a source without data of its own.

    Grafana goes by the uid and not by the type, so a type of these with another uid names what has that uid.
    """
    kind, name = reference(said)
    return name.startswith("-- ") or (kind in _BUILT_IN and name in _OWN_UIDS)


def asks_grafana(panel: Value, query: Value) -> bool:
    """Whether a query goes to Grafana itself, by the sources that its panel and the query say.

    Grafana heeds a query's own source in a panel of mixed ones only, and sends all others to that of the panel.
    """
    said = is_built_in(query) and not is_mixed(query)
    return said if is_mixed(panel) else is_built_in(panel) and (said or not query)


def is_mixed(said: Value) -> bool:
    """Whether each query of a panel says its own source."""
    return reference(said)[1] == "-- Mixed --"


def reference(said: Value) -> tuple[str, str]:
    """The type and the uid, or the name, of a data source as dashboards say it; empty where it is not said."""
    if isinstance(said, dict):
        return str(said.get("type") or ""), str(said.get("uid") or "")
    return "", said if isinstance(said, str) else ""
