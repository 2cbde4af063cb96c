"""A sealed file can be opened by exactly the recipients that the platform names, and these must be valid."""

from collections.abc import Sequence

import pytest

from tests.language.test_recipient import KMS
from tests.read.parsing import source
from tests.read.sealed.test_metadata import share
from tests.sealing import ACME, OPERATOR, TIME, UMBRA, box, mac, sealed
from varve.check.secrets.custody import check, check_platform, check_recipients_set
from varve.language import canonical
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.read.sealed.file import Sealed
from varve.read.sealed.file import sealed as read

PATH = "tenants/acme/secrets/slack.sops.yaml"
LIVE = "tenants/acme/secrets/production/slack.sops.yaml"


def environment(name: str = "production", /, **recipients: Value) -> Environment:
    setting: Map = {"recipients": {**recipients}} if recipients else {}
    platform: Map = {"secrets": {"root": "/run", **setting}}
    layers = Stack((Layer("platform", 1, "platform", f"{name}.yaml", {"platform": platform}),))
    return Environment(name, platform, layers)


def file(*to: str, path: str = PATH) -> Sealed:
    found = read(source(sealed("a", "webhook", to=to), path), Report())
    assert found is not None
    return found


def mistakes(found: Sealed, environments: Sequence[Environment]) -> list[str]:
    report = Report()
    check(found, environments, report)
    assert all(each.place and each.place.sealed for each in report)
    assert {each.rule.code for each in report} <= {"check/wrong-recipients"}
    return [each.message for each in report]


PRODUCTION = environment(tenants={"acme": [ACME]}, platform=[OPERATOR])
STAGING = environment("staging", tenants={"acme": [UMBRA]}, platform=[OPERATOR])


def test_exactly_the_named_keys_are_valid() -> None:
    assert mistakes(file(ACME), [PRODUCTION]) == []
    assert mistakes(file(UMBRA, ACME), [PRODUCTION, STAGING]) == []
    assert mistakes(file(ACME, path=LIVE), [PRODUCTION, STAGING]) == []
    assert mistakes(file(OPERATOR, path="environments/secrets/a.sops.yaml"), [PRODUCTION, STAGING]) == []


@pytest.mark.parametrize(
    ("to", "path", "messages"),
    [
        pytest.param([ACME, OPERATOR, UMBRA], PATH, [f"`{OPERATOR}` can open the file but must not"], id="one more"),
        pytest.param([ACME], PATH, [f"`{UMBRA}` cannot open the file but must"], id="one fewer"),
        pytest.param(
            [OPERATOR],
            LIVE,
            [f"`{OPERATOR}` can open the file but must not", f"`{ACME}` cannot open the file but must"],
            id="another one",
        ),
        pytest.param(
            [ACME, UMBRA], LIVE, [f"`{UMBRA}` can open the file but must not"], id="a key of another environment"
        ),
    ],
)
def test_any_other_set_of_keys_is_refused(to: list[str], path: str, messages: list[str]) -> None:
    assert mistakes(file(*to, path=path), [PRODUCTION, STAGING]) == messages


def test_an_owner_without_recipients_cannot_have_a_sealed_file() -> None:
    tenant_file = file(UMBRA, path="tenants/umbra/secrets/a.sops.yaml")
    assert mistakes(tenant_file, [PRODUCTION]) == ["the platform names no recipient for this tenant"]
    nobody = environment(tenants={"acme": [ACME]})
    platform_file = file(OPERATOR, path="environments/secrets/a.sops.yaml")
    assert mistakes(platform_file, [nobody]) == ["the platform names no recipient for the platform"]


def test_without_named_recipients_only_age_keys_are_valid() -> None:
    assert mistakes(file(ACME, UMBRA), [environment()]) == []
    assert mistakes(file(ACME, path="tenants/acme/secrets/gone/a.sops.yaml"), [PRODUCTION]) == []
    text = sealed("a", "webhook").replace(
        "  version:",
        f"  kms: [{{arn: '{KMS}', created_at: '{TIME}', enc: AQICAHhQuUPl3G8wTMW1nVj0Q3PkrQ1rC2l5}}]\n  version:",
    )
    found = read(source(text, PATH), Report())
    assert found is not None
    (message,) = mistakes(found, [environment()])
    assert message.endswith("can open the file but is not named as a recipient")


def test_the_recovery_quorum_of_a_file_is_that_of_the_platform() -> None:
    recovery: Map = {"keys": [UMBRA, OPERATOR], "quorum": 2}
    quorum = environment(tenants={"acme": [ACME]}, recovery=recovery)
    groups: list[Value] = [share(ACME), share(ACME), share(UMBRA), share(OPERATOR)]
    assert mistakes(grouped(groups), [quorum]) == []
    needed = "the file must require 2 of 4 groups of keys to open it but does not"
    assert mistakes(grouped(groups[1:]), [quorum]) == [needed]
    assert mistakes(file(ACME, UMBRA, OPERATOR), [quorum]) == [needed]
    alone = environment(tenants={"acme": [ACME]}, recovery={"keys": [UMBRA, OPERATOR]})
    (message,) = mistakes(grouped(groups), [alone])
    assert "any one of its keys" in message
    (message,) = mistakes(grouped(groups), [quorum, environment("staging", tenants={"acme": [ACME]})])
    assert "quorums differ" in message


def grouped(groups: list[Value]) -> Sealed:
    metadata: Map = {
        "mac": mac("a"),
        "lastmodified": TIME,
        "version": "3.11.0",
        "key_groups": groups,
        "shamir_threshold": 2,
    }
    text = canonical.json({"webhook": box("a"), "sops": metadata})
    found = read(source(text, PATH.replace("yaml", "json")), Report())
    assert found is not None
    return found


UNSOUND: dict[str, tuple[Map, list[str]]] = {
    "a key of two tenants": ({"tenants": {"acme": [ACME], "umbra": [UMBRA, ACME]}}, ["tenants.umbra[1]"]),
    "a key of a tenant and the platform": ({"tenants": {"acme": [ACME]}, "platform": [ACME]}, ["platform[0]"]),
    "a key of a tenant and recovery": (
        {"tenants": {"acme": [ACME]}, "recovery": {"keys": [UMBRA, ACME]}},
        ["recovery.keys[1]"],
    ),
    "a key that is named twice": ({"platform": [ACME, ACME]}, ["platform[1]"]),
    "a quorum larger than the number of keys": (
        {"recovery": {"keys": [ACME, UMBRA], "quorum": 3}},
        ["recovery.quorum"],
    ),
}


@pytest.mark.parametrize(("recipients", "places"), UNSOUND.values(), ids=UNSOUND)
def test_unsound_recipients_are_reported_at_their_places(recipients: Map, places: list[str]) -> None:
    report = Report()
    check_platform(environment("production", **recipients), report)
    assert {each.rule.code for each in report} == {"check/unsound-recipients"}
    found = [dotted(each.place.keys) for each in report if each.place]
    assert found == [f"platform.secrets.recipients.{each}" for each in places]


def test_separate_keys_for_each_owner_are_valid() -> None:
    report = Report()
    check_platform(environment(tenants={"acme": [ACME], "umbra": [UMBRA]}, recovery={"keys": [OPERATOR]}), report)
    check_platform(environment(), report)
    check_recipients_set([PRODUCTION], report)
    assert not list(report)


def test_missing_recipients_are_reported() -> None:
    report = Report()
    check_recipients_set([environment(), environment()._replace(name="staging"), PRODUCTION], report)
    assert [each.message for each in report] == [
        "the recipients of the sealed files of `production`, `staging` are not set"
    ]
