"""What is remembered of a look is given to the next one on the same ground, and to nobody else."""

import time
from typing import Final

import pytest

from tests.world.work import Work
from varve.model.snapshot import Entry
from varve.world.cache import seal
from varve.world.git import listing
from varve.world.git.command import Git
from varve.world.git.repository import Repository
from varve.world.snapshot import folders, recollection, telling
from varve.world.snapshot.folders import Folders
from varve.world.snapshot.recollection import Ground, Index, Known, Loose

KNOWN: Final = Known(
    Ground("digest", (1, 2, 3, 4)),
    Folders([b"tenants", b"\xff"], [(1, 2, 3, 4), folders.UNKNOWN]),
    Loose(b"a\0", b"", b"b"),
)
INDEX: Final = Index("index", {"tenants/a.yaml": Entry("id", "100644")})


def ground(repository: Repository, index: Index = INDEX, before: Ground = KNOWN.ground) -> Ground | None:
    return recollection.ground(Git(repository.root), repository, index, before)


def test_what_is_kept_is_recalled(work: Work) -> None:
    repository = work.find()
    assert recollection.recall(repository) is None
    recollection.keep(repository, KNOWN)
    assert recollection.recall(repository) == KNOWN
    assert recollection.recall(repository._replace(root=work.top / "ops")) is None


def test_of_the_first_look_it_is_remembered_that_it_was(work: Work) -> None:
    repository = work.find()
    recollection.begin(repository)
    assert recollection.recall(repository) is None
    seal.own(repository.folder)
    recollection.begin(repository)
    begun = recollection.recall(repository)
    assert begun is not None
    assert begun.folders == folders.NOTHING
    assert begun.ground != ground(repository)


def test_another_python_finds_nothing(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = work.find()
    recollection.keep(repository, KNOWN)
    monkeypatch.setattr(recollection, "MAGIC_NUMBER", b"\0\0\r\n")
    assert recollection.recall(repository) is None


def test_who_asks_git_something_else_finds_nothing(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = work.find()
    recollection.keep(repository, KNOWN)
    assert recollection.recall(repository) == KNOWN
    monkeypatch.setattr(listing, "NEW", (*listing.NEW, ("ls-files", "--others", "-z", "--", "more")))
    assert recollection.recall(repository) is None


@pytest.mark.parametrize("path", [".gitattributes", ".gitignore", ".git/info/attributes"])
def test_what_decides_stands_otherwise_when_it_comes_changes_or_goes(path: str, work: Work) -> None:
    (work.top / ".git/info").mkdir(exist_ok=True)
    repository, at = work.find(), work.top / path
    seen = [recollection.standing(repository)]
    for act in (at.touch, lambda: at.write_text("*.txt text\n"), at.unlink):
        time.sleep(0.02)
        act()
        seen.append(recollection.standing(repository))
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_the_ground_is_another_when_git_tracks_or_is_told_anything_else(work: Work) -> None:
    repository = work.find()
    seen = [ground(repository), ground(repository, Index("other", INDEX.entries))]
    work.write({".gitattributes": ""})
    seen.append(ground(repository))
    work.write({".gitattributes": "* text\n"})
    seen.append(ground(repository))
    assert None not in seen
    assert len({each.digest for each in seen if each}) == len(seen)
    assert ground(repository) == seen[-1]


def test_there_is_none_where_more_decides(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = work.find()
    assert ground(repository, Index("index", {"tenants/b": Entry("id", "160000")})) is None
    monkeypatch.setattr(telling, "told", lambda _: None)
    assert ground(repository) is None


def test_there_is_none_where_the_index_speaks_for_a_file_that_is_not_there(work: Work) -> None:
    work.commit({".gitattributes": "* text\n"})
    repository = work.find()
    there = ground(repository)
    assert there is not None
    (work.top / ".gitattributes").unlink()
    assert ground(repository, before=there) is None
    work.git("rm", "--cached", "--quiet", ".gitattributes")
    assert ground(repository, before=there) is not None


def test_where_nothing_may_be_written_nothing_happens(work: Work) -> None:
    repository = work.find()
    (repository.folder / "varve").mkdir()
    (repository.folder / "varve/cache-key").mkdir()
    recollection.keep(repository, KNOWN)
    assert recollection.recall(repository) is None
