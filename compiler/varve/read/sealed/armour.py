"""A data key that age has encrypted for one recipient: its armour, and its header, which is not encrypted."""

import re
from typing import Final

from varve.language import recipient
from varve.read.sealed import box

_ARMOUR: Final = re.compile(
    r"-----BEGIN AGE ENCRYPTED FILE-----\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)"
    r"-----END AGE ENCRYPTED FILE-----\n?"
)
_STANZA: Final = rb"-> [!-~]+(?: [!-~]+)*\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n"
_HEADER: Final = re.compile(rb"age-encryption\.org/v1\n((?:%b)+)--- [A-Za-z0-9+/]{43}\n" % _STANZA)
_NATIVE: Final = re.compile(rb"-> X25519 [A-Za-z0-9+/]{43}\n[A-Za-z0-9+/]{43}\n")
_MAX_LENGTH: Final = 20_000
_NONCE_AND_TAG: Final = 16 + 16
KEY: Final = 32
"""The size of a data key in bytes; a share of one has one more byte, its number."""


def fault(text: object, to: str, size: int) -> str | None:
    """Why `text` is not an age encryption of `size` bytes for the recipient `to`, or None if it is one."""
    if not isinstance(text, str) or len(text) > _MAX_LENGTH:
        return "is not a data key that age encrypted"
    found = _ARMOUR.fullmatch(text)
    data = box.plain(found[1].replace("\n", "")) if found else None
    head = _HEADER.match(data) if data else None
    if data is None or head is None:
        return "is not a data key that age encrypted"
    if len(data) - head.end() != _NONCE_AND_TAG + size:
        return "contains something other than a data key"
    if recipient.is_native(to) and not _NATIVE.fullmatch(head[1]):
        return "can be opened by something other than its recipient"
    return None
