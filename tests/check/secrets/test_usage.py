from typing import TYPE_CHECKING

from tests.check.unit.test_reference import PLATFORM, definitions, using
from varve.check.secrets.usage import of_platform, of_unit
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment, Resolved, Unit

if TYPE_CHECKING:
    from varve.model.source import Map


def test_used_secrets_are_found_with_their_files() -> None:
    report = Report()
    view = definitions(PLATFORM, report).reading
    value = using("metrics/password")

    def found(environment: str) -> list[tuple[str, str]]:
        return [each[2:] for each in of_unit(Resolved(Unit("acme", environment), value, Stack(()), {}), view)]

    assert found("production") == [("tenants/acme/secrets/metrics.sops.yaml", "password")]
    assert found("staging") == [("tenants/acme/secrets/staging/metrics.sops.yaml", "password")]
    far: Map = {"url": "https://far.example", "authorization": {"credentials": {"secret": "ours/password"}}}
    gone: Map = {"url": "https://far.example", "authorization": {"credentials": {"secret": "gone/password"}}}
    platform = Environment("production", {**PLATFORM, "remote_write": {"far": far, "gone": gone}}, Stack(()))
    (use,) = of_platform(platform, view)
    assert use == (
        ("platform", "remote_write", "far", "authorization", "credentials"),
        "ours/password",
        "environments/secrets/ours.sops.yaml",
        "password",
    )
    assert not list(report)
