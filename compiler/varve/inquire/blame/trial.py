"""A trial: an artifact is made again, and the line in question is compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from varve.inquire.blame.remake import Remake, with_changed
from varve.inquire.blame.word import Word
from varve.language import lines
from varve.language.lines import Fate
from varve.model.diagnostic import Report
from varve.model.source import Map
from varve.pipeline.opening import Opened


class Trial(NamedTuple):
    """The artifact under trial: how it is made, its lines, and the index of the line in question, None for all."""

    opened: Opened
    remake: Remake
    lines: Sequence[str]
    at: int | None

    @property
    def line(self) -> str:
        """The line in question."""
        return "" if self.at is None else self.lines[self.at]


class Tried(NamedTuple):
    """The fate of the line, the number of lines that are gone, and whether the whole artifact is the same."""

    fate: Fate
    reach: int
    same: bool = False


def split(data: bytes) -> list[str]:
    """The lines of an artifact."""
    return data.decode("utf-8", "replace").removesuffix("\n").split("\n")


def documents(trial: Trial, word: Word) -> dict[str, Map]:
    """The contents of the files that contain a word, by path."""
    return {spot.file: trial.opened.reading.document(spot.file).value or {} for spot in word.spots}


def attempt(trial: Trial, changed: Mapping[str, Map]) -> Tried | None:
    """The result with other contents of files; None if the unit does not compile with them."""
    report = Report()
    data = trial.remake(with_changed(trial.opened, changed, report), report)
    return None if data is None or report.broken else fate(trial, data)


def fate(trial: Trial, data: bytes) -> Tried:
    """The result for an artifact that was made again."""
    made = split(data) if data else []
    if made == trial.lines:
        return Tried("stays", 0, same=True)
    reach = (Counter(trial.lines) - Counter(made)).total()
    return Tried("another" if trial.at is None else lines.fate(trial.lines, made, trial.at), reach)
