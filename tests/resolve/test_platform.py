from typing import TYPE_CHECKING

from varve.language.version import Version
from varve.model.layer import Stack
from varve.model.unit import Environment
from varve.resolve.platform import at_least, credentials, prometheus_features, prometheus_version, strict

if TYPE_CHECKING:
    from varve.model.source import Map

PRODUCTION = Environment(
    "production",
    {
        "targets": {"prometheus": {"version": "3.5", "features": ["promql-experimental-functions"]}},
        "secrets": {"root": "/run/secrets/varve/"},
    },
    Stack(()),
)


def test_a_target_has_a_version_and_feature_flags() -> None:
    assert prometheus_version(PRODUCTION) == Version(3, 5)
    assert prometheus_features(PRODUCTION) == ("promql-experimental-functions",)


def test_secrets_become_absolute_paths_and_nothing_else_changes() -> None:
    settings: Map = {
        "url": "https://x.example",
        "basic_auth": {"username": "u", "password": {"secret": "metrics/password"}},
        "authorization": {"type": "Bearer", "credentials": {"secret": "metrics/token"}},
    }
    assert credentials(PRODUCTION, "tenants/acme", settings) == {
        "basic_auth": {"username": "u", "password_file": "/run/secrets/varve/tenants/acme/metrics/password"},
        "authorization": {"type": "Bearer", "credentials_file": "/run/secrets/varve/tenants/acme/metrics/token"},
    }


def test_a_target_that_is_not_run_has_no_version() -> None:
    environment = Environment("dev", {"targets": {"alertmanager": {"version": "0.30"}}}, Stack(()))
    assert at_least(environment, "alertmanager", Version(0, 30))
    assert not at_least(environment, "alertmanager", Version(0, 31))
    assert not at_least(environment, "grafana", Version(0, 1))


def test_the_settings_of_a_strict_tenants_own_systems() -> None:
    environment = Environment("dev", {"strict": {"acme": {"grafana_org": 2}}}, Stack(()))
    assert strict(environment, "acme") == {"grafana_org": 2}
    assert strict(environment, "bank") == {}
