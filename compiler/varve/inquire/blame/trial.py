"""A trial: an artifact that is made again, and what became of the line that is asked about."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from varve.inquire.blame.remake import Remake, supposing
from varve.inquire.blame.word import Word
from varve.language import lines
from varve.language.lines import Fate
from varve.model.diagnostic import Report
from varve.model.source import Map
from varve.pipeline.opening import Opened


class Trial(NamedTuple):
    """What is tried: how an artifact is made, what it says, and which line is asked about, from 0, or with None all."""

    opened: Opened
    remake: Remake
    said: Sequence[str]
    at: int | None

    @property
    def line(self) -> str:
        """The line that is asked about."""
        return "" if self.at is None else self.said[self.at]


class Tried(NamedTuple):
    """What became of the line, how many lines of the artifact are no more, and whether it is the same as a whole."""

    fate: Fate
    reach: int
    same: bool = False


def split(data: bytes) -> list[str]:
    """The lines of an artifact."""
    return data.decode("utf-8", "replace").removesuffix("\n").split("\n")


def documents(trial: Trial, word: Word) -> dict[str, Map]:
    """What the files say that say a word."""
    return {spot.file: trial.opened.reading.document(spot.file).value or {} for spot in word.spots}


def attempt(trial: Trial, said: Mapping[str, Map]) -> Tried | None:
    """What becomes of the line where files say something else; None where the unit is broken by that."""
    report = Report()
    data = trial.remake(supposing(trial.opened, said, report), report)
    return None if data is None or report.broken else fate(trial, data)


def fate(trial: Trial, data: bytes) -> Tried:
    """What became of the line in an artifact that was made again."""
    made = split(data) if data else []
    if made == trial.said:
        return Tried("stays", 0, same=True)
    reach = (Counter(trial.said) - Counter(made)).total()
    return Tried("another" if trial.at is None else lines.fate(trial.said, made, trial.at), reach)
