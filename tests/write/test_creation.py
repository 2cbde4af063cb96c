"""The creation rule for SOPS names the platform's recipients, in the format of `.sops.yaml`."""

import json

import pytest

from tests.sealing import ACME, OPERATOR, UMBRA
from tests.workbench import snapshot
from varve.check.secrets import creation as judging
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Map, Value
from varve.model.unit import Environment
from varve.read.reading import reading
from varve.read.sealed.file import Holder
from varve.resolve.custody import custody
from varve.write import creation

PATH = "tenants/acme/secrets/x.sops.yaml"
EVERY: list[Value] = [
    ACME,
    "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "projects/meridian/locations/europe/keyRings/varve/cryptoKeys/acme",
    f"https://meridian.vault.azure.net/keys/acme/{'0' * 32}",
    "https://vault.meridian.example/v1/transit/keys/acme",
]
RECOVERY: list[Value] = [UMBRA, OPERATOR]


def environment(recovery: Map, *keys: Value) -> Environment:
    recipients: Map = {"tenants": {"acme": [*keys]}, "recovery": recovery}
    return Environment("production", {"secrets": {"root": "/run", "recipients": recipients}}, Stack(()))


def rule(sealing: Environment) -> bytes:
    found = custody(Holder("acme", None), [sealing])
    assert found is not None
    return creation.rule(found)


@pytest.mark.parametrize("quorum", [1, 2])
def test_the_rule_names_the_recipients_of_the_policy(quorum: int) -> None:
    governed = environment({"quorum": quorum, "keys": RECOVERY}, *EVERY)
    desk = reading(snapshot({".sops.json": rule(governed)}), Report())
    for policy, expected in ((governed, []), (environment({}, *EVERY), [judging.CREATION_RULE])):
        report = Report()
        judging.check(desk, [PATH], [policy], report)
        assert [each.rule for each in report] == expected


def test_a_quorum_makes_groups_and_none_makes_one() -> None:
    (grouped,) = json.loads(rule(environment({"quorum": 2, "keys": RECOVERY}, ACME)))["creation_rules"]
    assert grouped == {"shamir_threshold": 2, "key_groups": [{"age": [each]} for each in (ACME, ACME, UMBRA, OPERATOR)]}
    (flat,) = json.loads(rule(environment({}, ACME)))["creation_rules"]
    assert flat == {"key_groups": [{"age": [ACME]}]}
