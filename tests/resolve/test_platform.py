from typing import TYPE_CHECKING

from varve.language.version import Version
from varve.model.layer import Stack
from varve.model.unit import Environment
from varve.resolve.platform import credentials, prometheus_features, prometheus_version

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


def test_the_target_says_its_version_and_flags() -> None:
    assert prometheus_version(PRODUCTION) == Version(3, 5)
    assert prometheus_features(PRODUCTION) == ("promql-experimental-functions",)


def test_secrets_become_absolute_paths_and_nothing_else_changes() -> None:
    said: Map = {
        "url": "https://x.example",
        "basic_auth": {"username": "u", "password": {"secret": "metrics/password"}},
        "authorization": {"type": "Bearer", "credentials": {"secret": "metrics/token"}},
    }
    assert credentials(PRODUCTION, "tenants/acme", said) == {
        "basic_auth": {"username": "u", "password_file": "/run/secrets/varve/tenants/acme/metrics/password"},
        "authorization": {"type": "Bearer", "credentials_file": "/run/secrets/varve/tenants/acme/metrics/token"},
    }
