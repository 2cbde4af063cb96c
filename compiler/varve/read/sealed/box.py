"""A value encrypted by SOPS, as it is written, and the marks that identify a ciphertext."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import Final

_BASE64: Final = "[A-Za-z0-9+/]"
_NONCE_AND_TAG: Final = rf"iv:{_BASE64}{{43}}=,tag:{_BASE64}{{22}}=="
_BODY: Final = (
    rf"ENC\[AES256_GCM,data:(?:{_BASE64}{{4}})*(?:{_BASE64}{{4}}|{_BASE64}{{3}}=|{_BASE64}{{2}}==)"
    rf",{_NONCE_AND_TAG},type:"
)
_BOX: Final = re.compile(rf"{_BODY}(str|int|float|bool|bytes|time)\]")
_COMMENT: Final = re.compile(rf"#{_BODY}comment\]")
_HASH: Final = re.compile(rf"ENC\[AES256_GCM,data:{_BASE64}{{171}}=,{_NONCE_AND_TAG},type:str\]")
_MARK: Final = re.compile(rf"ENC\[AES256_GCM,data:[^,\]]*,({_NONCE_AND_TAG}),type:")
_RUN: Final = re.compile(rf"(?<!{_BASE64}){_BASE64}{{64,}}")


def is_box(value: object) -> bool:
    """Whether `value` is a text that SOPS encrypted."""
    return isinstance(value, str) and _BOX.fullmatch(value) is not None


def type_of(value: object) -> str | None:
    """The type of a text that SOPS encrypted, as SOPS names it: `str`, `int`, …; None for anything else."""
    found = _BOX.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def is_comment(text: str) -> bool:
    """Whether a comment, with its `#`, is one that SOPS encrypted."""
    return _COMMENT.fullmatch(text) is not None


def is_mac(value: object) -> bool:
    """Whether `value` is the encrypted hash with which SOPS verifies a whole file."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def marks(text: str) -> Iterator[str]:
    """The nonce and tag of each encrypted value in `text`, which identify it: no two are equal by chance."""
    return (found[1] for found in _MARK.finditer(text))


def runs(text: str) -> Iterator[str]:
    """The long runs of Base64 in `text`, of which data keys consist; line breaks may be escaped as in JSON."""
    return (found[0] for found in _RUN.finditer(text.replace("\\n", "\n")))


def plain(text: str) -> bytes | None:
    """The bytes that the Base64 `text` encodes, or None if it is not canonical Base64."""
    try:
        return b64decode(text, validate=True)
    except (Error, ValueError):
        return None
