"""The only contents that the `sops` block of a sealed file may have; varve checks them before any tool reads them."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple, cast

from varve.language import version
from varve.language.recipient import Kind, kind
from varve.language.version import Version
from varve.model.source import Keys, Map, Value
from varve.read import plain
from varve.read.sealed import armour, box

OLDEST: Final = Version(3, 9)
NEXT: Final = Version(4, 0)
SUFFIX: Final = "_unencrypted"
"""The end of a key whose value SOPS does not encrypt."""

_INSTANT: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z")
_WRAPPED: Final = re.compile(r"[A-Za-z0-9+/_=-]{24,8192}")
_BY_VAULT: Final = re.compile(r"vault:v[0-9]{1,9}:[A-Za-z0-9+/=]{24,8192}")
_EVERYTHING: Final = (".*", "^.*$")
_MAX_KEYS: Final = 64


class Wrong(NamedTuple):
    """A mistake in the block: its place, and a description that quotes no value."""

    keys: Keys
    message: str


class Metadata(NamedTuple):
    """A block's contents: who can open the file, in groups of which `threshold` are needed, and when it was sealed.

    `keys` are the encrypted data keys.
    """

    groups: tuple[frozenset[str], ...]
    threshold: int
    modified: datetime
    keys: tuple[str, ...]


_IDENTIFYING_FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "age": ("recipient",),
    "kms": ("arn",),
    "gcp_kms": ("resource_id",),
    "azure_kv": ("vault_url", "name", "version"),
    "hc_vault": ("vault_address", "engine_path", "key_name"),
}
_RECIPIENT_FORMATS: Final[Mapping[Kind, str]] = {
    "age": "{}",
    "kms": "{}",
    "gcp_kms": "{}",
    "azure_kv": "{}/keys/{}/{}",
    "hc_vault": "{}/v1/{}/keys/{}",
}
# These would make a tool use another role, another account or other authenticated data.
_MUST_BE_EMPTY: Final = {"role", "aws_profile", "context"}
_PARTIAL_ENCRYPTION: Final = {
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_comment_regex",
    "unencrypted_comment_regex",
}
_KINDS: Final = tuple(_IDENTIFYING_FIELDS)
_kind: Final = lru_cache(maxsize=1024)(kind)  # the same few recipients can open every file


def _lastmodified(value: Value) -> str | None:
    return None if instant(value) else "is not a time as SOPS writes it, such as `2026-11-21T03:06:31Z`"


def _version(value: Value) -> str | None:
    found = version.parse(value) if isinstance(value, str) else None
    return None if found and OLDEST <= found < NEXT else f"is not a version of SOPS from {OLDEST} to {NEXT}"


def _suffix(value: Value) -> str | None:
    return None if value == SUFFIX else f"may only be SOPS's default, `{SUFFIX}`: others leave values in the clear"


def _regex(value: Value) -> str | None:
    return None if value in _EVERYTHING else f"may only be `{_EVERYTHING[0]}`: others leave values in the clear"


def _mac_only(value: Value) -> str | None:
    return None if value is False else "must not be set: the seal has to cover the whole file"


_FIELDS: Final[Mapping[str, Callable[[Value], str | None]]] = {
    "mac": lambda value: None if box.is_mac(value) else "is not the seal of a file",
    "lastmodified": _lastmodified,
    "version": _version,
    "unencrypted_suffix": _suffix,
    "encrypted_regex": _regex,
    "mac_only_encrypted": _mac_only,
}
_REQUIRED: Final = ("mac", "lastmodified", "version")
_GROUPING: Final = ("shamir_threshold", "key_groups")


def read(block: Map) -> Metadata | list[Wrong]:
    """The contents of a `sops` block, or everything that is wrong with it."""
    wrong = [*_fields(block), *_keys(block)]
    if wrong:
        return wrong
    groups = [group for _, group in _groups(block)]
    return Metadata(
        tuple(frozenset(_recipient(name, key) for name, key in _keys_of_group(group)) for group in groups),
        cast("int", block.get("shamir_threshold", 0)) or 1,
        cast("datetime", instant(block["lastmodified"])),
        tuple(cast("str", key["enc"]) for group in groups for _, key in _keys_of_group(group)),
    )


def instant(value: Value) -> datetime | None:
    """The time that SOPS wrote, or None if it is not one."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _fields(block: Map) -> Iterator[Wrong]:
    for name in _REQUIRED:
        if name not in block:
            yield Wrong((), f"`sops` has no `{name}`")
    for name, value in block.items():
        if name in _FIELDS:
            if message := _FIELDS[name](value):
                yield Wrong((name,), f"`{name}` {message}")
        elif name in _PARTIAL_ENCRYPTION:
            yield Wrong((name,), f"`{name}` must not be set: it leaves values in the clear")
        elif name not in {*_KINDS, *_GROUPING}:
            yield from _foreign((name,), name, value)


