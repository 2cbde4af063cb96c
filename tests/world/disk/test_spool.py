"""What is laid aside is given back byte for byte, by whichever process, and nothing of it stays on the disk."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.emit.repository import repository as snapshot_of
from tests.pipeline.remembered import given
from tests.pipeline.test_remembering import TWO
from varve import pipeline
from varve.model.artifact import Artifact
from varve.pipeline import Means
from varve.pipeline.means import Compiling, in_turn
from varve.world.disk import file
from varve.world.disk.spool import Laid, Spool, spooled
from varve.world.executor.fork import forked
from varve.write.plan import Standing, plan

MANY = {path.replace("beta", f"t{n:02}"): text for n in range(14) for path, text in TWO.items()}


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """A spool beside which no file stands."""
    with file.opened(tmp_path) as folder, spooled(folder) as found:
        assert found is not None
        assert list(tmp_path.iterdir()) == []
        yield found


def _full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _laid(artifacts: dict[str, Artifact]) -> set[bool]:
    return {isinstance(each.content, Laid) for path, each in artifacts.items() if "/tenants/" in path}


@pytest.mark.parametrize("executor", [in_turn, forked(2)], ids=["in turn", "in processes"])
def test_a_compile_whose_artifacts_are_laid_aside_gives_the_same(
    spool: Spool, executor: Compiling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("varve.world.executor.fork.active_count", lambda: 1)
    seen = snapshot_of(MANY)
    aside, held = pipeline.compile(seen, means=Means(executor=spool.around(executor))), pipeline.compile(seen)
    assert (_laid({**aside.artifacts}), _laid({**held.artifacts})) == ({True}, {False})
    assert given(aside) == given(held)
    assert {path: each.data for path, each in aside.artifacts.items()} == {
        path: each.data for path, each in held.artifacts.items()
    }


def test_what_was_dropped_is_not_taken_for_something_else(spool: Spool) -> None:
    build = pipeline.compile(snapshot_of(TWO), means=Means(executor=spool.around(in_turn)))
    spool.drop()
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        given(build)


@pytest.mark.parametrize(("room", "stays"), [(1 << 40, True), (1 << 10, False)], ids=["enough", "too little"])
def test_what_is_laid_aside_does_not_take_the_room_of_artifacts(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, room: int, *, stays: bool
) -> None:
    build = pipeline.compile(snapshot_of(TWO), means=Means(executor=spool.around(in_turn)))
    planned = plan(build, Standing({}, frozenset(), frozenset()))
    whole = [(each.path, each.data, each.id) for each in planned.write]
    monkeypatch.setattr(file, "room", lambda _: room)
    yielded = spool.yielding(planned)
    assert any(isinstance(each.content, Laid) for each in yielded.write) == stays
    assert [(each.path, each.data, each.id) for each in yielded.write] == whole
    assert bool(os.fstat(spool.descriptor).st_size) == stays


def test_a_disk_that_does_not_let_go_is_no_fault(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "ftruncate", _full)
    spool.drop()


def test_what_a_full_disk_does_not_take_stays_in_memory(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = snapshot_of(TWO)
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", _full)
        build = pipeline.compile(seen, means=Means(executor=spool.around(in_turn)))
    assert _laid({**build.artifacts}) == {False}
    assert given(build) == given(pipeline.compile(seen))


def test_where_the_disk_refuses_a_spool_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    with file.opened(tmp_path) as folder, spooled(folder) as found:
        assert found is None


def test_what_was_killed_while_its_spool_had_a_name_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("left")
    with file.opened(tmp_path) as folder, spooled(folder) as found:
        assert found is not None
        assert list(tmp_path.iterdir()) == []
