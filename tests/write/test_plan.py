from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language.blob import identify
from varve.model.artifact import Artifact, Build
from varve.model.diagnostic import Report
from varve.write.plan import Plan, Standing, Stranger, judge, plan, refuse

Files = dict[str, bytes]


def _plan(
    wanted: Files, standing: Files, replaceable: set[str] | None = None, kept: frozenset[str] = frozenset()
) -> Plan:
    artifacts = {path: Artifact(path, data) for path, data in wanted.items()}
    ids = {path: identify(data) for path, data in standing.items()}
    tracked = frozenset(standing if replaceable is None else replaceable)
    return plan(_build(artifacts, kept), Standing(ids, tracked, frozenset()))


def _build(artifacts: dict[str, Artifact], kept: frozenset[str] = frozenset()) -> Build:
    return Build(artifacts, kept, (), {path: identify(each.data) for path, each in artifacts.items()})


@dataclass(frozen=True)
class Case:
    """A plan to make, and its expected content; all existing files are varve's unless `replaceable` says otherwise."""

    wanted: Files
    standing: Files
    replaceable: set[str] | None = None
    kept: frozenset[str] = frozenset()
    clear: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Stranger, ...] = ()
    codes: list[tuple[str, str]] = field(default_factory=list)


CASES = {
    "nothing to do": Case({"a": b"1"}, {"a": b"1"}, unchanged=("a",)),
    "a new artifact": Case({"a": b"1"}, {}, write=("a",), codes=[("write/missing-artifact", "a")]),
    "an artifact that does not match the sources": Case(
        {"a": b"1"}, {"a": b"2"}, write=("a",), codes=[("write/stale-artifact", "a")]
    ),
    "an artifact that no source gives": Case({}, {"a": b"1"}, delete=("a",), codes=[("write/left-over-artifact", "a")]),
    "an artifact of a broken unit": Case({}, {"a": b"1"}, kept=frozenset({"a"})),
    "a stranger where nothing goes": Case(
        {}, {"a": b"1"}, replaceable=set(), refused=(Stranger("a"),), codes=[("write/stranger", "a")]
    ),
    "a stranger in the place of an artifact": Case(
        {"a": b"1"}, {"a": b"2"}, replaceable=set(), refused=(Stranger("a", "a"),), codes=[("write/stranger", "a")]
    ),
    "a stranger that is what the sources say": Case({"a": b"1"}, {"a": b"1"}, replaceable=set(), unchanged=("a",)),
    "a file of varve's where a folder goes": Case(
        {"a/b/c": b"1"},
        {"a/b": b"1"},
        clear=("a/b",),
        write=("a/b/c",),
        codes=[("write/missing-artifact", "a/b/c"), ("write/left-over-artifact", "a/b")],
    ),
    "files of varve's where a file goes": Case(
        {"a": b"1"},
        {"a/b": b"1", "a/c/d": b"1", "ab": b"1"},
        clear=("a/b", "a/c/d"),
        write=("a",),
        delete=("ab",),
        codes=[
            ("write/missing-artifact", "a"),
            ("write/left-over-artifact", "a/b"),
        ],
    ),
    "a stranger where a folder goes": Case(
        {"a/b": b"1", "c": b"1"},
        {"a": b"1"},
        replaceable=set(),
        write=("c",),
        refused=(Stranger("a", "a/b"),),
        codes=[("write/missing-artifact", "c"), ("write/stranger", "a")],
    ),
    "a stranger among files of varve's where a file goes": Case(
        {"a": b"1"},
        {"a/b": b"1", "a/c": b"1"},
        replaceable={"a/b"},
        delete=("a/b",),
        refused=(Stranger("a/c", "a"),),
        codes=[("write/left-over-artifact", "a/b"), ("write/stranger", "a/c")],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_plans(case: Case) -> None:
    found = _plan(case.wanted, case.standing, case.replaceable, case.kept)
    assert found.clear == case.clear
    assert tuple(write.path for write in found.write) == case.write
    assert found.delete == case.delete
    assert found.unchanged == case.unchanged
    assert found.refused == case.refused
    assert found.empty == (not (case.clear or case.write or case.delete))
    report = Report()
    judge(found, (), report)
    assert [(each.rule.code, each.place.file if each.place else "") for each in report] == case.codes


def test_what_varve_wrote_is_ours_before_git_knows_it() -> None:
    now = Standing({"a": identify(b"1"), "b": identify(b"2")}, frozenset(), frozenset({identify(b"1"), identify(b"9")}))
    found = plan(_build({}), now)
    assert (found.delete, found.refused) == (("a",), (Stranger("b"),))
    assert found.known == {identify(b"1")}


def test_a_refusal_names_the_artifact_that_it_blocks() -> None:
    report = Report()
    refuse(_plan({"a/b": b""}, {"a": b"", "c": b""}, set()), report)
    assert [each.message for each in report] == [
        "`a` is not varve's, and `a/b` cannot be written",
        "`c` is not varve's",
    ]


def test_many_artifacts_of_one_kind_are_one_diagnostic_that_shows_some_of_them() -> None:
    report = Report()
    judge(_plan({f"a/{number:02}": b"1" for number in range(20)}, {}), (), report)
    [finding] = report
    assert finding.message == "`a/00` is missing; the same is true of 19 others"
    assert [note.place.file for note in finding.notes if note.place] == [f"a/{number:02}" for number in range(1, 10)]


def test_an_unreadable_artifact_is_not_reported_as_missing() -> None:
    report = Report()
    judge(_plan({"a": b"1", "b": b"1", "c": b"1"}, {"c": b"2"}), {"a", "c"}, report)
    assert [each.message for each in report] == ["`c` does not match the sources", "`b` is missing"]


def test_a_hint_names_the_command_that_helps() -> None:
    report = Report()
    judge(_plan({"a": b"1", "b": b"1"}, {"b": b"2", "c": b"3"}), (), report)
    assert {each.hint for each in report} == {"run `varve build` and commit what it writes"}


_names = st.sampled_from("abc")
_paths = st.lists(_names, min_size=1, max_size=3).map("/".join)


def _tree(files: Files) -> Files:
    """Those of `files` that can exist together: no file is another's folder."""
    return {path: data for path, data in files.items() if not any(each.startswith(path + "/") for each in files)}


_files = st.dictionaries(_paths, st.sampled_from([b"1", b"2"])).map(_tree)


def _carried_out(standing: Files, found: Plan) -> Files:
    gone = {*found.clear, *found.delete}
    return {path: data for path, data in standing.items() if path not in gone} | {
        each.path: each.data for each in found.write
    }


@given(_files, _files)
def test_carrying_out_a_plan_gives_the_artifacts_and_the_next_plan_is_empty(wanted: Files, standing: Files) -> None:
    found = _plan(wanted, standing)
    after = _carried_out(standing, found)
    assert after == wanted
    assert _plan(wanted, after).empty
    assert found.refused == ()


@given(_files, _files, st.sets(_paths), st.sets(_paths))
def test_no_stranger_and_nothing_kept_is_ever_touched(
    wanted: Files, standing: Files, ours: set[str], kept: set[str]
) -> None:
    found = _plan(wanted, standing, ours, frozenset(kept - wanted.keys()))
    after = _carried_out(standing, found)
    assert after == _tree(after)
    for path, data in standing.items():
        if path not in ours or path in kept - wanted.keys():
            assert after[path] == data
    parts = [*found.clear, *(each.path for each in found.write), *found.delete, *found.unchanged]
    assert len(parts) == len(set(parts))
    assert found.unchanged == tuple(sorted(path for path in wanted if standing.get(path) == wanted[path]))


def test_a_stranger_in_the_place_of_the_folder_is_moved_away_and_not_out_of_it() -> None:
    report = Report()
    refuse(_plan({"build/a": b"1"}, {"build": b"x", "build/b": b"y"}, replaceable=set()), report)
    assert [(each.message, each.hint) for each in report] == [
        ("`build` is not varve's, and `build/a` cannot be written", "move it away, or delete it"),
        ("`build/b` is not varve's", "move it out of `build/`, or delete it"),
    ]
