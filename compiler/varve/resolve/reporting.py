"""Diagnostics about a merged value: where it was written, and what it overrode; or about many files at once."""

from collections.abc import Sequence
from typing import NamedTuple

from varve.model.diagnostic import Note, On, Place, Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys
from varve.resolve.history import origin


class ValueReporter(NamedTuple):
    """A stack, and the report for mistakes in the value that it merged into."""

    stack: Stack
    report: Report

    def at(self, keys: Keys, rule: Rule, message: str, *notes: Note, hint: str, on: On = "value") -> None:
        """Report the value at `keys` where it was written, or would be; `notes` come before those of its history."""
        place, history = origin(self.stack, keys)
        here = place if place.on == on else place._replace(on=on)
        self.report.add(rule, message, here, *notes, *history, hint=hint)


def file_notes(paths: Sequence[str], what: str, most: int) -> list[Note]:
    """A note `what` for each of the first `most` files, and a note on how many more there are."""
    notes = [Note(what, Place(path)) for path in paths[:most]]
    return [*notes, Note(f"and {len(paths) - most} more")] if paths[most:] else notes
