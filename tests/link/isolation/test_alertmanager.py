"""Which tenant an inhibition belongs to, and more; other breaches of an Alertmanager file: `../test_isolation.py`."""

from typing import Any

import pytest

from varve.link.isolation.alertmanager import inhibition_tenant, prove, shape_breaches
from varve.link.isolation.evidence import Facts, File

ACME, BANK = 'tenant="acme"', 'tenant="bank"'


@pytest.mark.parametrize(
    ("source", "target", "tenant"),
    [
        ([ACME, "a=b"], [ACME], "acme"),
        ([ACME], [BANK], None),
        ([ACME, BANK], [ACME, BANK], None),
        ([ACME], [], None),
        ([], [], None),
        (["tenant=acme"], [ACME], None),
        (['tenant=~"acme"'], [ACME], None),
    ],
)
def test_an_inhibition_belongs_to_the_tenant_that_both_sides_match(
    source: list[Any], target: list[Any], tenant: str | None
) -> None:
    assert inhibition_tenant({"source_matchers": source, "target_matchers": target}) == tenant


def test_a_file_that_would_not_be_loaded_is_found() -> None:
    value: Any = {"route": {"receiver": "platform", "mute_time_intervals": ["acme/none"], "group_by": ["tenant"]}}
    path = "build/dev/tenants/acme/alertmanager.yaml"
    (found,) = prove(File(path, "acme", strict=False, value=value), Facts("dev", "/run")).breaches
    assert found.message == "Alertmanager would not load it: there is no interval `acme/none`"


def test_the_cached_proof_of_a_file_depends_on_the_tenant_and_the_secrets_folder() -> None:
    receiver = {"name": "acme/team", "webhook_configs": [{"url_file": "/run/tenants/acme/hook"}]}
    node = {"matchers": [ACME], "receiver": "platform", "routes": [{"receiver": "acme/team"}]}
    value: Any = {
        "route": {"receiver": "platform", "group_by": ["tenant"], "routes": [node]},
        "receivers": [{"name": "platform"}, receiver],
    }
    own = File("build/dev/tenants/acme/alertmanager.yaml", "acme", strict=False, value=value)
    assert prove(own, Facts("dev", "/run")).breaches == prove(own, Facts("qa", "/run")).breaches == ()
    assert prove(own, Facts("dev", "/etc")).breaches
    assert prove(own._replace(tenant="bank"), Facts("dev", "/run")).breaches


def test_only_a_strict_tenants_file_may_send_the_heartbeat() -> None:
    beat = {"name": "heartbeat", "webhook_configs": [{"url_file": "/run/platform/beat"}]}
    nodes = [{"matchers": ['alertname="Heartbeat"', 'tenant=""'], "receiver": "heartbeat"}, {"matchers": [ACME]}]
    value: Any = {
        "route": {"receiver": "platform", "group_by": ["tenant"], "routes": nodes},
        "receivers": [{"name": "platform"}, beat],
    }
    own = File("build/dev/tenants/acme/alertmanager.yaml", "acme", strict=False, value=value)
    assert prove(own, Facts("dev", "/run")).breaches
    assert prove(own._replace(strict=True), Facts("dev", "/run")).breaches == ()


@pytest.mark.parametrize(("many", "deep"), [(60, False), (64, True), (900, True), (9000, True)])
def test_routes_that_are_nested_too_deep_are_refused(many: int, *, deep: bool) -> None:
    route: dict[str, Any] = {"receiver": "platform"}
    for _ in range(many):
        route = {"receiver": "platform", "routes": [route]}
    found = [each.message for each in shape_breaches({"route": route})]
    assert found == ["routes are nested too deep"] * deep
