"""Texts that formats are tried with."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from varve.check.shape.format import Format

Tried: TypeAlias = Mapping[str, tuple[Sequence[str], Sequence[str]]]
"""Good texts and bad ones, by the name of the format."""


def good(tried: Tried) -> list[tuple[str, str]]:
    """Names of formats, and texts that are of them."""
    return [(name, text) for name, (texts, _) in tried.items() for text in texts]


def bad(tried: Tried) -> list[tuple[str, str]]:
    """Names of formats, and texts that are not of them."""
    return [(name, text) for name, (_, texts) in tried.items() for text in texts]


def is_refused(format_: Format, text: str) -> bool:
    """Whether a text is refused, with the way out."""
    reason = format_.fault(text)
    return reason is not None and bool(format_.advice or reason.startswith(("write ", "use ", "begin ")))
