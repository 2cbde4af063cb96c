"""The looks of a watch find what stands there: from what was told where that is enough, and from the whole at last."""

from pathlib import Path

import pytest

from varve.api.following import Following
from varve.api.looking import look
from varve.model.diagnostic import Report
from varve.world import repository as world
from varve.world.git import WorkTree
from varve.world.repository import Repository

TENANT = "tenants/acme/tenant.yaml"
NEW = "tenants/acme/services/new.yaml"


@pytest.fixture
def found(repository: Path) -> Repository:
    """The small repository, as varve finds it."""
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
    """Whether the next look finds all that somebody finds who looks for the first time."""
    now, whole = following.look(repository, WorkTree()), look(repository, WorkTree())
    return now == whole is not None


def test_what_was_told_is_looked_at_and_nothing_else(following: Following, found: Repository) -> None:
    (found.root / TENANT).write_text("tenant: {}\n")
    (found.root / NEW).write_text("{}\n")
    following.told |= {Path(TENANT)}
    assert not _looks_right(following, found)
    following.told |= {Path(NEW)}
    assert _looks_right(following, found)
    assert following.partial


@pytest.mark.parametrize("way", ["a folder", "more than a few", "git"])
def test_where_that_is_not_enough_the_whole_is_looked_at(way: str, following: Following, found: Repository) -> None:
    (found.root / TENANT).write_text("tenant: {}\n")
    told = {"a folder": ["tenants/acme"], "more than a few": [f"tenants/{n}" for n in range(99)], "git": [".gitignore"]}
    following.told |= frozenset(map(Path, told[way]))
    assert _looks_right(following, found)
    assert not following.partial


def test_what_varve_has_written_need_not_be_told(following: Following, found: Repository) -> None:
    path = "build/production/shared/prometheus.yaml"
    (found.root / path).write_text("{}\n")
    following.wrote([path], done=True)
    assert _looks_right(following, found)
    assert following.partial
    (found.root / path).write_text("[]\n")
    following.wrote([], done=False)
    assert _looks_right(following, found)
    assert not following.partial


def test_in_the_end_the_whole_tells_whether_anything_was_missed(following: Following, found: Repository) -> None:
    (found.root / TENANT).write_text("tenant: {}\n")
    assert following.stands(found, WorkTree()), "it has looked at the whole, and nobody has told of anything since"
    following.told |= {Path(TENANT)}
    assert _looks_right(following, found)
    assert following.stands(found, WorkTree())
    assert not following.partial
    following.told |= {Path(TENANT)}
    assert _looks_right(following, found)
    (found.root / NEW).write_text("{}\n")
    assert not following.stands(found, WorkTree())
    assert _looks_right(following, found)


def test_what_is_reported_is_looked_for_in_the_whole_until_it_is_mended(
    following: Following, found: Repository
) -> None:
    (found.root / "build/pipe.yaml").symlink_to("nowhere")
    following.told |= {Path("build/pipe.yaml")}
    assert _looks_right(following, found)
    assert not following.partial
    (found.root / "build/pipe.yaml").unlink()
    following.told |= {Path("build/pipe.yaml")}
    assert _looks_right(following, found)


def test_where_git_cannot_say_nothing_is_found_and_then_the_whole(
    following: Following, found: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        assert following.look(found, WorkTree()) is None
    assert _looks_right(following, found)
    assert not following.partial
