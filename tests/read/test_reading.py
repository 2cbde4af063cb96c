"""A reading parses a file once, when it is first needed, and finds the files of a name."""

import pytest

from tests.sealing import sealed
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry, Snapshot
from varve.read.reading import Reading, reading


def read(files: dict[str, str], report: Report) -> Reading:
    entries = {path: Entry(path, "100644") for path in sorted(files)}
    return reading(Snapshot(entries, {path: text.encode() for path, text in files.items()}), report)


def reported(report: Report) -> list[tuple[str, str]]:
    return [(each.rule.code, each.place.file if each.place else "") for each in report]


def test_a_name_is_found_in_any_format() -> None:
    report = Report()
    view = read({"a/b.toml": "c = 1", "a/d.json": '{"e": 2}', "a/f.xml": "<r><g>3</g></r>", "a/h.yml": "i: 4"}, report)
    values = [found.value for stem in "bdfh" if (found := view.find(f"a/{stem}"))]
    assert values == [{"c": 1}, {"e": 2}, {"g": 3}, {"i": 4}]
    assert not len(report)


def test_a_file_is_parsed_only_when_it_is_asked_for() -> None:
    report = Report()
    view = read({"a.yaml": "[", "b.yaml": "c: 1"}, report)
    assert reported(report) == []
    view.find("a")
    assert reported(report) == [("read/syntax", "a.yaml")]


def test_a_forgotten_file_is_read_again_with_the_same_result() -> None:
    report = Report()
    view = read({"a.yaml": "b: 1", "c.yaml": "["}, report)
    a, c = view.document("a.yaml"), view.document("c.yaml")
    view.forget(["a.yaml", "c.yaml", "nothing.yaml", "a."])
    assert view.document("a.yaml") is not a
    assert (view.document("a.yaml"), view.document("c.yaml")) == (a, c)
    assert reported(report) == [("read/syntax", "c.yaml")]


def test_a_file_is_read_once() -> None:
    report = Report()
    view = read({"a.yaml": "b: 1"}, report)
    assert view.find("a") is view.document("a.yaml")
    assert view.document("a.yaml") is view.document("a.yaml")


def test_a_name_without_a_file_is_none() -> None:
    report = Report()
    view = read({"a.md": "# A", "a/b.yaml": "{}"}, report)
    assert view.find("a") is None
    assert view.find("b") is None
    assert not len(report)


def test_two_files_of_one_name_have_no_value() -> None:
    report = Report()
    view = read({"a.json": '{"b": 1}', "a.yaml": "b: 2"}, report)
    found = view.find("a")
    assert found is not None
    assert [view.document(path).value for path in ("a.json", "a.yaml")] == [None, None]
    assert reported(report) == [("read/two-files-for-one-name", "a.json")]
    assert [note.place and note.place.file for each in report for note in each.notes] == ["a.yaml"]


def test_the_names_in_a_folder_exclude_those_of_its_subfolders() -> None:
    view = read({"a/c.yaml": "", "a/b.json": "{}", "a/d/e.yaml": "", "a/f.md": "", "g.yaml": ""}, Report())
    assert view.names("a") == ("b", "c")
    assert view.names("a/d") == ("e",)
    assert view.names("nothing") == ()


def test_artifacts_are_not_sources() -> None:
    view = read({"build/production/a.yaml": "b: 1"}, Report())
    assert view.find("build/production/a") is None
    assert view.names("build/production") == ()


def test_a_sealed_file_is_read_once_and_reported_each_time() -> None:
    bad, good = "tenants/a/secrets/bad.sops.yaml", "tenants/a/secrets/good.sops.yaml"
    view = read({bad: "a: b\n", good: sealed("a", "b"), "tenants/a/secrets/x.yaml": "c: d\n"}, Report())
    for report in (Report(), Report()):
        assert view.sealed(bad, report) is None
        assert reported(report) == [("read/not-sealed", bad)]
    assert view.sealed(good, Report()) is view.sealed(good, Report()) is not None
    assert list(view.all_sealed()) == [bad, good]


