"""Spooled artifacts are read back byte for byte, from every process, and no file remains on the disk."""

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
from varve.world.disk.spool import Spool, SpooledContent, spooled
from varve.world.executor.fork import forked
from varve.write.plan import Standing, plan

MANY = {path.replace("beta", f"t{n:02}"): text for n in range(14) for path, text in TWO.items()}


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """A spool; asserts that its folder is empty."""
    with file.opened(tmp_path) as folder, spooled(folder) as found:
        assert found is not None
        assert list(tmp_path.iterdir()) == []
        yield found


def _full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _laid(artifacts: dict[str, Artifact]) -> set[bool]:
    return {isinstance(each.content, SpooledContent) for path, each in artifacts.items() if "/tenants/" in path}


@pytest.mark.parametrize("executor", [in_turn, forked(2)], ids=["in turn", "in processes"])
def test_a_compile_with_spooled_artifacts_gives_the_same(
    spool: Spool, executor: Compiling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("varve.world.executor.fork.active_count", lambda: 1)
    seen = snapshot_of(MANY)
    aside, held = pipeline.compile(seen, means=Means(executor=spool.spooling(executor))), pipeline.compile(seen)
    assert (_laid({**aside.artifacts}), _laid({**held.artifacts})) == ({True}, {False})
    assert given(aside) == given(held)
    assert {path: each.data for path, each in aside.artifacts.items()} == {
        path: each.data for path, each in held.artifacts.items()
    }


def test_reading_a_dropped_artifact_is_an_error(spool: Spool) -> None:
    build = pipeline.compile(snapshot_of(TWO), means=Means(executor=spool.spooling(in_turn)))
    spool.drop()
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        given(build)


@pytest.mark.parametrize(("room", "stays"), [(1 << 40, True), (1 << 10, False)], ids=["enough", "too little"])
def test_a_spool_makes_room_for_the_artifacts(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, room: int, *, stays: bool
) -> None:
    build = pipeline.compile(snapshot_of(TWO), means=Means(executor=spool.spooling(in_turn)))
    planned = plan(build, Standing({}, frozenset(), frozenset()))
    whole = [(each.path, each.data, each.id) for each in planned.write]
    monkeypatch.setattr(file, "room", lambda _: room)
    yielded = spool.with_room(planned)
    assert any(isinstance(each.content, SpooledContent) for each in yielded.write) == stays
    assert [(each.path, each.data, each.id) for each in yielded.write] == whole
    assert bool(os.fstat(spool.descriptor).st_size) == stays


def test_a_failure_to_empty_the_spool_is_ignored(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "ftruncate", _full)
    spool.drop()


def test_artifacts_stay_in_memory_if_the_disk_is_full(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = snapshot_of(TWO)
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", _full)
        build = pipeline.compile(seen, means=Means(executor=spool.spooling(in_turn)))
    assert _laid({**build.artifacts}) == {False}
    assert given(build) == given(pipeline.compile(seen))


def test_there_is_no_spool_if_the_disk_refuses_it(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    with file.opened(tmp_path) as folder, spooled(folder) as found:
        assert found is None


def test_the_named_spool_of_a_killed_process_is_removed(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("left")
    with file.opened(tmp_path) as folder, spooled(folder) as found:
        assert found is not None
        assert list(tmp_path.iterdir()) == []
