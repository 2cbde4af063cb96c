"""The looks of a watch find the current files: from reported paths if that is enough, and from the whole at last."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tests.world.work import Work
from varve.api.looking import look
from varve.api.watch.following import Following
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.world.disk import file
from varve.world.git import content
from varve.world.git import repository as world
from varve.world.git.repository import Repository
from varve.world.snapshot import partial_look
from varve.world.snapshot.views import WorkTree, freeze

TENANT = "tenants/acme/tenant.yaml"
NEW = "tenants/acme/services/new.yaml"


@pytest.fixture
def found(repository: Path) -> Repository:
    """The small repository, as varve opens it."""
    found = world.find(repository, Report())
    assert found is not None
    return found


@pytest.fixture
def following(found: Repository) -> Following:
    """A watch that has looked once."""
    following = Following()
    assert _looks_right(following, found)
    assert not following.partial
    return following


def _looks_right(following: Following, repository: Repository) -> bool:
    """Whether the next look finds the same as a first look."""
    now, whole = following.look(repository, WorkTree()), look(repository, WorkTree())
    if now is None or whole is None:
        return False
    held = now.found.held
    assert all(identify(data, repository.algorithm) == id_ for id_, data in held.items())
    # Earlier looks may have fetched more contents.
    return held | whole.found.held == held and now._replace(found=now.found._replace(held=whole.found.held)) == whole


def test_only_reported_paths_are_looked_at(following: Following, found: Repository) -> None:
    (found.root / TENANT).write_text("tenant: {}\n")
    (found.root / NEW).write_text("{}\n")
    following.reported |= {Path(TENANT)}
    assert not _looks_right(following, found)
    following.reported |= {Path(NEW)}
    assert _looks_right(following, found)
    assert following.partial


@pytest.mark.parametrize("way", ["a folder", "more than a few", "git"])
def test_the_whole_is_looked_at_where_reported_paths_are_not_enough(
    way: str, following: Following, found: Repository
) -> None:
    (found.root / TENANT).write_text("tenant: {}\n")
    reported = {
        "a folder": ["tenants/acme"],
        "more than a few": [f"tenants/{n}" for n in range(99)],
        "git": [".gitignore"],
    }
    following.reported |= frozenset(map(Path, reported[way]))
    assert _looks_right(following, found)
    assert not following.partial


def test_changes_that_varve_has_written_need_not_be_reported(following: Following, found: Repository) -> None:
    path = "build/production/shared/prometheus.yaml"
    (found.root / path).write_text("{}\n")
    following.record_writes([path], done=True)
    assert _looks_right(following, found)
    assert following.partial
    (found.root / path).write_text("[]\n")
    following.record_writes([], done=False)
    assert _looks_right(following, found)
    assert not following.partial


def test_a_final_look_at_the_whole_detects_unreported_changes(following: Following, found: Repository) -> None:
    (found.root / TENANT).write_text("tenant: {}\n")
    assert following.is_current(found), "it has looked at the whole, and nobody has told of anything since"
    following.reported |= {Path(TENANT)}
    assert _looks_right(following, found)
    assert following.is_current(found)
    assert not following.partial
    following.reported |= {Path(TENANT)}
    assert _looks_right(following, found)
    (found.root / NEW).write_text("{}\n")
    assert not following.is_current(found)
    assert _looks_right(following, found)


def test_a_final_look_detects_a_missing_object_of_git(following: Following, found: Repository) -> None:
    following.reported |= {Path(TENANT)}
    assert _looks_right(following, found)
    id_ = identify((found.root / TENANT).read_bytes(), found.algorithm)
    (found.folder / "objects" / id_[:2] / id_[2:]).unlink()
    assert not following.is_current(found)
    assert _looks_right(following, found)


def test_a_changed_index_needs_another_look_at_the_whole(following: Following, found: Repository) -> None:
    (found.root / NEW).write_text("{}\n")
    following.reported |= {Path(NEW)}
    assert _looks_right(following, found)
    assert following.is_current(found)
    Work(found.root).git("add", NEW)
    assert not following.is_current(found)
    assert _looks_right(following, found)
    Work(found.root).git("update-index", "--refresh")
    assert following.is_current(found)


def test_changed_settings_of_git_need_a_look_at_the_whole(following: Following, found: Repository) -> None:
    Work(found.root).git("config", "core.autocrlf", "true")
    following.reported |= {Path(TENANT)}
    assert _looks_right(following, found)
    assert not following.partial


def test_an_index_that_changes_meanwhile_needs_a_look_at_the_whole(
    following: Following, found: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found.root / NEW).write_text("{}\n")
    again = partial_look.again

    def adding(*given: Any) -> Any:  # noqa: ANN401 - whatever it is given
        seen = again(*given)
        Work(found.root).git("add", NEW)
        return seen

    monkeypatch.setattr(partial_look, "again", adding)
    following.reported |= {Path(NEW)}
    assert _looks_right(following, found)
    assert not following.partial


def test_diagnostics_are_repeated_until_they_are_fixed(following: Following, found: Repository) -> None:
    work = Work(found.root)
    id_ = work.git("rev-parse", f"HEAD:{TENANT}")
    work.git("rm", "--cached", "--quiet", TENANT)
    work.git("update-index", "--index-info", given=f"100644 {id_} 2\t{TENANT}\n100644 {id_} 3\t{TENANT}\n".encode())
    for reported in (set[Path](), {Path(NEW)}):
        (found.root / NEW).write_text("{}\n")
        following.reported |= reported
        looked = following.look(found, WorkTree())
        assert looked is not None
        assert [each.rule.code for each in looked.report] == ["world/conflict"]
        assert not following.partial
    work.git("add", TENANT)
    assert _looks_right(following, found)


def test_fetched_contents_are_not_fetched_again(
    following: Following, found: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> dict[str, bytes]:
        raise AssertionError("git is asked again")

    def read() -> bytes:
        (found.root / NEW).write_text("{}\n")
        following.reported |= {Path(NEW)}
        looked = following.look(found, WorkTree())
        assert looked is not None
        return freeze(looked.found, Report()).source(TENANT).data

    data = read()
    with monkeypatch.context() as patch:
        patch.setattr(content, "fetch", lambda git, ids: refuse(git, ids) if ids else {})
        assert read() == data == (found.root / TENANT).read_bytes()
    (found.root / TENANT).unlink()
    Work(found.root).git("add", "-A")
    assert _looks_right(following, found)
    assert identify(data, found.algorithm) not in following.held


def test_a_file_that_cannot_be_read_is_reported(
    following: Following, found: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = file.read

    def refusing(folder: int, name: str, most: int) -> tuple[str, bytes]:
        if name == Path(TENANT).name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return read(folder, name, most)

    monkeypatch.setattr(file, "read", refusing)
    (found.root / TENANT).write_text("tenant: {}\n")
    following.reported |= {Path(TENANT)}
    looked = following.look(found, WorkTree())
    assert looked is not None
    assert [each.place.file for each in looked.report if each.place] == [TENANT]


def test_after_a_failure_of_git_the_whole_is_looked_at(
    following: Following, found: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        assert following.look(found, WorkTree()) is None
    assert _looks_right(following, found)
    assert not following.partial
