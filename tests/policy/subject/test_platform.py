"""A tenant's policies see the platform's common settings, and of those for single tenants only its own."""

import pytest

from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.policy.subject.platform import seen_by, subject

PLATFORM: Map = {
    "strict": {"acme": {"grafana_org": 2}, "beta": {"grafana_org": 3}},
    "secrets": {"root": "/run", "recipients": {"tenants": {"acme": ["a"], "beta": ["b"]}, "platform": ["p"]}},
    "smtp": {"smarthost": "mail:587"},
}
SEEN: dict[str, tuple[Map, Map]] = {
    "what it says of tenants": (
        PLATFORM,
        {
            "strict": {"acme": {"grafana_org": 2}},
            "secrets": {"root": "/run", "recipients": {"tenants": {"acme": ["a"]}, "platform": ["p"]}},
            "smtp": {"smarthost": "mail:587"},
        },
    ),
    "what it says of others alone": ({"strict": {"beta": {}}}, {"strict": {}}),
    "what it says of none": ({"smtp": {}}, {"smtp": {}}),
    "recipients without tenants": ({"secrets": {"recipients": {}}}, {"secrets": {"recipients": {}}}),
}


@pytest.mark.parametrize(("platform", "expected"), SEEN.values(), ids=SEEN)
def test_a_tenant_sees_nothing_of_another(platform: Map, expected: Map) -> None:
    before = str(platform)
    assert seen_by("acme", Environment("production", platform, Stack(()))) == expected
    assert str(platform) == before


def test_the_platform_itself_sees_all_settings() -> None:
    found = subject(Environment("production", PLATFORM, Stack(())))
    assert (found.data, found.keys) == (PLATFORM, ("platform",))
