"""Valid and invalid texts for each format."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from varve.check.shape.format import Format

Tried: TypeAlias = Mapping[str, tuple[Sequence[str], Sequence[str]]]
"""Good texts and bad ones, by the name of the format."""


def mistaken(formats: Mapping[str, Format], tried: Tried) -> list[tuple[str, str]]:
    """The formats and texts with a wrong result: a valid text must have no fault, an invalid one a hint."""
    good = [(name, text) for name, (texts, _) in tried.items() for text in texts]
    bad = [(name, text) for name, (_, texts) in tried.items() for text in texts]
    refused = [(name, text) for name, text in good if formats[name].fault(text) is not None]
    return refused + [(name, text) for name, text in bad if not _is_refused(formats[name], text)]


def _is_refused(format_: Format, text: str) -> bool:
    """Whether a text is refused, with a hint."""
    reason = format_.fault(text)
    return reason is not None and bool(
        format_.advice or reason.startswith(("write ", "use ", "begin ", "did you mean "))
    )
