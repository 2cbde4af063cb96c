"""Who may open a file depends on its holder, and on the platform settings of the environments that read it."""

import pytest

from tests.sealing import ACME, OPERATOR, UMBRA
from varve.model.layer import Stack
from varve.model.source import Map
from varve.model.unit import Environment
from varve.read.sealed.file import Holder
from varve.resolve.custody import (
    Custody,
    all_own_keys,
    custody,
    environments_of,
    recipients_setting,
    recovery,
    rotation_limit,
    shortest_rotation,
)

ALL = Holder("acme", None)
PRODUCTION = Holder("acme", "production")


def environment(name: str, secrets: Map | None = None) -> Environment:
    return Environment(name, {} if secrets is None else {"secrets": {"root": "/run", **secrets}}, Stack(()))


def of(name: str, acme: str, **recipients: Map) -> Environment:
    return environment(name, {"recipients": {"tenants": {"acme": [acme]}, "platform": [OPERATOR], **recipients}})


STAGING, LIVE = of("staging", UMBRA), of("production", ACME)
RECOVERY: Map = {"keys": ["one", "two", "three"]}


def test_a_file_of_one_environment_has_its_keys_alone() -> None:
    assert environments_of(PRODUCTION, [STAGING, LIVE]) == [LIVE]
    assert custody(PRODUCTION, [LIVE]) == Custody((frozenset({ACME}),), 1)


def test_a_file_that_all_environments_read_has_the_keys_of_each() -> None:
    assert environments_of(ALL, [STAGING, LIVE]) == [STAGING, LIVE]
    assert custody(ALL, [STAGING, LIVE]) == Custody((frozenset({ACME, UMBRA}),), 1)


def test_the_platforms_own_files_have_the_platforms_keys() -> None:
    assert custody(Holder(None, None), [STAGING, LIVE]) == Custody((frozenset({OPERATOR}),), 1)


def test_a_key_of_recovery_opens_everything() -> None:
    found = custody(PRODUCTION, [of("production", ACME, recovery=RECOVERY)])
    assert found == Custody((frozenset({ACME, "one", "two", "three"}),), 1)


def test_where_recovery_needs_a_quorum_the_own_key_is_still_enough() -> None:
    found = custody(PRODUCTION, [of("production", ACME, recovery={**RECOVERY, "quorum": 2})])
    assert found is not None
    assert found.threshold == 2
    assert found.groups == (*[frozenset({ACME})] * 2, *(frozenset({each}) for each in ("one", "two", "three")))
    assert found.recipients == {ACME, "one", "two", "three"}


def test_environments_that_ask_for_different_quorums_cannot_share_a_file() -> None:
    strict = of("production", ACME, recovery={**RECOVERY, "quorum": 2})
    assert custody(ALL, [STAGING, strict]) is None


def test_a_tenant_without_recipients_has_no_key() -> None:
    assert all_own_keys(Holder("umbra", None), [LIVE]) == frozenset()
    assert all_own_keys(ALL, [STAGING, LIVE]) == {ACME, UMBRA}


def test_without_recipients_there_is_no_custody() -> None:
    assert recipients_setting(environment("production")) is None
    assert recipients_setting(environment("production", {})) is None
    assert recipients_setting(LIVE) is not None
    assert recovery(LIVE).keys == ()


def test_custodies_are_equal_in_any_order_of_groups_but_not_with_another_threshold() -> None:
    one, two = frozenset({ACME}), frozenset({UMBRA})
    assert Custody((one, two), 2).is_as(Custody((two, one), 2))
    assert not Custody((one, two), 2).is_as(Custody((two, one), 1))
    assert not Custody((one, two), 2).is_as(Custody((one, two, two), 2))


@pytest.mark.parametrize(("rotations", "expected"), [((None,), "90d"), (("30d", None), "30d"), (("1y", "26w"), "26w")])
def test_the_shortest_rotation_holds(rotations: tuple[str | None, ...], expected: str) -> None:
    several = [environment("e", {"rotation": each} if each else {}) for each in rotations]
    assert shortest_rotation(several) == expected
    assert rotation_limit(environment("e")) == "90d"
