"""The minimal content of a map that still produces a line: of several words that would each do, one is left."""

from collections.abc import Sequence

from varve.inquire.blame.remake import with_changed
from varve.inquire.blame.trial import Trial, attempt, documents, split
from varve.inquire.blame.word import Word, without
from varve.language import lines
from varve.model.diagnostic import Report
from varve.model.source import Keys, Map
from varve.resolve.merge import is_set


def least(trial: Trial, words: Sequence[Word], keys: Keys) -> tuple[Trial, list[Word]] | None:
    """The trial without every word below a path that can be left out, and the words that are left; None without any.

    A value that others refer to can be left out only after them, so all are tried until none can be left out any more.
    Items of lists are never left out, so that each keeps its index.
    """
    inside = [each for each in words if _is_inside(each, keys)]
    changed: dict[str, Map] = {}
    before = -1
    while before != len(inside):
        before = len(inside)
        for word in sorted(inside, key=lambda each: len(each.keys)):
            tried = (
                changed | without(word, documents(trial, word) | changed) if _is_left(trial, word, changed) else changed
            )
            became = attempt(trial, tried) if tried is not changed else None
            if became and became.fate == "stays":
                changed = tried
        inside = [each for each in inside if _is_left(trial, each, changed)]
    return _again(trial, changed, words) if changed else None


def _is_inside(word: Word, keys: Keys) -> bool:
    below = len(word.keys) > len(keys) and word.keys[: len(keys)] == keys
    return below and not any(isinstance(key, int) for spot in word.spots for key in spot.keys)


def _is_left(trial: Trial, word: Word, changed: dict[str, Map]) -> bool:
    files = documents(trial, word) | changed
    return all(is_set(files[spot.file], spot.keys) for spot in word.spots)


def _again(trial: Trial, changed: dict[str, Map], words: Sequence[Word]) -> tuple[Trial, list[Word]] | None:
    opened = with_changed(trial.opened, changed, Report())
    made = split(trial.remake(opened, Report()) or b"")
    at = lines.place(trial.lines, trial.at or 0, made)
    left = [each for each in words if _is_left(trial, each, changed)]
    return None if at is None else (Trial(opened, trial.remake, made, at), left)
