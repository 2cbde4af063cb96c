"""What is wrong with a merged value is said where it was written, beside whom that overrode."""

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Layer, Stack
from varve.resolve.saying import Saying, alike

RULE = Rule("check/x", "X", "X.")
STACK = Stack(
    (
        Layer("defaults", 0, "platform", "defaults.yaml", {"labels": {"team": "a"}}),
        Layer("tenant", 1, "tenant", "tenant.yaml", {"labels": {"team": "b"}}),
    )
)


def test_it_is_said_at_the_strongest_voice_with_its_notes_before_those_of_the_history() -> None:
    report, own = Report(), Note("mine", Place("x.yaml"))
    Saying(STACK, report).at(("labels", "team"), RULE, "wrong", own, hint="mend it", on="key")
    (said,) = report
    assert (said.rule, said.message, said.hint) == (RULE, "wrong", "mend it")
    assert said.place == Place("tenant.yaml", ("labels", "team"), "key")
    assert [note.place and note.place.file for note in said.notes] == ["x.yaml", "defaults.yaml"]


def test_what_nobody_says_is_said_where_it_would_stand() -> None:
    report = Report()
    Saying(STACK, report).at(("labels", "tier"), RULE, "missing", hint="say it")
    (said,) = report
    assert said.place == Place("tenant.yaml", ("labels",))


def test_of_many_files_the_first_are_named_and_the_others_counted() -> None:
    said = [("so is this", "a"), ("so is this", "b")]
    assert [(each.message, each.place and each.place.file) for each in alike(["a", "b"], "so is this", 2)] == said
    assert [each.message for each in alike(["a", "b", "c"], "so is this", 2)] == ["so is this"] * 2 + ["and 1 more"]
    assert alike([], "so is this", 2) == []
