"""Of an artifact is told how many lines of it are there on one side only."""

from varve.inquire.difference.artifact import are_alike, artifact, renamed_artifacts
from varve.model.difference import PRESENT, Change, Lines, Occurrence


def test_lines_that_are_on_one_side_only_are_counted() -> None:
    found = artifact("rules/checkout.yaml", b"a\nb\nb\n", b"a\nb\nc\nd\n")
    assert found == Occurrence(Change("artifact", "rules/"), "checkout.yaml", Lines(1, 2, 1))


def test_a_line_that_moves_is_on_both_sides() -> None:
    assert artifact("rules/checkout.yaml", b"a\nb\n", b"b\na\n").lines == Lines(1, 0, 0)


def test_an_artifact_that_comes_or_goes_is_there_on_one_side() -> None:
    come, gone = artifact("alertmanager.yaml", None, b"a\n"), artifact("alertmanager.yaml", b"a\nb\n", None)
    assert come == Occurrence(Change("artifact", "", "", None, PRESENT), "alertmanager.yaml", Lines(1, 1, 0))
    assert gone == Occurrence(Change("artifact", "", "", PRESENT, None), "alertmanager.yaml", Lines(1, 0, 2))


def test_an_artifact_in_a_renamed_file_has_both_names() -> None:
    found = artifact("rules/basket.yaml", b"a\nb\n", b"a\nc\n", "checkout.yaml")
    assert found == Occurrence(
        Change("artifact", "rules/", "name", "checkout.yaml", "basket.yaml"), "basket.yaml", Lines(1, 1, 1)
    )


def test_those_of_a_service_that_has_another_name_are_found_again() -> None:
    gone, come = ([f"b/{folder}/{name}" for folder in ("rules", "tests")] for name in ("a.yaml", "b.yaml"))
    assert renamed_artifacts(gone, come, {"a": "b"}, lambda *_: False) == dict(zip(gone, come, strict=True))
    assert renamed_artifacts(gone, [*come[:1], "b/scrape/b.yaml"], {"a": "b"}, lambda *_: True) == {gone[0]: come[0]}
    assert renamed_artifacts(gone, come, {}, lambda *_: True) == {}


def test_those_of_a_tenants_own_files_are_found_again_where_they_are_alike() -> None:
    gone, come = ["b/rules/raw/a.yaml", "b/rules/raw/b.yaml"], ["b/dashboards/raw/c.yaml", "b/rules/raw/c.yaml"]
    assert renamed_artifacts(gone, come, {}, lambda *_: True) == {gone[0]: come[1]}
    assert renamed_artifacts(gone, come, {}, lambda old, _: "b.yaml" in old) == {gone[1]: come[1]}
    assert renamed_artifacts(gone, come, {}, lambda *_: False) == {}


def test_a_tenants_own_file_is_not_renamed_with_a_service_of_the_same_name() -> None:
    gone, come = ["b/rules/raw/a.yaml", "b/rules/raw/x.yaml"], ["b/rules/raw/b.yaml"]
    assert renamed_artifacts(gone, come, {"a": "b"}, lambda old, _: "x.yaml" in old) == {gone[1]: come[0]}
    assert renamed_artifacts(gone, come, {"a": "b"}, lambda *_: False) == {}


def test_of_very_many_files_of_its_own_none_are_compared() -> None:
    gone, come = ([f"b/rules/raw/{side}{number}.yaml" for number in range(33)] for side in "ab")
    assert renamed_artifacts(gone, come, {}, lambda *_: True) == {}
    assert len(renamed_artifacts(gone, come[:31], {}, lambda *_: True)) == 31


def test_artifacts_with_mostly_equal_lines_are_alike() -> None:
    assert are_alike(b"a\nb\nc\nd\n", b"d\nb\nc\nx\n")
    assert not are_alike(b"a\nb\nc\nd\n", b"a\nb\nx\ny\n")
    assert not are_alike(b"a\n", None)
