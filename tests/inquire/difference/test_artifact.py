"""Of an artifact is told how many lines of it are there on one side only."""

from varve.inquire.difference.artifact import artifact
from varve.model.difference import THERE, Change, Lines, Met


def test_lines_that_are_on_one_side_only_are_counted() -> None:
    found = artifact("rules/checkout.yaml", b"a\nb\nb\n", b"a\nb\nc\nd\n")
    assert found == Met(Change("artifact", "rules/"), "checkout.yaml", Lines(1, 2, 1))


def test_a_line_that_moves_is_on_both_sides() -> None:
    assert artifact("rules/checkout.yaml", b"a\nb\n", b"b\na\n").lines == Lines(1, 0, 0)


def test_an_artifact_that_comes_or_goes_is_there_on_one_side() -> None:
    come, gone = artifact("alertmanager.yaml", None, b"a\n"), artifact("alertmanager.yaml", b"a\nb\n", None)
    assert come == Met(Change("artifact", "", "", None, THERE), "alertmanager.yaml", Lines(1, 1, 0))
    assert gone == Met(Change("artifact", "", "", THERE, None), "alertmanager.yaml", Lines(1, 0, 2))
