"""What a look has recorded is recalled by later looks on the same ground, and only by them."""

import time
from typing import Final

import pytest

from tests.world.work import Work
from varve.model.snapshot import Entry
from varve.world.cache import seal
from varve.world.git import listing
from varve.world.git.command import Git
from varve.world.git.repository import Repository
from varve.world.snapshot import folders, git_config, record
from varve.world.snapshot.folders import Folders
from varve.world.snapshot.record import Ground, Index, Known, Loose

KNOWN: Final = Known(
    Ground("digest", (1, 2, 3, 4)),
    Folders([b"tenants", b"\xff"], [(1, 2, 3, 4), folders.UNKNOWN]),
    Loose(b"a\0", b"", b"b"),
)
INDEX: Final = Index("index", {"tenants/a.yaml": Entry("id", "100644")})


def ground(repository: Repository, index: Index = INDEX, before: Ground = KNOWN.ground) -> Ground | None:
    return record.ground(Git(repository.root), repository, index, before)


def test_a_record_is_recalled(work: Work) -> None:
    repository = work.find()
    assert record.recall(repository) is None
    record.keep(repository, KNOWN)
    assert record.recall(repository) == KNOWN
    assert record.recall(repository._replace(root=work.top / "ops")) is None


def test_the_first_look_records_only_that_it_took_place(work: Work) -> None:
    repository = work.find()
    record.begin(repository)
    assert record.recall(repository) is None
    seal.find_or_create(repository.folder)
    record.begin(repository)
    begun = record.recall(repository)
    assert begun is not None
    assert begun.folders == folders.NOTHING
    assert begun.ground != ground(repository)


def test_a_record_of_another_python_is_not_recalled(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = work.find()
    record.keep(repository, KNOWN)
    monkeypatch.setattr(record, "MAGIC_NUMBER", b"\0\0\r\n")
    assert record.recall(repository) is None


def test_a_record_of_other_git_commands_is_not_recalled(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = work.find()
    record.keep(repository, KNOWN)
    assert record.recall(repository) == KNOWN
    monkeypatch.setattr(listing, "NEW", (*listing.NEW, ("ls-files", "--others", "-z", "--", "more")))
    assert record.recall(repository) is None


@pytest.mark.parametrize("path", [".gitattributes", ".gitignore", ".git/info/attributes"])
def test_the_states_of_the_ground_change_with_every_configuring_file(path: str, work: Work) -> None:
    (work.top / ".git/info").mkdir(exist_ok=True)
    repository, at = work.find(), work.top / path
    seen = [record.ground_states(repository)]
    for act in (at.touch, lambda: at.write_text("*.txt text\n"), at.unlink):
        time.sleep(0.02)
        act()
        seen.append(record.ground_states(repository))
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_the_ground_changes_with_the_index_and_the_configuration(work: Work) -> None:
    repository = work.find()
    seen = [ground(repository), ground(repository, Index("other", INDEX.entries))]
    work.write({".gitattributes": ""})
    seen.append(ground(repository))
    work.write({".gitattributes": "* text\n"})
    seen.append(ground(repository))
    assert None not in seen
    assert len({each.digest for each in seen if each}) == len(seen)
    assert ground(repository) == seen[-1]


def test_there_is_no_ground_if_answers_depend_on_more(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = work.find()
    assert ground(repository, Index("index", {"tenants/b": Entry("id", "160000")})) is None
    monkeypatch.setattr(git_config, "configuration", lambda _: None)
    assert ground(repository) is None


def test_there_is_no_ground_if_git_reads_a_missing_file_from_the_index(work: Work) -> None:
    work.commit({".gitattributes": "* text\n"})
    repository = work.find()
    there = ground(repository)
    assert there is not None
    (work.top / ".gitattributes").unlink()
    assert ground(repository, before=there) is None
    work.git("rm", "--cached", "--quiet", ".gitattributes")
    assert ground(repository, before=there) is not None


def test_a_failed_write_is_ignored(work: Work) -> None:
    repository = work.find()
    (repository.folder / "varve").mkdir()
    (repository.folder / "varve/cache-key").mkdir()
    record.keep(repository, KNOWN)
    assert record.recall(repository) is None
