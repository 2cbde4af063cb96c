"""The Grafana data source of a tenant's series: its name and uid, for dashboards and for provisioning alike."""

from typing import Final, NamedTuple, cast

from varve.language.grafana.uid import uid
from varve.model.source import Value
from varve.model.unit import Resolved

PROMETHEUS: Final = "prometheus"
_BUILT_IN: Final = frozenset({"grafana", "datasource", "__expr__"})
_OWN_UIDS: Final = frozenset({"", "grafana", "__expr__", "-100"})


class DataSource(NamedTuple):
    """A Prometheus data source in Grafana."""

    name: str
    uid: str

    @property
    def pattern(self) -> str:
        """The regular expression for a dashboard variable that matches only this data source."""
        return f"/^{self.name}$/"


def shared(environment: str) -> DataSource:
    """The data source of the tenants that share a Prometheus."""
    return DataSource(f"Prometheus {environment}", uid(environment, "datasource"))


def own(environment: str, tenant: str) -> DataSource:
    """A tenant's own data source, with a header or an own Prometheus; ids contain no blanks, so names are unique."""
    return DataSource(f"Prometheus {environment} {tenant}", uid(environment, tenant, "datasource"))


def of_unit(unit: Resolved) -> DataSource:
    """The data source of a unit, according to its isolation."""
    tenant, environment = unit.unit
    isolation = cast("dict[str, str]", unit.value["tenant"])["isolation"]
    return shared(environment) if isolation == "logical" else own(environment, tenant)


def is_built_in(datasource: Value) -> bool:
    """Whether this names Grafana itself, other panels, a mixture or an expression: a source without data of its own.

    Grafana decides by the uid and not by the type: one of these types with another uid is the source with that uid.
    """
    kind, name = reference(datasource)
    return name.startswith("-- ") or (kind in _BUILT_IN and name in _OWN_UIDS)


def is_grafana_query(panel: Value, query: Value) -> bool:
    """Whether a query goes to Grafana itself, according to the data sources of its panel and of the query.

    Grafana uses a query's own data source only in a panel of mixed ones, and otherwise that of the panel.
    """
    names_grafana = is_built_in(query) and not is_mixed(query)
    return names_grafana if is_mixed(panel) else is_built_in(panel) and (names_grafana or not query)


def is_mixed(datasource: Value) -> bool:
    """Whether each query of a panel has its own data source."""
    return reference(datasource)[1] == "-- Mixed --"


def reference(datasource: Value) -> tuple[str, str]:
    """The type and the uid, or the name, of a data source reference in a dashboard; empty where not set."""
    if isinstance(datasource, dict):
        return str(datasource.get("type") or ""), str(datasource.get("uid") or "")
    return "", datasource if isinstance(datasource, str) else ""
