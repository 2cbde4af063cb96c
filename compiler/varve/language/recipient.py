"""Recipients of sealed files: public age keys, and the keys of a cloud or a Vault, as SOPS names them."""

import re
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["age", "kms", "gcp_kms", "azure_kv", "hc_vault"]
"""The kinds of keys that may open a sealed file, in SOPS's words."""

_HOST: Final = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_AGE: Final = re.compile(r"(age(?:1[a-z0-9]{1,40})?)1([qpzry9x8gf2tvdw0s3jn54khce6mua7l]{6,3000})")
_SHAPES: Final[dict[Kind, str]] = {
    "kms": r"arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{1,40}:[0-9]{12}:(?:key|alias)/[A-Za-z0-9/_-]{1,250}",
    "gcp_kms": (
        r"projects/(?:[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){1,5}:)?[a-z][a-z0-9-]{1,60}"
        r"/locations/[a-z0-9-]{1,60}/keyRings/[\w-]{1,63}/cryptoKeys/[\w-]{1,63}"
    ),
    "azure_kv": (
        rf"https://{_HOST}\.(?:vault\.azure\.net|vault\.azure\.cn|vault\.usgovcloudapi\.net)"
        r"/keys/[A-Za-z0-9-]{1,127}/[0-9a-f]{32}"
    ),
    "hc_vault": rf"https://{_HOST}(?::[0-9]{{1,5}})?/v1/[A-Za-z0-9_/-]{{1,200}}/keys/[A-Za-z0-9_-]{{1,200}}",
}
_LONGEST: Final = 4000
_BECH32_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_NATIVE_LENGTH: Final = len("age1") + 52 + 6


def kind(text: str) -> Kind | None:
    """The kind of key that `text` names, or None if it names none."""
    if len(text) > _LONGEST:
        return None
    if text.startswith("age1"):
        return "age" if _is_age(text) else None
    return next((each for each, shape in _SHAPES.items() if re.fullmatch(shape, text, re.ASCII)), None)


def fault(text: str) -> str | None:
    """Why `text` is no recipient, or None; it is never quoted, because it may be a private key."""
    if text.upper().startswith(("AGE-SECRET-KEY-", "AGE-PLUGIN-")):
        return "use the public key: this is an identity, which opens files and must never be committed"
    if kind(text):
        return None
    return "use a public age key (`age1…`), or a key of AWS KMS, GCP KMS, Azure Key Vault or Vault as SOPS names it"


def is_native(text: str) -> bool:
    """Whether an age recipient is an X25519 key, which age opens without a plugin."""
    return len(text) == _NATIVE_LENGTH and text.startswith("age1") and text.count("1", 0, 5) == 1


def _is_age(text: str) -> bool:
    found = _AGE.fullmatch(text)
    return found is not None and _checksum(found[1], found[2]) == 1


def _checksum(prefix: str, data: str) -> int:
    """The Bech32 checksum of a key, which is 1 if the key is intact."""
    codes = [ord(each) for each in prefix]
    values = [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes), *map(_BECH32_LETTERS.index, data)]
    sum_ = 1
    for value in values:
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            sum_ ^= generator if top >> bit & 1 else 0
    return sum_
