"""What became of a line is told of an artifact that was made again, unless what makes it is broken."""

import pytest

from tests.inquire.blame.example import CHECKOUT, RULES, lines, subject
from varve.inquire.blame.trial import Trial, attempt, documents, fate, split
from varve.inquire.blame.word import Spot, Word

pytestmark = pytest.mark.usefixtures("one_kit")

WORD = Word(("services", "checkout", "owner"), "payments", (Spot(CHECKOUT, ("owner",)),))


def _trial(text: str) -> Trial:
    rules = lines(RULES)
    at = next(at for at, line in enumerate(rules) if text in line)
    return Trial(subject(RULES).opened, subject(RULES).remake, rules, at)


def test_the_number_of_changed_lines_is_counted() -> None:
    trial = _trial("for: 10m")
    assert fate(trial, b"\n".join(line.encode() for line in trial.lines) + b"\n").same
    assert fate(trial, b"").fate == "gone"
    assert fate(trial, b"").reach == len(trial.lines)
    assert split(b"a\nb\n") == ["a", "b"]


def test_files_that_say_something_else_make_another_artifact_or_none() -> None:
    trial = _trial("for: 10m")
    (value,) = documents(trial, WORD).values()
    same, other = attempt(trial, {CHECKOUT: value}), attempt(trial, {CHECKOUT: {**value, "alerts": {}}})
    assert (same and same.same, other and other.fate) == (True, "gone")
    assert attempt(trial, {CHECKOUT: {**value, "alerts": {"Slow": {"expr": "up =="}}}}) is None
