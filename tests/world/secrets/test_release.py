"""Rendered secrets are complete, of one release, and readable by their owner alone, whatever happens in between."""

import errno
import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from varve.model.diagnostic import Report
from varve.model.secret import Secret
from varve.world.disk import file
from varve.world.disk.file import Owner
from varve.world.secrets import release
from varve.world.secrets.release import Released, Target

BEFORE = {
    "tenants/acme/slack/webhook": b"old" * 400,
    "tenants/acme/metrics/password": b"old",
    "tenants/umbra/slack/webhook": b"gone",
    "platform/smtp/password": b"old" * 30,
}
AFTER = {
    "tenants/acme/slack/webhook": b"new" * 500,
    "tenants/acme/metrics/password": b"new",
    "tenants/acme/metrics/other": b"",
    "platform/smtp/password": b"new" * 20,
}


def put(folder: Path, files: dict[str, bytes], owner: Owner | None = None) -> tuple[Released | None, list[str]]:
    report = Report()
    secrets = {path: Secret(data) for path, data in files.items()}
    done = release.release(Target(folder, owner or Owner()), secrets, report)
    return done, [each.rule.code for each in report]


def seen(folder: Path) -> dict[str, bytes]:
    """The files that a reader finds by the paths in artifacts."""
    found: dict[str, bytes] = {}
    for top in ("platform", "tenants"):
        paths = (folder / top).rglob("*") if (folder / top).exists() else ()
        found |= {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}
    return found


def everything(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]


def assert_closed(folder: Path) -> None:
    for path in everything(folder):
        mode = stat.S_IMODE(path.stat().st_mode)
        allowed = {0o700} if path.is_dir() else {0o600, 0} if path.name == "lock" else {0o400}
        assert mode in allowed, (path, oct(mode))


def assert_at_rest(folder: Path, files: dict[str, bytes]) -> None:
    assert seen(folder) == files
    assert_closed(folder)
    state = {path.name for path in (folder / ".varve").iterdir()}
    assert state == {"current", "lock", (folder / ".varve/current").readlink().name}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "_PAUSE", 0)


def test_a_release_replaces_another(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert put(folder, BEFORE) == (Released(4, ()), [])
    assert_at_rest(folder, BEFORE)
    assert put(folder, AFTER) == (Released(4, ("tenants/umbra/slack/webhook",)), [])
    assert_at_rest(folder, AFTER)
    assert put(folder, {"platform/a/b": b"x"})[0] == Released(1, tuple(sorted(AFTER)))
    assert sorted(path.name for path in folder.iterdir()) == [".varve", "platform"]
    assert put(folder, {}) == (Released(0, ("platform/a/b",)), [])
    assert_at_rest(folder, {})


@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o777])
def test_modes_do_not_follow_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        put(tmp_path / "secrets", AFTER)
    finally:
        os.umask(before)
    assert_at_rest(tmp_path / "secrets", AFTER)


