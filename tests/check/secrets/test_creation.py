"""`.sops.yaml` names the recipients that the platform names, however SOPS lets it be written; otherwise varve warns."""

import pytest

from tests.check.secrets.test_custody import LIVE, PATH, environment
from tests.language.test_recipient import AZURE, GCP, KMS, VAULT
from tests.sealing import ACME, OPERATOR, UMBRA
from tests.workbench import snapshot
from varve.check.secrets.creation import check
from varve.model.diagnostic import Report
from varve.model.source import Map
from varve.model.unit import Environment
from varve.read.reading import reading

OWN = environment(tenants={"acme": [ACME]})
RECOVERY: Map = {"keys": [UMBRA, OPERATOR], "quorum": 2}
QUORUM = environment(tenants={"acme": [ACME]}, recovery=RECOVERY)


def messages(rules: str, platform: Environment = OWN, *paths: str) -> list[str]:
    report = Report()
    view = reading(snapshot({".sops.yaml": rules.encode()}), report)
    check(view, paths or (PATH,), [platform], report)
    assert {each.rule.code for each in report} <= {"check/creation-rule"}
    assert {each.place.file for each in report if each.place} <= {".sops.yaml"}
    return [each.message for each in report]


OTHERS = [f"SOPS would seal `{PATH}` for other recipients than the platform names"]
SAME = {
    "a text": (f"creation_rules: [{{age: {ACME}}}]", OWN),
    "a list": (f"creation_rules: [{{age: [{ACME}]}}]", OWN),
    "a rule for the path": (f"creation_rules: [{{path_regex: ^tenants/acme/, age: {ACME}}}]", OWN),
    "the first rule that fits": (
        f"creation_rules: [{{path_regex: umbra, age: {UMBRA}}}, {{age: {ACME}}}, {{age: {UMBRA}}}]",
        OWN,
    ),
    "no rule that fits": (f"creation_rules: [{{path_regex: umbra, age: {UMBRA}}}]", OWN),
    "no rules": ("stores: {}", OWN),
    "no recipients set by the platform": (f"creation_rules: [{{age: {UMBRA}}}]", environment()),
    "several kinds of keys": (
        (
            f"creation_rules: [{{age: '{ACME}, {UMBRA}', kms: '{KMS}', gcp_kms: '{GCP}', azure_keyvault: '{AZURE}', "
            f"hc_vault_transit_uri: '{VAULT}'}}]"
        ),
        environment(tenants={"acme": [ACME, UMBRA, KMS, GCP, AZURE, VAULT]}),
    ),
    "one group": (f"creation_rules: [{{key_groups: [{{age: [{ACME}]}}]}}]", OWN),
    "an empty list of groups": (f"creation_rules: [{{age: {ACME}, key_groups: []}}]", OWN),
    "groups": (
        (
            f"creation_rules: [{{shamir_threshold: 2, key_groups: [{{age: [{ACME}]}}, {{age: [{ACME}]}}, "
            f"{{age: [{OPERATOR}]}}, {{age: [{UMBRA}]}}]}}]"
        ),
        QUORUM,
    ),
    "a group of several kinds": (
        (
            f"creation_rules: [{{key_groups: [{{age: [{ACME}], kms: [{{arn: '{KMS}'}}], "
            f"gcp_kms: [{{resource_id: '{GCP}'}}], hc_vault: ['{VAULT}'], "
            f"azure_keyvault: [{{vaultUrl: 'https://meridian.vault.azure.net', "
            f"key: acme, version: {AZURE[-32:]!r}}}]}}]}}]"
        ),
        environment(tenants={"acme": [ACME, KMS, GCP, AZURE, VAULT]}),
    ),
}


@pytest.mark.parametrize(("rules", "platform"), SAME.values(), ids=SAME)
def test_equal_recipients_are_valid(rules: str, platform: Environment) -> None:
    assert messages(rules, platform) == []


DIFFERENT = {
    "another key": (f"creation_rules: [{{age: {UMBRA}}}]", OWN),
    "one key more": (f"creation_rules: [{{age: '{ACME},{UMBRA}'}}]", OWN),
    "a PGP key too many": (f"creation_rules: [{{age: {ACME}, pgp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21}}]", OWN),
    "no key": ("creation_rules: [{path_regex: acme}]", OWN),
    "a key as another role": (
        f"creation_rules: [{{age: {ACME}, kms: '{KMS}+arn:aws:iam::123456789012:role/ci'}}]",
        environment(tenants={"acme": [ACME, KMS]}),
    ),
    "no groups although a quorum is set": (f"creation_rules: [{{age: '{ACME},{UMBRA},{OPERATOR}'}}]", QUORUM),
    "a threshold of all": (
        (
            f"creation_rules: [{{key_groups: [{{age: [{ACME}]}}, {{age: [{ACME}]}}, {{age: [{OPERATOR}]}}, "
            f"{{age: [{UMBRA}]}}]}}]"
        ),
        QUORUM,
    ),
}


@pytest.mark.parametrize(("rules", "platform"), DIFFERENT.values(), ids=DIFFERENT)
def test_other_recipients_are_warned_of(rules: str, platform: Environment) -> None:
    assert messages(rules, platform) == OTHERS


def test_each_path_is_checked_separately() -> None:
    rules = f"creation_rules: [{{path_regex: production/, age: {UMBRA}}}, {{age: {ACME}}}]"
    assert messages(rules, OWN, PATH, LIVE) == [
        f"SOPS would seal `{LIVE}` for other recipients than the platform names"
    ]


@pytest.mark.parametrize("pattern", ["'('", "5", "'(?<=a)b'"])
def test_an_invalid_pattern_is_reported(pattern: str) -> None:
    (message,) = messages(f"creation_rules: [{{path_regex: {pattern}, age: {ACME}}}]")
    assert message.startswith("`path_regex` cannot be read: ")


def test_without_the_file_nothing_is_reported() -> None:
    report = Report()
    check(reading(snapshot({}), report), [PATH], [OWN], report)
    assert not list(report)
