"""A mistake in a merged value is reported where it was written, with notes on what that overrode."""

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Layer, Stack
from varve.resolve.reporting import ValueReporter, file_notes

RULE = Rule("check/x", "X", "X.")
STACK = Stack(
    (
        Layer("defaults", 0, "platform", "defaults.yaml", {"labels": {"team": "a"}}),
        Layer("tenant", 1, "tenant", "tenant.yaml", {"labels": {"team": "b"}}),
    )
)


def test_a_diagnostic_is_at_the_strongest_layer_with_its_notes_before_those_of_the_history() -> None:
    report, own = Report(), Note("mine", Place("x.yaml"))
    ValueReporter(STACK, report).at(("labels", "team"), RULE, "wrong", own, hint="mend it", on="key")
    (diagnostic,) = report
    assert (diagnostic.rule, diagnostic.message, diagnostic.hint) == (RULE, "wrong", "mend it")
    assert diagnostic.place == Place("tenant.yaml", ("labels", "team"), "key")
    assert [note.place and note.place.file for note in diagnostic.notes] == ["x.yaml", "defaults.yaml"]


def test_a_missing_value_is_reported_where_it_would_be() -> None:
    report = Report()
    ValueReporter(STACK, report).at(("labels", "tier"), RULE, "missing", hint="say it")
    (diagnostic,) = report
    assert diagnostic.place == Place("tenant.yaml", ("labels",))


def test_the_first_files_get_notes_and_the_others_are_counted() -> None:
    expected = [("so is this", "a"), ("so is this", "b")]
    assert [
        (each.message, each.place and each.place.file) for each in file_notes(["a", "b"], "so is this", 2)
    ] == expected
    assert [each.message for each in file_notes(["a", "b", "c"], "so is this", 2)] == ["so is this"] * 2 + [
        "and 1 more"
    ]
    assert file_notes([], "so is this", 2) == []
