"""Diagnostics with their places looked up: lines and columns, and what stands there."""

from typing import NamedTuple

from varve.model.diagnostic import Diagnostic, Span


class Spot(NamedTuple):
    """A place that was looked up: `span` is missing where the snapshot has no such file.

    `line` is the text at `span`; it is missing where there is nothing to show, as for a file that is wrong as a whole.
    """

    file: str
    span: Span | None = None
    line: str | None = None


class Situated(NamedTuple):
    """A diagnostic with its places looked up: its own, and those of its notes, in their order."""

    diagnostic: Diagnostic
    spot: Spot | None
    notes: tuple[Spot | None, ...]
