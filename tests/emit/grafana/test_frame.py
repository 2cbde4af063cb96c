import pytest

from tests.emit.grafana.repository import FULL, dashboards, isolated, raw
from varve.language.grafana.uid import uid


@pytest.mark.parametrize(
    ("isolation", "name", "of"),
    [
        ("logical", "Prometheus production", ("production", "datasource")),
        ("partial", "Prometheus production acme", ("production", "acme", "datasource")),
        ("strict", "Prometheus production acme", ("production", "acme", "datasource")),
    ],
)
def test_a_dashboard_finds_the_data_source_of_its_tenant_and_no_other(
    isolation: str, name: str, of: tuple[str, ...]
) -> None:
    for dashboard in dashboards({**isolated(isolation), "tenants/acme/dashboards/traffic.json": RAW}).values():
        variable = dashboard["templating"]["list"][0]
        assert variable["name"] == "datasource"
        assert variable["current"] == {"selected": True, "text": name, "value": uid(*of)}
        assert variable["regex"] == f"/^{name}$/"
        assert (variable["hide"], variable["skipUrlSync"], variable["multi"]) == (2, True, False)


RAW = raw()["tenants/acme/dashboards/traffic.json"]


def test_there_is_an_instance_variable_if_a_query_uses_it() -> None:
    _, variable = dashboards()["checkout"]["templating"]["list"]
    assert variable["query"] == 'label_values(up{tenant="acme",job="checkout",component!="probe"}, instance)'
    without = dashboards({**FULL, "tenants/acme/services/checkout.yaml": "owner: payments\n"})
    assert [each["name"] for each in without["checkout"]["templating"]["list"]] == ["datasource"]


def test_every_dashboard_is_tagged_with_its_owner_and_cannot_be_edited() -> None:
    made = dashboards()
    assert made["checkout"]["tags"] == ["environment:production", "tenant:acme", "service:checkout"]
    assert made["_tenant"]["tags"] == ["environment:production", "tenant:acme"]
    assert not any(each["editable"] for each in made.values())


def test_times_are_those_of_the_tenants_zone() -> None:
    assert dashboards()["checkout"]["timezone"] == "UTC"


def test_a_dashboard_contains_nothing_of_a_grafana_instance() -> None:
    for dashboard in dashboards().values():
        assert not {"id", "version", "iteration", "gnetId"} & dashboard.keys()
