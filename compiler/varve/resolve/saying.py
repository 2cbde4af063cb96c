"""Reporting something of a value that many files made: at the place where it was written, and whom that overrode."""

from dataclasses import replace
from typing import NamedTuple

from varve.model.diagnostic import Note, On, Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys
from varve.resolve.history import origin


class Saying(NamedTuple):
    """A stack, and the report that hears what is wrong with the value it gave."""

    stack: Stack
    report: Report

    def at(self, keys: Keys, rule: Rule, message: str, *notes: Note, hint: str, on: On = "value") -> None:
        """Report the value at `keys` where it was written, or would be; `notes` come before those of its history."""
        place, history = origin(self.stack, keys)
        self.report.say(rule, message, replace(place, on=on), *notes, *history, hint=hint)
