"""Converts the line endings of a file on disk as git would when recording it."""

from collections.abc import Callable, Mapping
from typing import Final

_MOSTLY_TEXT: Final = 7
_BINARY: Final = bytes(code for code in range(32) if code not in b"\b\t\n\r\x1b\f") + b"\x7f"


def normalised(
    data: bytes,
    attributes: Mapping[str, str],
    autocrlf: Callable[[], bool],
    recorded: Callable[[], bytes],
) -> bytes:
    """`data` as `git add` would record it, with the attributes `attributes` of its path.

    `autocrlf` returns whether git converts files without attributes, and `recorded` the content that the index has for
    the path; both are called only if they matter.
    """
    if b"\r\n" not in data:
        return data
    match _treatment(attributes):
        case "text":
            return data.replace(b"\r\n", b"\n")
        case "binary":
            return data
        case None if not autocrlf():
            return data
        case _:
            guessed = _is_binary(data) or _has_crlf(recorded())
            return data if guessed else data.replace(b"\r\n", b"\n")


def _treatment(attributes: Mapping[str, str]) -> str | None:
    text = attributes.get("text", attributes.get("crlf"))
    match text:
        case "unset":
            return "binary"
        case "auto":
            return "auto"
        case "set" | "input":
            return "text"
        case _:
            return "text" if attributes.get("eol") in {"lf", "crlf"} else None


def _has_crlf(data: bytes) -> bool:
    return b"\r\n" in data and not _is_binary(data)


def _is_binary(data: bytes) -> bool:
    """git's own heuristic: a null, a carriage return without a newline, or more than one odd character in 128."""
    if b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return True
    ends = data.count(b"\r") + data.count(b"\n")
    body = data.removesuffix(b"\x1a")
    odd = len(body) - len(body.translate(None, _BINARY))
    printable = len(body) - ends - odd
    return printable >> _MOSTLY_TEXT < odd
