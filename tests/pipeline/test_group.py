"""A verdict for many units holds if and only if the verdict of each of them would."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.emit.repository import CHECKOUT, STRICT, sources
from tests.pipeline.remembered import Kept, compiled, given, seen, written
from tests.pipeline.test_remembering import ACMES, EDITS, TWO, edited
from varve import pipeline
from varve.model.artifact import Build
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline import Means, group, open_repository
from varve.pipeline.group import TenantGroup

WHOLE = "units of staging production from acme on"


@pytest.fixture
def memory() -> Kept:
    """An empty memory."""
    return Kept()


@pytest.fixture
def files(memory: Kept) -> dict[str, bytes]:
    """Two tenants, one of them strict, which were built and are remembered."""
    files = sources({**TWO, **STRICT})
    return written(files, compiled(seen(files), memory))


def named(build: Build) -> set[str]:
    """The names of the recalled verdicts about units."""
    return {each.name for each in build.recalled if each.name.startswith("unit")}


def test_without_a_change_no_unit_is_recalled_by_itself(memory: Kept, files: dict[str, bytes]) -> None:
    memory.known = {name: verdicts for name, verdicts in memory.known.items() if not name.startswith("unit ")}
    build = compiled(seen(files), memory)
    assert named(build) == {WHOLE}
    assert (build.artifacts, build.learnt) == ({}, ())
    assert given(build) == given(pipeline.compile(seen(files)))


def test_a_change_leaves_the_verdicts_about_other_units_valid(
    memory: Kept, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, "_GROUP_SIZE", 1)
    compiled(seen(files), memory)
    changed = edited(files, "another interval")
    build = compiled(seen(changed), memory)
    assert given(build) == given(pipeline.compile(seen(changed)))
    assert named(build) == {"units of staging production from beta on"}
    assert {path.split("/")[3] for path in build.artifacts if "/tenants/" in path} == {"acme"}
    assert {each.name for each in build.learnt if each.name.startswith("units ")} == {WHOLE}


@pytest.mark.parametrize("path", ["overlays/prodution.yaml", "overlays/stagng.txt", "dashboards"])
def test_an_unread_file_is_reported_as_by_a_full_build(path: str, memory: Kept, files: dict[str, bytes]) -> None:
    files = {**files, f"tenants/acme/{path}": b"labels: {a: b}\n"}
    compiled(seen(files), memory)
    build = compiled(seen(files), memory)
    assert WHOLE in named(build)
    assert build.diagnostics == pipeline.compile(seen(files)).diagnostics != ()


def test_without_a_sound_environment_nothing_is_remembered(memory: Kept, files: dict[str, bytes]) -> None:
    files = {**files, "environments/defaults.yaml": b"platform: {nothing: here}\n"}
    for _ in range(2):
        build = compiled(seen(files), memory)
        assert not build.units
        assert given(build) == given(pipeline.compile(seen(files)))


def test_any_edit_gives_the_same_as_a_full_build(memory: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group, "_GROUP_SIZE", 1)
    initial = sources(TWO)
    initial = written(initial, compiled(seen(initial), memory))
    for edit in EDITS:
        files = edited(initial, edit)
        assert given(compiled(seen(files), memory)) == given(pipeline.compile(seen(files))), edit


@pytest.mark.parametrize(
    ("part", "blind", "edit"),
    [
        ("_digest_of", lambda _: "", "another interval"),
        ("_digest_of", lambda _: "", "a service more"),
        (
            "_digest_of",
            lambda files: "".join(path for paths, _ in files for path in paths),
            "an artifact changed by hand",
        ),
        ("_digest_of", lambda files: "".join(id_ for _, ids in files for id_ in ids), "a file that moves"),
    ],
    ids=["any file", "a file that is added", "the contents of files", "the names of files"],
)
def test_without_the_groups_files_in_its_key_a_change_goes_unnoticed(
    part: str, blind: Callable[..., str], edit: str, memory: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, part, blind)
    files = sources(TWO)
    files = written(files, compiled(seen(files), memory))
    if edit in EDITS:
        files = edited(files, edit)
    else:
        files["build/production/tenants/acme/rules/checkpoint.yaml"] = files.pop(ACMES)
    assert given(compiled(seen(files), memory)) != given(pipeline.compile(seen(files)))


def test_without_other_questions_in_its_key_a_change_goes_unnoticed(
    memory: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TenantGroup, "owns", lambda *_: True)
    files = sources(TWO)
    files = edited(written(files, compiled(seen(files), memory)), "a tier")
    assert given(compiled(seen(files), memory)) != given(pipeline.compile(seen(files)))


def test_a_file_that_cannot_be_read_breaks_the_units_of_its_owner(memory: Kept, files: dict[str, bytes]) -> None:
    snapshot = replace(seen(files), refused=frozenset({"tenants/acme/users/link.yaml"}))
    build = compiled(snapshot, memory)
    assert {unit.tenant for unit in build.units} == {"beta"}
    assert given(build) == given(pipeline.compile(snapshot))


def test_the_neighbours_of_a_broken_unit_are_remembered_by_themselves(memory: Kept, files: dict[str, bytes]) -> None:
    changed = edited(files, "a broken service")
    for _ in range(2):
        build = compiled(seen(changed), memory)
        assert named(build) == {"unit beta/production", "unit beta/staging"}
        assert not any(each.name == WHOLE for each in build.learnt)


def test_an_old_group_is_renewed_with_the_verdicts_of_its_units(memory: Kept, files: dict[str, bytes]) -> None:
    memory.old = True
    build = compiled(seen(files), memory)
    assert len(named(build)) == 4
    assert [each.name for each in build.learnt] == [WHOLE]
    assert build.learnt[0] in memory.known[WHOLE][1:]


def test_units_that_are_recalled_apart_have_their_own_questions(memory: Kept, files: dict[str, bytes]) -> None:
    assert not pipeline.compile(seen(files), means=Means(memory)).questions
    questions = pipeline.compile(seen(files), means=Means(memory, unit_by_unit=True)).questions
    assert len(questions) == 4
    assert CHECKOUT in questions[Unit("acme", "production")]


def test_the_folders_of_tenants_are_in_the_order_of_their_units() -> None:
    ids = ("ab", "ab-c", "ab0", "a-b")
    tenant = TWO["tenants/beta/tenant.yaml"]
    snapshot = seen(sources({f"tenants/{each}/tenant.yaml": tenant for each in ids}))
    opened = open_repository(snapshot, Report())
    assert opened is not None
    (only,) = group.tenant_groups(opened, ("dev",))
    paths = [f"tenants/{each}/tenant.yaml" for each in only.tenants]
    assert paths == sorted(paths)
    assert [each for each in only.folders if each.startswith("tenants/")] == [
        f"tenants/{each}/" for each in only.tenants
    ]
    first, last = only.tenants[1], only.tenants[-1]
    assert [path for path in snapshot.between(f"tenants/{first}", f"tenants/{last}")[0] if path in paths] == paths[1:]


@pytest.mark.parametrize(
    ("question", "owned"),
    [
        ("tenants/acme/tenant.yaml", True),
        ("tenants/acme/services/", True),
        ("tenants/acme/", True),
        ("tenants/acme/overlays/dev.", True),
        ("tenants/acme.", False),
        ("tenants/acme", False),
        ("tenants/beta/tenant.yaml", False),
        ("tenants/", False),
        ("environments/acme/x.yaml", False),
        ("build/dev/tenants/acme/rules/a.yaml", False),
    ],
)
def test_a_group_owns_the_questions_about_its_folders(question: str, *, owned: bool) -> None:
    assert TenantGroup(("acme",), ("dev",)).owns(question) is owned