def test_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("theirs")
    tmp_path.chmod(0o700)
    put(tmp_path, BEFORE)
    put(tmp_path, AFTER)
    assert (tmp_path / "other").read_text() == "theirs"
    assert seen(tmp_path) == AFTER


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_files_belong_to_the_given_owner(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    for _ in range(2):
        assert put(folder, AFTER, Owner(12345, 23456))[1] == []
        inside = [path for path in everything(folder) if path.name != "lock"]
        assert {(path.stat().st_uid, path.stat().st_gid) for path in inside} == {(12345, 23456)}
    assert_at_rest(folder, AFTER)
    assert put(folder, BEFORE)[1] == ["world/unsafe-folder"]


def _in_the_way(folder: Path, what: str) -> None:
    match what:
        case "a folder of somebody's":
            (folder / "tenants").mkdir()
        case "a link that leads elsewhere":
            (folder / "platform").symlink_to(".varve/other")
        case "a file":
            (folder / "tenants").write_text("x")
        case "a folder that others may write into":
            folder.chmod(0o777)
        case _:
            (folder / ".varve").mkdir()
            (folder / ".varve").chmod(0o770)


@pytest.mark.parametrize(
    "what",
    [
        "a folder of somebody's",
        "a link that leads elsewhere",
        "a file",
        "a folder that others may write into",
        "a state that others may write into",
    ],
)
def test_a_folder_that_is_not_varves_is_refused(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    _in_the_way(folder, what)
    assert put(folder, AFTER) == (None, ["world/unsafe-folder"])
    assert not [path for path in folder.rglob("*") if path.is_file() and b"new" in path.read_bytes()]


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 300)
    assert release.is_safe(Target(folder), Report())
    assert put(folder, AFTER) == (None, ["world/cannot-render"])


@pytest.mark.parametrize("name", [".varve", "folder"])
def test_no_link_is_followed(tmp_path: Path, name: str) -> None:
    """A link replaces the state folder, or the folder itself when it is opened."""
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder = tmp_path / "folder"
    if name == ".varve":
        folder.mkdir(mode=0o700)
        (folder / name).symlink_to(tmp_path / "elsewhere")
        assert put(folder, AFTER) == (None, ["world/cannot-render"])
    else:
        folder.symlink_to(tmp_path / "elsewhere")
        report = Report()
        assert not release.is_safe(Target(folder), report)
        assert [each.rule.code for each in report] == ["world/unsafe-folder"]
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_simultaneous_release_is_refused(tmp_path: Path) -> None:
    import fcntl

    folder = tmp_path / "secrets"
    put(folder, BEFORE)
    with (folder / ".varve/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert put(folder, AFTER) == (None, ["world/cannot-render"])
    assert_at_rest(folder, BEFORE)
    assert put(folder, AFTER)[1] == []


# Where


def test_a_folder_in_a_git_repository_is_refused(tmp_path: Path) -> None:
    def codes(folder: Path) -> list[str]:
        report = Report()
        safe = release.is_safe(Target(folder), report)
        found = [each.rule.code for each in report]
        assert safe == ("world/unsafe-folder" not in found)
        return found

    (tmp_path / "plain").mkdir()
    assert "world/unsafe-folder" not in codes(tmp_path / "plain/secrets")
    for name, parts in {"tree": [".git"], "bare": ["HEAD", "objects", "refs"]}.items():
        (tmp_path / name / "deep").mkdir(parents=True)
        for part in parts:
            (tmp_path / name / part).mkdir()
        for folder in ("", "deep", "deep/new", "deep/../new", parts[0]):
            assert codes(tmp_path / name / folder) == ["world/unsafe-folder"]
    (tmp_path / "worktree").mkdir()
    (tmp_path / "worktree/.git").write_text("gitdir: elsewhere")
    assert codes(tmp_path / "worktree/secrets") == ["world/unsafe-folder"]
    assert codes(Path("/")) == ["world/unsafe-folder"]


@pytest.mark.parametrize(
    ("memory", "required", "expected"),
    [
        (True, True, []),
        (True, False, []),
        (False, False, ["world/on-disk"]),
        (False, True, ["world/unsafe-folder"]),
    ],
)
def test_a_folder_on_a_disk_is_a_warning_or_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    expected: list[str],
    *,
    memory: bool,
    required: bool,
) -> None:
    monkeypatch.setattr(release, "in_memory", lambda _: memory)
    report = Report()
    safe = release.is_safe(Target(tmp_path / "secrets", in_memory=required), report)
    assert [each.rule.code for each in report] == expected
    assert safe == ("world/unsafe-folder" not in expected)


# Readers


def test_a_reader_sees_one_complete_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "_PAUSE", 0.02)
    folder = tmp_path / "secrets"
    sets = [{f"tenants/acme/f{each}/key": bytes([letter]) * 3000 for each in range(8)} for letter in b"ab"]
    put(folder, sets[0])
    ended = threading.Event()
    wrong: list[bytes] = []

    def read() -> None:
        while not ended.is_set():
            # A reader that needs several files of one release opens its folder first.
            here = os.open(folder / ".varve/current", os.O_RDONLY | os.O_DIRECTORY)
            try:
                found = {(folder / path).read_bytes() for path in sets[0]} - {*sets[0].values(), *sets[1].values()}
                wrong.extend(found)
            finally:
                os.close(here)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(10):
        put(folder, sets[number % 2])
    ended.set()
    reader.join()
    assert not wrong


# Faults. Python calls an audit hook before every change, so no change can be forgotten here.

Fault = Literal["kill", "error", "full"]
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod"}


def watch(reached: Callable[[str], None]) -> None:
    """Call `reached` before every change that this process makes from now on; half of a write is done before that."""
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        written = write(descriptor, data[: len(data) // 2])
        reached("os.write")
        return written + write(descriptor, data[len(data) // 2 :])

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        flags = arguments[2] if event == "open" else 0
        if event in CHANGES | {"os.chown"} or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_CREAT)):
            reached(event)

    vars(os)["write"] = half
    vars(file)["synchronise"] = lambda _: reached("synchronise")
    sys.addaudithook(hook)


def in_child(work: Callable[[], int]) -> int:
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def faulty(folder: Path, fault: Fault, number: int) -> int:
    """Put `AFTER` in a process that is killed at a change, or whose disk refuses that change or all from it on.

    The exit code is 100 if there was no such change any more. Asserts that everything is private before that change.
    """
    count = 0

    def reached(_: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            for path in everything(folder) if folder.exists() else ():
                assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
        if fault == "kill" and count == number:
            os._exit(9)
        if count == number or (fault == "full" and count > number):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def work() -> int:
        watch(reached)
        done, codes = put(folder, AFTER)
        if count < number:
            return 100
        return 0 if done and not codes else 1 if not done and codes == ["world/cannot-render"] else 98

    return in_child(work)


@pytest.mark.parametrize("first", [False, True], ids=["over an old one", "the first"])
@pytest.mark.parametrize("fault", ["kill", "error", "full"])
def test_a_fault_at_any_change_leaves_the_old_release_or_the_new_one(
    tmp_path: Path, fault: Fault, *, first: bool
) -> None:
    old = {} if first else BEFORE
    moments: set[bytes] = set()
    for number in range(1, 200):
        folder = tmp_path / str(number)
        if not first:
            put(folder, old)
        code = faulty(folder, fault, number)
        if code == 100:
            break
        assert code in ({9} if fault == "kill" else {0, 1}), (number, code)
        now = seen(folder)
        assert now in (old, AFTER), number
        moments.add(b"new" if now == AFTER else b"old")
        if folder.exists():
            assert_closed(folder)
        assert put(folder, AFTER)[1] == []
        assert_at_rest(folder, AFTER)
    assert number > 20
    # The rename is the last change if there is nothing old to remove.
    assert moments == ({b"old"} if first else {b"old", b"new"})
