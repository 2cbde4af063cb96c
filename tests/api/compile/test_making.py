"""The part of a build that compiles: it is imported only if needed, and spools the artifacts."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

import varve
from tests.workbench import files
from varve.world.disk import file, transaction
from varve.world.disk.spool import Spool

BUILT = """
import sys, varve
built = varve.open().%s()
assert built.sound, built.findings.text()
heavy = {"varve.pipeline", "varve.api.compile.making", "varve.api.compile.judging", "jinja2", "yaml", "jsonschema_rs"}
print(" ".join(sorted(heavy & sys.modules.keys())))
"""


@pytest.mark.parametrize("what", ["build", "check"])
def test_the_compiler_is_not_imported_if_nothing_has_changed(repository: Path, what: str) -> None:
    getattr(varve.open(repository), what)()
    done = subprocess.run(
        [sys.executable, "-c", BUILT % what], cwd=repository, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "\n"


def test_the_files_of_a_killed_build_are_removed_even_if_nothing_has_changed(repository: Path) -> None:
    opened = varve.open(repository)
    opened.build()
    left = repository / transaction.TEMPORARY
    left.mkdir()
    (left / "7").write_text("half")
    assert opened.build().sound
    assert not left.exists()


def test_announce_may_stop_a_build_even_if_nothing_has_changed(repository: Path) -> None:
    opened = varve.open(repository)
    opened.build()

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opened.build(announce=stop)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _refused(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("broken", [False, True], ids=["with a spool", "without one"])
def test_a_build_writes_the_same_with_and_without_a_spool(
    repository: Path, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> None:
    opened = varve.open(repository)
    opened.build()
    before = files(repository / "build")
    (repository / "build").rename(repository / "aside")
    requests: list[bool] = []
    append = file.append

    def noticed(descriptor: int, data: bytes) -> int:
        requests.append(True)
        return append(descriptor, data)

    monkeypatch.setattr(file, "append", _refused if broken else noticed)
    assert opened.build().done
    assert files(repository / "build") == before
    assert bool(requests) is not broken
    assert _names(repository / ".varve") == [".gitignore", "cache", "lock", "written"]


def test_a_build_that_is_refused_leaves_nothing(repository: Path) -> None:
    opened = varve.open(repository)
    opened.build()
    before = files(repository / "build")
    (repository / "tenants/acme/services/search.yaml").write_text("scrape: {app: {targets: ['search:9090']}}\n")

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opened.build(announce=stop)
    assert files(repository / "build") == before
    assert not (repository / transaction.TEMPORARY).exists()
    assert "spool" not in _names(repository / ".varve")


def test_artifacts_are_dropped_before_the_disk_is_synchronised(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    drop, synchronise = Spool.drop, file.synchronise

    def dropped(self: Spool) -> None:
        events.append("dropped")
        drop(self)

    def synchronised(folder: int) -> None:
        events.append("synchronised")
        synchronise(folder)

    monkeypatch.setattr(Spool, "drop", dropped)
    monkeypatch.setattr(file, "synchronise", synchronised)
    (repository / "tenants/acme/services/search.yaml").write_text("scrape: {app: {targets: ['search:9090']}}\n")
    assert varve.open(repository).build().written
    assert events == ["dropped", "synchronised"]


def test_artifacts_are_dropped_before_writing_if_disk_space_is_short(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    drop, make_folder = Spool.drop, file.make_folder

    def dropped(self: Spool) -> None:
        events.append("dropped")
        drop(self)

    def made(folder: int, name: str) -> None:
        events.append(name)
        make_folder(folder, name)

    monkeypatch.setattr(Spool, "drop", dropped)
    monkeypatch.setattr(file, "make_folder", made)
    monkeypatch.setattr(file, "room", lambda _: 0)
    (repository / "tenants/acme/services/search.yaml").write_text("scrape: {app: {targets: ['search:9090']}}\n")
    assert varve.open(repository).build().done
    assert events.index("dropped") < events.index("tmp")
