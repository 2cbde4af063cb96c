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


def compiled(files: Mapping[str, bytes], left: Carried, memory: Kept) -> Build:
    """The build of some files, in a process that compiles again and again."""
    build = pipeline.compile(seen(files), means=Means(memory, carried=left, apart=True))
    memory.keep(build.learnt)
    return build


@pytest.mark.parametrize("backwards", [False, True])
def test_after_any_edits_an_incremental_build_equals_a_full_one(*, backwards: bool) -> None:
    left, memory, begun = Carried(), Kept(), sources(TWO)
    begun = written(begun, compiled(begun, left, memory))
    for edit in sorted(EDITS, reverse=backwards):
        files = edited(begun, edit)
        assert given(compiled(files, left, memory)) == given(pipeline.compile(seen(files))), edit


def test_carried_results_are_not_looked_up_in_the_cache() -> None:
    left, memory, files = Carried(), Kept(), sources(TWO)
    for _ in range(3):
        files = written(files, compiled(files, left, memory))
    for name in [name for name in memory.known if name.startswith(("unit ", "claims "))]:
        del memory.known[name]
    build = compiled(files, left, memory)
    assert (build.artifacts, build.learnt, len(build.units)) == ({}, (), 4)


def test_without_changed_questions_a_change_goes_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    left, memory, files = Carried(), Kept(), sources(TWO)
    for _ in range(3):
        files = written(files, compiled(files, left, memory))
    monkeypatch.setattr(carried, "_changed_questions", lambda *_: ())
    files = edited(files, "another interval")
    assert given(compiled(files, left, memory)) != given(pipeline.compile(seen(files)))


def test_carried_results_do_not_grow_over_time() -> None:
    left, memory, begun = Carried(), Kept(), sources(TWO)
    begun = written(begun, compiled(begun, left, memory))
    sizes = []
    for turn in range(8):
        label = begun[CHECKOUT] + f"labels: {{team: t{turn}}}\n".encode()
        compiled({**begun, CHECKOUT: label, f"tenants/a-{turn}/tenant.yaml": TWO[BETA].encode()}, left, memory)
        compiled(begun, left, memory)
        sizes.append(len(left.found) + len(left.earlier))
    assert len(set(sizes[1:])) == 1


@pytest.fixture
def left() -> Carried:
    """The results of a compile that asked for a file, for one that does not exist, and for the names in a folder."""
    left = Carried()
    desk = left.begin(repository(TWO), Report())
    assert left.recall(str, "name") is None
    desk.document(BETA)
    assert desk.find("environments/tiers/none") is None
    desk.names("tenants/acme/services")
    left.keep("name", FOUND, tuple(desk.asked), "beside")
    return left


CHANGES: Mapping[str, tuple[Mapping[str, str | None], bool]] = {
    "nothing": ({}, True),
    "a file that nobody asked for": ({"tenants/acme/notes.md": "Later.\n"}, True),
    "what the file says": ({BETA: "tenant: {}\n"}, False),
    "that it is there": ({BETA: None}, False),
    "that the other one is there": ({"environments/tiers/none.json": "{}\n"}, False),
    "a name in the folder more": ({"tenants/acme/services/queue.toml": ""}, False),
    "a name in the folder less": ({CHECKOUT: None}, False),
    "what a file in the folder says": ({CHECKOUT: "labels: {}\n"}, True),
}


@pytest.mark.parametrize(("changes", "holds"), CHANGES.values(), ids=CHANGES)
def test_a_result_holds_as_long_as_all_answers_are_the_same(
    changes: Mapping[str, str | None], left: Carried, *, holds: bool
) -> None:
    left.begin(repository({**TWO, **changes}), Report())
    assert (left.recall(str, "name", "beside") == FOUND) == holds
    assert left.recall(str, "name", "otherwise") is None


def test_a_shipped_file_differs_from_the_same_file_of_the_repository(left: Carried) -> None:
    now = repository(TWO)
    left.begin(replace(now, library=now.library | {BETA}), Report())
    assert left.recall(str, "name", "beside") is None


def test_nothing_is_carried_while_files_cannot_be_read(left: Carried) -> None:
    refused = replace(repository(TWO), refused=frozenset({"tenants/beta/link.yaml"}))
    left.begin(refused, Report())
    assert left.recall(str, "name", "beside") is None
    left.keep("name", FOUND, ())
    left.begin(repository(TWO), Report())
    assert left.recall(str, "name") is None


def test_a_result_that_is_not_recalled_is_dropped(left: Carried) -> None:
    for _ in range(3):
        left.begin(repository(TWO), Report())
        assert left.recall(str, "name", "beside") == FOUND
    for _ in range(2):
        left.begin(repository(TWO), Report())
    assert left.recall(str, "name", "beside") is None


@pytest.mark.parametrize(("rule", "times"), [(WARNING, 1), (ERROR, 2)])
def test_diagnostics_are_repeated_and_questions_recorded(rule: Rule, times: int) -> None:
    left, count = Carried(), [0]

    def find(desk: Reading) -> str:
        count[0] += 1
        desk.names("tenants/acme/services")
        desk.report.say(rule, "something is so", Place(CHECKOUT))
        return FOUND

    for _ in range(2):
        report = Report()
        desk = left.begin(repository(TWO), report)
        assert left.once("name", desk, find, "beside") == FOUND
        assert [each.rule for each in report] == [rule]
        assert list(desk.asked) == ["tenants/acme/services/"]
    assert count == [times]