def test_whatever_else_is_in_a_folder_of_sealed_files_is_known() -> None:
    others = ("environments/secrets/x.txt", "tenants/a/secrets/.x", "tenants/a/secrets/b/c/x.sops.txt")
    elsewhere = ("tenants/a/secrets/x.sops.yaml", "tenants/a/x.txt", "tenants/secrets/b/x.txt", "policies/secrets/x.md")
    view = read(dict.fromkeys((*others, *elsewhere), ""), Report())
    assert list(view.all_unsealed()) == list(others)


# The record


def test_every_question_is_recorded_even_without_an_answer() -> None:
    view = read({"a/b.yaml": "c: 1", "a/d.yaml": "{}", "e.sops.yaml": ""}, Report())
    view.find("a/b")
    view.find("a/nothing")
    view.names("a")
    view.names("nowhere")
    view.sealed("e.sops.yaml", Report())
    assert "missing.yaml" not in view
    questions = {"a/b.", "a/b.yaml", "a/nothing.", "a/", "nowhere/", "e.sops.yaml", "missing.yaml"}
    assert view.questions.keys() == questions
    answered = {each: view.answer(each) for each in questions}
    assert answered["a/b."] == answered["a/b.yaml"] == "a/b.yaml"  # the blob ids of these tests are the paths
    assert answered["a/"] == "b/d"
    assert [answered[each] for each in ("a/nothing.", "nowhere/", "missing.yaml")] == ["", "", ""]


def test_a_recording_view_has_its_own_record_and_repeats_earlier_diagnostics() -> None:
    report, later = Report(), Report()
    view = read({"a.yaml": "[", "b.yaml": ""}, report)
    view.find("a")
    recording = view.recording(later)
    assert recording.find("a") is view.find("a")
    assert reported(report) == reported(later) == [("read/syntax", "a.yaml")]
    assert (list(recording.questions), "b.yaml" in recording) == (["a.", "a.yaml"], True)
    assert "b.yaml" not in view.questions


HIDDEN = {
    "as it is": ("yaml", "a: 1\nword: 2"),
    "quoted": ("yaml", "'word': 2"),
    "by an escape of YAML": ("yaml", '"w\\x6frd": 2'),
    "by an escaped line end": ("yaml", '? "w\\\n  ord"\n: 2'),
    "in JSON": ("json", '{"\\u0077ord": 2}'),
    "in TOML": ("toml", '"\\u0077ord" = 2'),
    "in XML": ("xml", '<r><entry key="w&#111;rd">2</entry></r>'),
    "merged": ("yaml", "b: &b {word: 2}\n<<: *b"),
}


@pytest.mark.parametrize(("format_", "text"), HIDDEN.values(), ids=HIDDEN)
def test_a_key_may_be_in_a_text_in_any_spelling(format_: str, text: str) -> None:
    view = read({f"a.{format_}": text}, Report())
    found = view.find("a")
    assert found is not None
    assert found.value is not None
    assert found.value["word"] == 2
    assert view.may_contain("a", "word")


def test_a_text_is_not_parsed_to_see_that_it_lacks_a_key() -> None:
    report = Report()
    view = read({"a.yaml": "ke: {y: [", "b.json": "key", "b.toml": "key"}, report)
    assert [view.may_contain(stem, "key") for stem in "abc"] == [False, True, False]
    assert not len(report)
    assert [*view.questions] == ["a.", "a.yaml", "b.", "b.json", "b.toml", "c."]


def test_a_view_may_replace_the_contents_of_files() -> None:
    before, after = Report(), Report()
    view = read({"a.yaml": "b: 1", "c.yaml": "d: 1"}, before)
    other = view.with_contents({"a.yaml": {"b": 2}}, after)
    assert [each.value for each in map(other.document, ("a.yaml", "c.yaml"))] == [{"b": 2}, {"d": 1}]
    assert view.document("a.yaml").value == {"b": 1}
    assert list(other.questions) == ["a.yaml", "c.yaml"]
    assert list(view.questions) == ["a.yaml"]
