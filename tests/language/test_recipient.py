"""A recipient is a public key with a valid checksum; a private key is never quoted."""

import pytest

from tests.sealing import ACME
from varve.language.recipient import fault, is_native, kind

KMS = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
GCP = "projects/meridian/locations/global/keyRings/varve/cryptoKeys/acme"
AZURE = "https://meridian.vault.azure.net/keys/acme/0123456789abcdef0123456789abcdef"
VAULT = "https://vault.meridian.example:8200/v1/transit/keys/acme"
YUBIKEY = "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"

KINDS = {"age": ACME, "kms": KMS, "gcp_kms": GCP, "azure_kv": AZURE, "hc_vault": VAULT}


@pytest.mark.parametrize(("name", "text"), KINDS.items(), ids=KINDS)
def test_every_kind_is_recognised(name: str, text: str) -> None:
    assert kind(text) == name
    assert fault(text) is None


def test_a_recipient_of_a_plugin_is_of_kind_age_but_not_native() -> None:
    assert kind(YUBIKEY) == "age"
    assert is_native(ACME)
    assert not is_native(YUBIKEY)


NONE = {
    "nothing": "",
    "one letter is wrong": ACME.replace("3z7n", "3z7m"),
    "two letters are exchanged": ACME.replace("aka", "kaa"),
    "a letter is missing": ACME[:-1],
    "capitals": ACME.upper(),
    "a blank before it": f" {ACME}",
    "a line behind it": f"{ACME}\n",
    "a plugin's name alone": "age1yubikey1",
    "a digest of PGP": "85D77543B3D624B63CEA9E6DBC17301B491B3F21",
    "an alias without an account": "arn:aws:kms:eu-west-1::alias/acme",
    "a role beside a key": f"{KMS}+arn:aws:iam::123456789012:role/sops",
    "a Vault without TLS": VAULT.replace("https", "http"),
    "somebody logs in to a Vault": VAULT.replace("https://", "https://root:token@"),
    "a vault of Azure elsewhere": AZURE.replace(".azure.net", ".azure.net.evil.example"),
    "a key of a Vault with a query": f"{VAULT}?namespace=other",
    "very long": "age1" + "q" * 10_000,
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_texts_that_name_no_key_are_refused(text: str) -> None:
    assert kind(text) is None
    assert "use a public age key" in str(fault(text))


@pytest.mark.parametrize("text", ["AGE-SECRET-KEY-1QQQQ", "age-secret-key-1qqqq", "AGE-PLUGIN-YUBIKEY-1QQQ"])
def test_an_identity_is_recognised_and_not_quoted(text: str) -> None:
    assert str(fault(text)).startswith("use the public key")
    assert "QQQ" not in str(fault(text)).upper()
