"""Diagnostics with their places resolved to lines and columns, and the source line of each."""

from typing import NamedTuple

from varve.model.diagnostic import Diagnostic, Span


class Spot(NamedTuple):
    """A resolved place: `span` is None if the snapshot has no such file.

    `line` is the source line at `span`, or None if there is nothing to show, as for a file that is wrong as a whole.
    """

    file: str
    span: Span | None = None
    line: str | None = None


class Situated(NamedTuple):
    """A diagnostic with its resolved place, and those of its notes, in their order."""

    diagnostic: Diagnostic
    spot: Spot | None
    notes: tuple[Spot | None, ...]
