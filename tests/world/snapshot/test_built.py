import pytest

from tests.world.work import Work
from varve.language.blob import identify
from varve.world.snapshot.built import standing
from varve.world.snapshot.views import Commit, Index, View, WorkTree
from varve.write.plan import Standing


def _standing(work: Work, view: View) -> Standing:
    return standing(work.find(), work.snapshot(view)[0], view)


def _replaceable(now: Standing) -> set[str]:
    return {path for path in now.ids if now.may_replace(path)}


def test_tracked_files_and_those_that_varve_wrote_are_ours(work: Work) -> None:
    work.commit({".gitignore": ".varve\nbuild/\n"})
    work.write({"build/tracked": "t", "build/edited": "e"})
    work.git("add", "--force", "build")
    work.commit()
    written = identify(b"w")
    work.write(
        {"build/edited": "by hand", "build/written": "w", "build/strange": "s", ".varve/written": f"{written}\n"}
    )
    now = _standing(work, WorkTree())
    assert now.ids == {
        f"build/{name}": identify(text)
        for name, text in (("edited", b"by hand"), ("strange", b"s"), ("tracked", b"t"), ("written", b"w"))
    }
    assert _replaceable(now) == {"build/edited", "build/tracked", "build/written"}


def test_committed_files_are_ours(work: Work) -> None:
    work.commit({"build/x": "x"})
    work.write({"build/y": "y"})
    for view in (Commit("HEAD"), Index()):
        now = _standing(work, view)
        assert (now.ids, _replaceable(now), now.written) == ({"build/x": identify(b"x")}, {"build/x"}, frozenset())


def test_a_deleted_artifact_is_left_out(work: Work) -> None:
    work.commit({"build/x": "x"})
    (work.top / "build/x").unlink()
    now = _standing(work, WorkTree())
    assert (now.ids, now.written) == ({}, frozenset())


def test_git_is_not_asked_again(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.commit({"build/x": "x"})
    repository, (snapshot, _) = work.find(), work.snapshot()
    monkeypatch.setenv("PATH", "")
    assert _replaceable(standing(repository, snapshot, WorkTree())) == {"build/x"}


def test_a_file_that_git_no_longer_tracks_is_not_ours(work: Work) -> None:
    work.commit({"build/x": "x"})
    work.git("rm", "--quiet", "--cached", "build/x")
    now = _standing(work, WorkTree())
    assert now.ids.keys() == {"build/x"}
    assert not now.may_replace("build/x")


@pytest.mark.parametrize("view", [WorkTree(), Index(), Commit("HEAD")], ids=["work tree", "index", "commit"])
def test_a_file_in_the_place_of_the_folder_is_not_ours_even_if_it_is_tracked(work: Work, view: View) -> None:
    work.commit({"build": "x"})
    work.write({".varve/written": f"{identify(b'x')}\n"})
    now = _standing(work, view)
    assert (now.ids, _replaceable(now)) == ({"build": identify(b"x")}, set())
