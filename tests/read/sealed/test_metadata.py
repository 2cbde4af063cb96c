"""Who can open a file according to its `sops` block; what a block may not contain is in tests/test_seals.py."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tests.language.test_recipient import AZURE, GCP, KMS, VAULT
from tests.sealing import ACME, OPERATOR, TIME, UMBRA, armour, mac
from varve.model.source import Keys, Map, Value
from varve.read.sealed.metadata import Metadata, instant, read

WRAPPED = {"created_at": TIME, "enc": "AQICAHhQuUPl3G8wTMW1nVj0Q3PkrQ1rC2l5dHx0a2V5"}


def key(recipient: str, size: int = 32) -> Value:
    return {"recipient": recipient, "enc": armour(recipient, size)}


def share(*recipients: str) -> Value:
    return {"hc_vault": [], "age": [key(each, 33) for each in recipients]}


def block(**fields: Value) -> Map:
    return {"mac": mac("a"), "lastmodified": TIME, "version": "3.11.0", **fields}


def sound(**fields: Value) -> Metadata:
    found = read(block(**fields))
    assert isinstance(found, Metadata), found
    return found


def wrong(**fields: Value) -> list[str]:
    found = read(block(**fields))
    assert isinstance(found, list)
    return [each.message for each in found]


def test_keys_without_groups_are_one_group() -> None:
    found = sound(age=[key(ACME), key(OPERATOR)])
    assert (found.groups, found.threshold) == ((frozenset({ACME, OPERATOR}),), 1)
    assert found.modified == datetime(2025, 1, 31, 9, tzinfo=UTC)
    assert found.keys == (armour(ACME), armour(OPERATOR))


def test_every_kind_of_key_has_the_name_that_the_platform_would_write() -> None:
    *_, name, version = AZURE.split("/")
    found = sound(
        kms=[{"arn": KMS, "aws_profile": "", **WRAPPED}],
        gcp_kms=[{"resource_id": GCP, **WRAPPED}],
        azure_kv=[{"vault_url": "https://meridian.vault.azure.net", "name": name, "version": version, **WRAPPED}],
        hc_vault=[
            {
                "vault_address": "https://vault.meridian.example:8200/",
                "engine_path": "transit",
                "key_name": "acme",
                "created_at": TIME,
                "enc": "vault:v1:" + "A" * 40,
            }
        ],
    )
    assert found.groups == (frozenset({KMS, GCP, AZURE, VAULT}),)


def test_groups_share_the_key_and_some_of_them_are_enough() -> None:
    found = sound(key_groups=[share(ACME), share(ACME), share(OPERATOR)], shamir_threshold=2)
    assert (found.groups, found.threshold) == ((frozenset({ACME}), frozenset({ACME}), frozenset({OPERATOR})), 2)


TWO: Value = [share(ACME), share(OPERATOR)]
WRONG: dict[str, tuple[Map, str]] = {
    "one group": ({"key_groups": [share(ACME)], "shamir_threshold": 1}, "`key_groups` is not a list"),
    "groups that are no list": ({"key_groups": {}, "shamir_threshold": 1}, "`key_groups` is not a list"),
    "a group that is none": ({"key_groups": [share(ACME), "x"], "shamir_threshold": 2}, "a group of keys is not"),
    "an empty group": ({"key_groups": [share(ACME), {"age": []}], "shamir_threshold": 2}, "nobody could open"),
    "no threshold": ({"key_groups": TWO}, "`shamir_threshold` is not"),
    "a threshold of none": ({"key_groups": TWO, "shamir_threshold": 0}, "`shamir_threshold` is not"),
    "a threshold of more": ({"key_groups": TWO, "shamir_threshold": 3}, "`shamir_threshold` is not"),
    "a threshold in words": ({"key_groups": TWO, "shamir_threshold": "2"}, "`shamir_threshold` is not"),
    "a threshold that is true": ({"key_groups": TWO, "shamir_threshold": True}, "`shamir_threshold` is not"),
    "keys beside groups": ({"key_groups": TWO, "shamir_threshold": 2, "age": [key(UMBRA)]}, "`age` is set beside"),
    "a whole key in a group": (
        {"key_groups": [share(ACME), {"age": [key(UMBRA)]}], "shamir_threshold": 2},
        "`enc` contains something other",
    ),
    "a foreign field in a group": (
        {"key_groups": [share(ACME), {"age": [key(UMBRA, 33)], "role": "x"}], "shamir_threshold": 2},
        "unknown field `role`",
    ),
    "a group of PGP": (
        {"key_groups": [share(ACME), {"age": [key(UMBRA, 33)], "pgp": [{}]}], "shamir_threshold": 2},
        "keys of the kind `pgp`",
    ),
    "a share without groups": ({"age": [key(ACME, 33)]}, "`enc` contains something other"),
    "too many keys": ({"age": [key(ACME)] * 65}, "`age` contains no key"),
    "a key that is none": ({"age": ["x"]}, "`age` contains no key"),
    "a Vault's word for a key of AWS": ({"kms": [{"arn": KMS, **WRAPPED, "enc": "vault:v1:x"}]}, "`enc` is not"),
}


@pytest.mark.parametrize(("fields", "message"), WRONG.values(), ids=WRONG)
def test_groups_that_could_not_share_a_key_are_refused(fields: Map, message: str) -> None:
    assert [each for each in wrong(**fields) if each.startswith(message)]


def test_a_key_may_be_in_two_groups_but_not_twice_in_one() -> None:
    assert wrong(key_groups=[share(ACME, ACME), share(UMBRA)], shamir_threshold=2) == [
        "a recipient occurs twice in one group"
    ]


@pytest.mark.parametrize("text", [None, 5, "", "2025-01-31", "2025-13-31T09:00:00Z", "2025-01-31T25:00:00Z"])
def test_anything_but_a_time_is_none(text: Value) -> None:
    assert instant(text) is None


ODD: tuple[Value, ...] = (None, True, 0, 2, 1.5, "", "x", [], ["x"], [[]], [{}], {}, {"a": "b"}, {"age": {}}, [None])
WHOLE = block(
    key_groups=[share(ACME), {**cast("Map", share(UMBRA)), "kms": [{"arn": KMS, "aws_profile": "", **WRAPPED}]}],
    shamir_threshold=2,
    pgp=[],
    unencrypted_suffix="_unencrypted",
)


def paths(value: Value, keys: Keys = ()) -> Iterator[Keys]:
    if keys:
        yield keys
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from paths(each, (*keys, key))


def replaced(value: Value, keys: Keys, new: Value) -> Value:
    if not keys:
        return new
    copy: Any = value.copy() if isinstance(value, (dict, list)) else value
    copy[keys[0]] = replaced(copy[keys[0]], keys[1:], new)
    return cast("Value", copy)


@pytest.mark.parametrize("keys", list(paths(WHOLE)), ids=lambda keys: ".".join(map(str, keys)))
def test_no_value_anywhere_raises_an_exception(keys: Keys) -> None:
    assert isinstance(read(WHOLE), Metadata)
    for new in ODD:
        found = read(cast("Map", replaced(WHOLE, keys, new)))
        same = found == read(WHOLE)
        assert same or isinstance(found, list) or keys[-1] in {"age", "hc_vault", "kms", "pgp", "shamir_threshold"}, new
