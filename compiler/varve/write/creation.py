"""The creation rule by which SOPS seals a file: made from the platform's settings, not from `.sops.yaml`."""

import json
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from varve.language.recipient import Kind, kind
from varve.resolve.custody import Custody

_Json: TypeAlias = "str | dict[str, str]"


def _azure(key: str) -> _Json:
    vault, _, rest = key.partition("/keys/")
    name, _, version = rest.partition("/")
    return {"vaultUrl": vault, "key": name, "version": version}


_FORMS: Final[dict[Kind, tuple[str, Callable[[str], _Json]]]] = {
    "age": ("age", str),
    "kms": ("kms", lambda key: {"arn": key}),
    "gcp_kms": ("gcp_kms", lambda key: {"resource_id": key}),
    "azure_kv": ("azure_keyvault", _azure),
    "hc_vault": ("hc_vault", str),
}
"""How a key is written in a key group, by its kind: the name of the list, and the form of the key."""


def rule(custody: Custody) -> bytes:
    """A configuration of SOPS, as JSON, that seals any file for exactly the recipients in `custody`."""
    groups = [_group(sorted(each)) for each in custody.groups]
    shares = {"shamir_threshold": custody.threshold} if len(groups) > 1 else {}
    return json.dumps({"creation_rules": [{**shares, "key_groups": groups}]}).encode()


def _group(keys: Iterable[str]) -> dict[str, list[_Json]]:
    group: dict[str, list[_Json]] = {}
    for key in keys:
        if (found := kind(key)) is not None:
            name, form = _FORMS[found]
            group.setdefault(name, []).append(form(key))
    return group
