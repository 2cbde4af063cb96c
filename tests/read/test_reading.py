"""A reading parses a file once, when somebody asks, and knows which names stand for one."""

import pytest

from tests.sealing import sealed
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry, Snapshot
from varve.read.reading import Reading, reading


def read(files: dict[str, str], report: Report) -> Reading:
    entries = {path: Entry(path, "100644") for path in sorted(files)}
    return reading(Snapshot(entries, {path: text.encode() for path, text in files.items()}), report)


def said(report: Report) -> list[tuple[str, str]]:
    return [(each.rule.code, each.place.file if each.place else "") for each in report]


def test_a_name_is_found_in_any_format() -> None:
    report = Report()
    desk = read({"a/b.toml": "c = 1", "a/d.json": '{"e": 2}', "a/f.xml": "<r><g>3</g></r>", "a/h.yml": "i: 4"}, report)
    values = [found.value for stem in "bdfh" if (found := desk.find(f"a/{stem}"))]
    assert values == [{"c": 1}, {"e": 2}, {"g": 3}, {"i": 4}]
    assert not len(report)


def test_nothing_is_read_before_somebody_asks() -> None:
    report = Report()
    desk = read({"a.yaml": "[", "b.yaml": "c: 1"}, report)
    assert said(report) == []
    desk.find("a")
    assert said(report) == [("read/syntax", "a.yaml")]


def test_what_is_forgotten_is_read_again_and_says_the_same() -> None:
    report = Report()
    desk = read({"a.yaml": "b: 1", "c.yaml": "["}, report)
    a, c = desk.document("a.yaml"), desk.document("c.yaml")
    desk.forget(["a.yaml", "c.yaml", "nothing.yaml", "a."])
    assert desk.document("a.yaml") is not a
    assert (desk.document("a.yaml"), desk.document("c.yaml")) == (a, c)
    assert said(report) == [("read/syntax", "c.yaml")]


def test_a_file_is_read_once() -> None:
    report = Report()
    desk = read({"a.yaml": "b: 1"}, report)
    assert desk.find("a") is desk.document("a.yaml")
    assert desk.document("a.yaml") is desk.document("a.yaml")


def test_a_name_without_a_file_is_none() -> None:
    report = Report()
    desk = read({"a.md": "# A", "a/b.yaml": "{}"}, report)
    assert desk.find("a") is None
    assert desk.find("b") is None
    assert not len(report)


def test_of_two_files_of_one_name_neither_says_anything() -> None:
    report = Report()
    desk = read({"a.json": '{"b": 1}', "a.yaml": "b: 2"}, report)
    found = desk.find("a")
    assert found is not None
    assert [desk.document(path).value for path in ("a.json", "a.yaml")] == [None, None]
    assert said(report) == [("read/two-files-for-one-name", "a.json")]
    assert [note.place and note.place.file for each in report for note in each.notes] == ["a.yaml"]


def test_the_names_in_a_folder_are_those_right_inside_it() -> None:
    desk = read({"a/c.yaml": "", "a/b.json": "{}", "a/d/e.yaml": "", "a/f.md": "", "g.yaml": ""}, Report())
    assert desk.names("a") == ("b", "c")
    assert desk.names("a/d") == ("e",)
    assert desk.names("nothing") == ()


def test_artifacts_are_no_sources() -> None:
    desk = read({"build/production/a.yaml": "b: 1"}, Report())
    assert desk.find("build/production/a") is None
    assert desk.names("build/production") == ()


def test_a_sealed_file_is_read_once_and_whoever_asks_hears_what_is_wrong() -> None:
    bad, good = "tenants/a/secrets/bad.sops.yaml", "tenants/a/secrets/good.sops.yaml"
    desk = read({bad: "a: b\n", good: sealed("a", "b"), "tenants/a/secrets/x.yaml": "c: d\n"}, Report())
    for report in (Report(), Report()):
        assert desk.sealed(bad, report) is None
        assert said(report) == [("read/not-sealed", bad)]
    assert desk.sealed(good, Report()) is desk.sealed(good, Report()) is not None
    assert list(desk.all_sealed()) == [bad, good]


# The record


def test_whatever_is_asked_is_recorded_also_in_vain() -> None:
    desk = read({"a/b.yaml": "c: 1", "a/d.yaml": "{}", "e.sops.yaml": ""}, Report())
    desk.find("a/b")
    desk.find("a/nothing")
    desk.names("a")
    desk.names("nowhere")
    desk.sealed("e.sops.yaml", Report())
    assert "missing.yaml" not in desk
    questions = {"a/b.", "a/b.yaml", "a/nothing.", "a/", "nowhere/", "e.sops.yaml", "missing.yaml"}
    assert desk.asked.keys() == questions
    answered = {each: desk.answer(each) for each in questions}
    assert answered["a/b."] == answered["a/b.yaml"] == "a/b.yaml"  # the blob ids of these tests are the paths
    assert answered["a/"] == "b/d"
    assert [answered[each] for each in ("a/nothing.", "nowhere/", "missing.yaml")] == ["", "", ""]


def test_a_watched_view_records_for_itself_and_hears_what_was_said_before() -> None:
    report, later = Report(), Report()
    desk = read({"a.yaml": "[", "b.yaml": ""}, report)
    desk.find("a")
    view = desk.watched(later)
    assert view.find("a") is desk.find("a")
    assert said(report) == said(later) == [("read/syntax", "a.yaml")]
    assert (list(view.asked), "b.yaml" in view) == (["a.", "a.yaml"], True)
    assert "b.yaml" not in desk.asked


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
def test_a_key_is_seen_in_a_text_however_it_is_written(format_: str, text: str) -> None:
    desk = read({f"a.{format_}": text}, Report())
    found = desk.find("a")
    assert found is not None
    assert found.value is not None
    assert found.value["word"] == 2
    assert desk.may_say("a", "word")


def test_a_text_without_a_key_is_not_read_for_it() -> None:
    report = Report()
    desk = read({"a.yaml": "ke: {y: [", "b.json": "key", "b.toml": "key"}, report)
    assert [desk.may_say(stem, "key") for stem in "abc"] == [False, True, False]
    assert not len(report)
    assert [*desk.asked] == ["a.", "a.yaml", "b.", "b.json", "b.toml", "c."]


def test_a_file_may_be_supposed_to_say_something_else() -> None:
    before, after = Report(), Report()
    desk = read({"a.yaml": "b: 1", "c.yaml": "d: 1"}, before)
    other = desk.supposing({"a.yaml": {"b": 2}}, after)
    assert [each.value for each in map(other.document, ("a.yaml", "c.yaml"))] == [{"b": 2}, {"d": 1}]
    assert desk.document("a.yaml").value == {"b": 1}
    assert list(other.asked) == ["a.yaml", "c.yaml"]
    assert list(desk.asked) == ["a.yaml"]
