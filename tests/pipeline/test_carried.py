"""Carried results change how much work a compile has, and never its result."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.emit.repository import CHECKOUT, repository, sources
from tests.pipeline.remembered import Kept, given, seen, written
from tests.pipeline.test_remembering import BETA, EDITS, TWO, edited
from varve import pipeline
from varve.model.artifact import Build
from varve.model.diagnostic import Place, Report, Rule, Severity
from varve.pipeline import Means, carried
from varve.pipeline.carried import Carried
from varve.read.reading import Reading

FOUND = "what was found"
WARNING = Rule("read/a-warning", "", "", Severity.WARNING)
ERROR = Rule("read/an-error", "", "")


def compiled(files: Mapping[str, bytes], results: Carried, memory: Kept) -> Build:
    """The build of some files, in a process that compiles again and again."""
    build = pipeline.compile(seen(files), means=Means(memory, carried=results, unit_by_unit=True))
    memory.keep(build.learnt)
    return build


@pytest.mark.parametrize("backwards", [False, True])
def test_after_any_edits_an_incremental_build_equals_a_full_one(*, backwards: bool) -> None:
    results, memory, initial = Carried(), Kept(), sources(TWO)
    initial = written(initial, compiled(initial, results, memory))
    for edit in sorted(EDITS, reverse=backwards):
        files = edited(initial, edit)
        assert given(compiled(files, results, memory)) == given(pipeline.compile(seen(files))), edit


def test_carried_results_are_not_looked_up_in_the_cache() -> None:
    results, memory, files = Carried(), Kept(), sources(TWO)
    for _ in range(3):
        files = written(files, compiled(files, results, memory))
    for name in [name for name in memory.known if name.startswith(("unit ", "claims "))]:
        del memory.known[name]
    build = compiled(files, results, memory)
    assert (build.artifacts, build.learnt, len(build.units)) == ({}, (), 4)


def test_without_changed_questions_a_change_goes_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    results, memory, files = Carried(), Kept(), sources(TWO)
    for _ in range(3):
        files = written(files, compiled(files, results, memory))
    monkeypatch.setattr(carried, "_changed_questions", lambda *_: ())
    files = edited(files, "another interval")
    assert given(compiled(files, results, memory)) != given(pipeline.compile(seen(files)))


def test_carried_results_do_not_grow_over_time() -> None:
    results, memory, initial = Carried(), Kept(), sources(TWO)
    initial = written(initial, compiled(initial, results, memory))
    sizes = []
    for turn in range(8):
        label = initial[CHECKOUT] + f"labels: {{team: t{turn}}}\n".encode()
        compiled({**initial, CHECKOUT: label, f"tenants/a-{turn}/tenant.yaml": TWO[BETA].encode()}, results, memory)
        compiled(initial, results, memory)
        sizes.append(len(results.found) + len(results.earlier))
    assert len(set(sizes[1:])) == 1


@pytest.fixture
def results() -> Carried:
    """The results of a compile that asked for a file, for one that does not exist, and for the names in a folder."""
    results = Carried()
    view = results.begin(repository(TWO), Report())
    assert results.recall(str, "name") is None
    view.document(BETA)
    assert view.find("environments/tiers/none") is None
    view.names("tenants/acme/services")
    results.keep("name", FOUND, tuple(view.questions), "context")
    return results


CHANGES: Mapping[str, tuple[Mapping[str, str | None], bool]] = {
    "nothing": ({}, True),
    "a file that was not read": ({"tenants/acme/notes.md": "Later.\n"}, True),
    "the text of the file": ({BETA: "tenant: {}\n"}, False),
    "the file is deleted": ({BETA: None}, False),
    "the missing file is added": ({"environments/tiers/none.json": "{}\n"}, False),
    "a file is added to the folder": ({"tenants/acme/services/queue.toml": ""}, False),
    "a file is removed from the folder": ({CHECKOUT: None}, False),
    "the text of a file in the folder": ({CHECKOUT: "labels: {}\n"}, True),
}


@pytest.mark.parametrize(("changes", "holds"), CHANGES.values(), ids=CHANGES)
def test_a_result_holds_as_long_as_all_answers_are_the_same(
    changes: Mapping[str, str | None], results: Carried, *, holds: bool
) -> None:
    results.begin(repository({**TWO, **changes}), Report())
    assert (results.recall(str, "name", "context") == FOUND) == holds
    assert results.recall(str, "name", "another context") is None


def test_a_shipped_file_differs_from_the_same_file_of_the_repository(results: Carried) -> None:
    now = repository(TWO)
    results.begin(replace(now, library=now.library | {BETA}), Report())
    assert results.recall(str, "name", "context") is None


def test_nothing_is_carried_while_files_cannot_be_read(results: Carried) -> None:
    refused = replace(repository(TWO), refused=frozenset({"tenants/beta/link.yaml"}))
    results.begin(refused, Report())
    assert results.recall(str, "name", "context") is None
    results.keep("name", FOUND, ())
    results.begin(repository(TWO), Report())
    assert results.recall(str, "name") is None


def test_a_result_that_is_not_recalled_is_dropped(results: Carried) -> None:
    for _ in range(3):
        results.begin(repository(TWO), Report())
        assert results.recall(str, "name", "context") == FOUND
    for _ in range(2):
        results.begin(repository(TWO), Report())
    assert results.recall(str, "name", "context") is None


@pytest.mark.parametrize(("rule", "times"), [(WARNING, 1), (ERROR, 2)])
def test_diagnostics_are_repeated_and_questions_recorded(rule: Rule, times: int) -> None:
    results, count = Carried(), [0]

    def find(view: Reading) -> str:
        count[0] += 1
        view.names("tenants/acme/services")
        view.report.add(rule, "something is so", Place(CHECKOUT))
        return FOUND

    for _ in range(2):
        report = Report()
        view = results.begin(repository(TWO), report)
        assert results.once("name", view, find, "context") == FOUND
        assert [each.rule for each in report] == [rule]
        assert list(view.questions) == ["tenants/acme/services/"]
    assert count == [times]
