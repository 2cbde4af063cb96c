"""A file is replaced atomically: whatever happens in between, the old content or the new one is there, complete."""

import errno
import os
from pathlib import Path
from typing import Literal

import pytest

from tests.world.disk.test_transaction import _in_child, _watch
from tests.world.work import codes
from varve.model.diagnostic import Report
from varve.world.disk import file, transaction
from varve.world.disk.exchange import exchange

PATH = "tenants/acme/secrets/slack.sops.yaml"
OLD = b"old" * 1000
NEW = b"new" * 2000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A work tree with the old file in it."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_bytes(OLD)
    return tmp_path


def put(root: Path, before: bytes | None = OLD, path: str = PATH) -> Report:
    report = Report()
    with transaction.lock(root, report) as lock:
        assert lock is not None
        assert exchange(lock, path, before, NEW, report) == (not report.broken)
    return report


def test_the_new_file_replaces_the_old_one(root: Path) -> None:
    assert codes(put(root)) == []
    assert (root / PATH).read_bytes() == NEW
    assert sorted(path.name for path in (root / ".varve").iterdir()) == [".gitignore", "lock"]


def test_a_new_file_gets_its_folder(root: Path) -> None:
    assert codes(put(root, None, "tenants/new/secrets/x.sops.yaml")) == []
    assert (root / "tenants/new/secrets/x.sops.yaml").read_bytes() == NEW


@pytest.mark.parametrize(("existing", "before"), [(b"theirs", OLD), (None, OLD), (OLD, None)])
def test_a_file_that_has_changed_meanwhile_is_kept(root: Path, existing: bytes | None, before: bytes | None) -> None:
    (root / PATH).unlink()
    if existing is not None:
        (root / PATH).write_bytes(existing)
    assert codes(put(root, before)) == [("world/changed-meanwhile", PATH)]
    assert (root / PATH).exists() == (existing is not None)
    assert existing is None or (root / PATH).read_bytes() == existing


def test_other_ends_of_lines_are_no_change(root: Path) -> None:
    (root / PATH).write_bytes(b"a\r\nb\r\n")
    assert codes(put(root, b"a\nb\n")) == []


def test_a_link_on_the_way_is_not_followed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (root / "tenants/other").symlink_to(elsewhere)
    assert [code for code, _ in codes(put(root, None, "tenants/other/x.sops.yaml"))] == ["world/cannot-write"]
    assert not list(elsewhere.iterdir())


def test_a_read_only_file_system_is_reported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(file, "move", refuse)
    with transaction.lock(root, Report(), patience=0):
        pass
    report = Report()
    with file.opened(root) as there, file.inside(there, ".varve") as state:
        assert not exchange(transaction.Lock(there, state), PATH, OLD, NEW, report)
    assert [each.message for each in report] == [f"`{PATH}` cannot be written: Read-only file system"]
    assert (root / PATH).read_bytes() == OLD
    assert not (root / ".varve/tmp/sealed").exists()


Fault = Literal["kill", "error", "full"]


def _faulty(root: Path, fault: Fault, number: int) -> int:
    """Replace the file in a process that is killed at a change, or whose disk refuses that change or all from it on."""
    count = 0

    def reached(_: object) -> None:
        nonlocal count
        count += 1
        if fault == "kill" and count == number:
            os._exit(9)
        if count == number or (fault == "full" and count > number):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def work() -> int:
        report = Report()
        with transaction.lock(root, report) as lock:
            assert lock is not None
            _watch(reached)
            done = exchange(lock, PATH, OLD, NEW, report)
        found = {code for code, _ in codes(report)}
        return 0 if done and not found else 1 if not done and found == {"world/cannot-write"} else 98

    return _in_child(work)


@pytest.mark.parametrize("fault", ["kill", "error", "full"])
def test_a_fault_at_any_change_leaves_a_whole_file(root: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "synchronise", lambda _: None)
    ends = []
    for number in range(1, 12):
        (root / PATH).write_bytes(OLD)
        code = _faulty(root, fault, number)
        ends.append(code)
        now = (root / PATH).read_bytes()
        assert now == (NEW if code == 0 else now if code == 9 and now == NEW else OLD)
        assert codes(put(root, now)) == []
        assert (root / PATH).read_bytes() == NEW
    assert ends.count(9 if fault == "kill" else 1) >= 4
    assert ends[-1] == 0