def _foreign(keys: Keys, name: str, value: Value) -> Iterator[Wrong]:
    """Refuse a field that varve does not know, unless it is an empty list of keys of another kind."""
    if name == "pgp":
        if value not in (None, []):
            yield Wrong(keys, "keys of the kind `pgp` are not allowed")
    elif not (name == "hckms" and value in (None, [])):
        yield Wrong(keys, f"unknown field `{plain.show(name)}`")


def _keys(block: Map) -> Iterator[Wrong]:
    """What is wrong with the keys, whether they are in groups or not."""
    yield from _threshold(block)
    listed = block.get("key_groups")
    if listed is not None and not (isinstance(listed, list) and 1 < len(listed) <= _MAX_KEYS):
        yield Wrong(("key_groups",), "`key_groups` is not a list of two or more groups")
        return
    if listed is not None:
        yield from (
            Wrong((name,), f"`{name}` is set beside `key_groups`, where it is never read")
            for name in _KINDS
            if block.get(name)
        )
    for at, group in _groups(block):
        yield from _group(at, group, armour.KEY + (listed is not None))


def _threshold(block: Map) -> Iterator[Wrong]:
    groups, threshold = block.get("key_groups"), block.get("shamir_threshold")
    most = len(groups) if isinstance(groups, list) else 1
    if threshold is None and groups is None:
        return
    if threshold.__class__ is not int or not 1 <= threshold <= most:
        yield Wrong(("shamir_threshold",), "`shamir_threshold` is not a number from 1 to the number of groups")


def _groups(block: Map) -> list[tuple[Keys, Value]]:
    """The groups of keys, each with its place in the block."""
    listed = block.get("key_groups")
    if isinstance(listed, list):
        return [(("key_groups", index), each) for index, each in enumerate(listed)]
    return [((), {name: block[name] for name in _KINDS if name in block})]


def _group(at: Keys, group: Value, size: int) -> Iterator[Wrong]:
    if not isinstance(group, dict):
        yield Wrong(at, "a group of keys is not a mapping")
        return
    for name in (name for name in group if name not in _KINDS):
        yield from _foreign((*at, name), name, group[name])
    seen: set[str] = set()
    for name in (name for name in _KINDS if group.get(name) is not None):
        for keys, key in _listed((*at, name), group[name]):
            none = [Wrong(keys, f"`{name}` contains no key")]
            wrong = list(_key(keys, name, key, size)) if isinstance(key, dict) else none
            yield from wrong
            recipient = "" if wrong else _recipient(name, cast("Map", key))
            if recipient in seen:
                yield Wrong(keys, "a recipient occurs twice in one group")
            seen |= {recipient} - {""}
    if not any(group.get(name) for name in _KINDS):
        yield Wrong(at, "nobody could open the file: `sops` names no key")


def _listed(at: Keys, value: Value) -> Iterator[tuple[Keys, Value]]:
    """The keys of one kind, each with its place in the block; anything but a list of keys becomes one invalid key."""
    if isinstance(value, list) and len(value) <= _MAX_KEYS:
        yield from (((*at, index), each) for index, each in enumerate(value))
    else:
        yield at, None


def _key(at: Keys, name: Kind, key: Map, size: int) -> Iterator[Wrong]:
    """What is wrong with one key: its fields, its recipient, and its encrypted data key."""
    named = _IDENTIFYING_FIELDS[name]
    dated = () if name == "age" else ("created_at",)
    for field in (*named, *dated, "enc"):
        if not isinstance(key.get(field), str):
            yield Wrong(at, f"a key of `{name}` has no `{field}`")
            return
    for field in (field for field in key if field not in {*named, *dated, "enc"}):
        if field not in _MUST_BE_EMPTY or name != "kms":
            yield Wrong((*at, field), f"`{plain.show(field)}` is not a field of a key of `{name}`")
        elif key[field]:
            yield Wrong((*at, field), f"`{field}` must not be set: it would let the tool act as somebody else")
    if dated and instant(key["created_at"]) is None:
        yield Wrong((*at, "created_at"), "`created_at` is not a time as SOPS writes it")
    if _kind(_recipient(name, key)) != name:
        yield Wrong((*at, named[0]), f"this does not name a key of `{name}`")
    elif message := _wrapped(name, key, size):
        yield Wrong((*at, "enc"), f"`enc` {message}")


def _wrapped(name: Kind, key: Map, size: int) -> str | None:
    """Why the encrypted data key does not have the form of this kind of key, or None."""
    if name == "age":
        return armour.fault(key["enc"], cast("str", key["recipient"]), size)
    shape = _BY_VAULT if name == "hc_vault" else _WRAPPED
    return None if shape.fullmatch(cast("str", key["enc"])) else "is not an encrypted data key"


def _keys_of_group(group: Value) -> Iterator[tuple[Kind, Map]]:
    keys_by_kind = cast("dict[str, list[Map] | None]", group)
    for name in _KINDS:
        yield from ((name, each) for each in keys_by_kind.get(name) or ())


def _recipient(name: Kind, key: Map) -> str:
    """The recipient, as the platform writes it."""
    return _RECIPIENT_FORMATS[name].format(*(str(key[field]).rstrip("/") for field in _IDENTIFYING_FIELDS[name]))
