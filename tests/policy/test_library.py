"""What is read from `policies/`; and the examples of every shipped policy have the expected results."""

from functools import cache
from pathlib import Path

import pytest

from tests.policy.reading import OWNED, SOX, findings, policy, read
from tests.workbench import ROOT
from varve.api.catalogue import rules
from varve.language import canonical
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry, Snapshot
from varve.policy import example, library
from varve.policy.choice import choice
from varve.policy.library import CODES
from varve.read.parse import EXTENSIONS
from varve.read.reading import reading

SHIPPED = sorted(path for path in (ROOT / "policies").rglob("*") if path.suffix in EXTENSIONS)
POLICIES = [path for path in SHIPPED if path.parent.name not in ("policies", "frameworks")]
FRAMEWORKS = [path for path in SHIPPED if path.parent.name == "frameworks"]


@cache
def _shipped() -> dict[str, bytes]:
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in SHIPPED}


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_examples_of_shipped_policies_have_the_expected_results(path: Path) -> None:
    file = path.relative_to(ROOT).as_posix()
    found, made, report = read({file: _shipped()[file]})
    assert [each for each in findings(report) if each[0] != "unknown-control"] == []
    policy = found.policies[path.stem]
    assert bool(policy.rules) is (path.stem not in made)
    outcomes = example.judge(made[path.stem]) if path.stem in made else ()
    wrong = [each for each in outcomes if not each.sound]
    assert [f"{each.example.name}: {each.fault or each.message or 'it passes'}" for each in wrong] == []


def test_the_shipped_library_has_no_mistakes() -> None:
    """They are read as a repository's own, so that unknown policies in frameworks are reported too."""
    found, _, report = read(_shipped())
    assert findings(report) == []
    assert found.policies.keys() == {path.stem for path in POLICIES}
    assert found.frameworks.keys() == {path.stem for path in FRAMEWORKS}


def test_shipped_policies_name_only_existing_rules() -> None:
    found, _, _ = read(_shipped())
    counted = {code for policy in found.policies.values() for code in policy.rules}
    assert counted - rules().keys() == set()


def test_the_reserved_ids_are_varves_own_rules() -> None:
    own = {code.removeprefix("policy/") for code in rules() if code.startswith("policy/")}
    assert own == CODES


def test_an_empty_repository_has_an_empty_library() -> None:
    found, made, report = read({"varve.yaml": b"", "policies/README.md": b"{"})
    assert (found.policies, found.frameworks, found.waivers, found.chosen, made) == ({}, {}, (), frozenset(), {})
    assert findings(report) == []


def test_a_policy_is_found_in_any_folder_and_format() -> None:
    found, made, report = read({"policies/a/b/owned.json": policy()})
    assert findings(report) == []
    assert found.policies["owned"].file == "policies/a/b/owned.json"
    assert made.keys() == {"owned"}


@pytest.mark.parametrize("own", ["policies/owned.json", "policies/ours/owned.json", "policies/varve/owned.yaml"])
def test_a_repositorys_own_file_replaces_the_shipped_one(own: str) -> None:
    files = {"policies/varve/owned.json": policy(), own: policy({"title": "Ours"})}
    found, _, report = read(files, frozenset({"policies/varve/owned.json"}))
    assert findings(report) == []
    assert found.policies["owned"].title == "Ours"


def test_of_two_own_files_neither_applies() -> None:
    files = {"policies/a/owned.json": policy(), "policies/b/owned.json": policy()}
    found, made, report = read({**files, "policies/settings.json": b'{"policies": {"owned": {}}}'})
    assert findings(report) == [("two-files-for-one-id", "`owned` is defined by 2 files")]
    assert (found.policies, made) == ({}, {})


def test_a_broken_policy_is_reported_only_once() -> None:
    files = {
        "policies/owned.json": policy({"require": "has("}),
        "policies/frameworks/sox.json": canonical.json(SOX),
        "policies/settings.json": b'{"policies": {"owned": {}}}',
    }
    _, made, report = read(files)
    assert findings(report) == [("bad-expression", "`require` of `owned` is not valid: it ends too early")]
    assert made == {}
    assert report.broken


def test_an_unreadable_policy_is_an_error() -> None:
    _, made, report = read({"policies/owned.yaml": b"id: [owned"})
    assert [each.rule.code for each in report] == ["read/syntax"]
    assert made == {}


def test_a_shipped_framework_may_name_what_is_not_here() -> None:
    files = {"policies/frameworks/sox.json": canonical.json(SOX)}
    assert findings(read(files, frozenset(files))[2]) == []
    assert findings(read(files)[2]) == [("unknown-policy", "there is no policy `owned`")]


def test_the_examples_of_the_tests_own_policy_have_the_expected_results() -> None:
    _, made, _ = read({"policies/owned.json": policy()})
    assert [(each.sound, each.message) for each in example.judge(made["owned"])] == [
        (True, ""),
        (True, "`checkout` has no owner"),
    ]
    assert made["owned"].policy.title == OWNED["title"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_always_active_files_have_the_exact_line(path: Path) -> None:
    """So the file need not be parsed to know it; every other file is read only if its policy is chosen."""
    file = path.relative_to(ROOT).as_posix()
    found, _, _ = read({file: _shipped()[file]})
    assert (b"\napplies: always\n" in _shipped()[file]) is any(each.always for each in found.policies.values())


PARTS: dict[str, tuple[dict[str, bytes], set[str]]] = {
    "nobody says anything": ({}, set()),
    "the settings choose one": ({"policies/settings.yaml": b"policies: {alert-name: {}}"}, {"alert-name"}),
    "the settings turn one off": ({"policies/settings.yaml": b"policies: {owned-service: {enabled: false}}"}, set()),
    "a waiver names one": (
        {
            "policies/waivers.yaml": b"waivers: [{policy: alert-name, reason: it will be mended soon, "
            b"owner: a@b.example, granted: '2026-11-01', until: '2026-12-01'}]"
        },
        {"alert-name"},
    ),
    "a policy of the repository": ({"policies/owned.json": policy()}, {"owned"}),
    "one in the place of one that is shipped": (
        {"policies/alert-name.json": policy({"id": "alert-name"})},
        {"alert-name"},
    ),
    "a framework of the repository": (
        {"policies/frameworks/sox.json": canonical.json(SOX), "policies/owned.json": policy()},
        {"owned"},
    ),
}


@pytest.mark.parametrize(("own", "more"), PARTS.values(), ids=PARTS)
def test_only_shipped_files_that_bind_everybody_or_are_named_are_read(own: dict[str, bytes], more: set[str]) -> None:
    shipped = {path: data for path, data in _shipped().items() if path != "policies/settings.yaml"}
    files = {**shipped, **own}
    snapshot = Snapshot({path: Entry(path, "100644") for path in files}, files, frozenset(shipped.keys() - own.keys()))
    report = Report()
    part, whole = (library.read(reading(snapshot, report), report, whole=each) for each in (False, True))
    assert findings(report) == []
    always = {id_ for id_, each in whole.policies.items() if each.always}
    assert part.policies.keys() == always | more
    assert part.policies == {id_: whole.policies[id_] for id_ in part.policies}
    assert part == whole._replace(policies=part.policies, frameworks=part.frameworks)
    assert choice(part) == choice(whole)
