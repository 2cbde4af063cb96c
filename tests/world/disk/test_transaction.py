import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NoReturn

import pytest

from tests.world.work import codes
from varve.language.blob import identify
from varve.model.artifact import Artifact, Build
from varve.model.diagnostic import Report
from varve.world.disk import file, transaction
from varve.write.plan import Plan, Standing, Write, plan

BEFORE = {
    "build/p/same": b"same",
    "build/p/changed": b"old" * 1000,
    "build/p/deep/down/gone": b"gone",
    "build/p/file": b"becomes a folder",
    "build/p/folder/x": b"becomes a file",
    "build/p/folder/inner/y": b"and this too",
}
_NOBODY = 65534
AFTER = {
    "build/p/same": b"same",
    "build/p/changed": b"new" * 2000,
    "build/p/file/x": b"in a folder",
    "build/p/folder": b"a file",
    "build/q/r/new": b"new",
    "build/q/empty": b"",
}


def _tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.glob("build/**/*") if path.is_file()}


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _folders(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.glob("build/**/*") if path.is_dir()}


def _plan(root: Path, wanted: dict[str, bytes]) -> Plan:
    """The plan that leads to `wanted` if git tracks nothing, so that only varve's own record says what is varve's."""
    ids = {path: identify(data) for path, data in _tree(root).items()}
    artifacts = {path: Artifact(path, data) for path, data in wanted.items()}
    made = {path: identify(data) for path, data in wanted.items()}
    return plan(Build(artifacts, frozenset(), (), made), Standing(ids, frozenset(), transaction.written(root)))


def _build(root: Path, wanted: dict[str, bytes]) -> Report:
    report = Report()
    with transaction.lock(root, report) as lock:
        assert lock is not None
        planned = _plan(root, wanted)
        assert planned.refused == ()
        assert transaction.apply(planned, lock, report) == (not report.broken)
    return report


def _assert_at_rest(root: Path, wanted: dict[str, bytes]) -> None:
    assert _tree(root) == wanted
    assert _folders(root) == {parent for path in wanted for parent in _parents(path)}
    assert _names(root / ".varve") == [".gitignore", "lock", "written"]
    assert (root / ".varve/.gitignore").read_text() == "*\n"
    assert _plan(root, wanted).empty


def _parents(path: str) -> set[str]:
    return {parent.as_posix() for parent in Path(path).parents if parent.parts[1:]}


def test_a_plan_is_carried_out_and_then_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert codes(_build(tmp_path, BEFORE)) == []
    _assert_at_rest(tmp_path, BEFORE)
    assert codes(_build(tmp_path, AFTER)) == []
    _assert_at_rest(tmp_path, AFTER)
    assert codes(_build(tmp_path, {})) == []
    assert _tree(tmp_path) == {}


def test_a_folder_that_is_not_there_yet_is_moved_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    move = file.move

    def watched(source: int, name: str, target: int, target_name: str) -> None:
        moved.append(target_name)
        move(source, name, target, target_name)

    monkeypatch.setattr(file, "move", watched)
    _build(tmp_path, BEFORE)
    assert moved == [".gitignore", "written", "build"]
    _build(tmp_path, AFTER)
    assert moved[3:] == ["written", "changed", "folder", "x", "q"]


def test_names_that_sort_between_a_folder_and_its_content(tmp_path: Path) -> None:
    wanted = {f"build/{path}": path.encode() for path in ("a/x", "a-b/x", "a/c/x", "a/c-d/x", "a/c/e/x", "a.b")}
    _build(tmp_path, {"build/there": b""})
    assert codes(_build(tmp_path, wanted)) == []
    _assert_at_rest(tmp_path, wanted)


@pytest.mark.parametrize(("umask", "modes"), [(0o022, (0o644, 0o755)), (0o077, (0o600, 0o700)), (0, (0o644, 0o755))])
def test_modes_follow_the_umask(tmp_path: Path, umask: int, modes: tuple[int, int]) -> None:
    before = os.umask(umask)
    try:
        _build(tmp_path, AFTER)
    finally:
        os.umask(before)
    made = [path for path in tmp_path.glob("build/**/*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in made} == {modes[0]}
    assert {path.parent.stat().st_mode & 0o777 for path in made} == {modes[1]}


def test_an_unchanged_artifact_is_not_touched(tmp_path: Path) -> None:
    _build(tmp_path, BEFORE)
    before = _age(tmp_path / "build/p/same")
    _build(tmp_path, AFTER)
    assert _age(tmp_path / "build/p/same") == before


def _age(path: Path) -> tuple[int, int, int]:
    """The inode and the times of a file, which reading does not change."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns


def test_there_is_one_synchronisation_and_none_for_an_empty_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(file, "synchronise", calls.append)
    _build(tmp_path, AFTER)
    assert len(calls) == 1
    _build(tmp_path, AFTER)
    assert len(calls) == 1


# Faults. Python calls an audit hook before every change, so no change can be forgotten here.

Change = tuple[str, object]


def _change(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    return event in {
        "os.mkdir",
        "os.rename",
        "os.remove",
        "os.rmdir",
        "os.truncate",
        "os.link",
        "os.symlink",
        "os.chmod",
    }


def _watch(reached: Callable[[Change], None]) -> None:
    """Call `reached` before every change that this process makes from now on; half of a write is done before that."""
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        written = write(descriptor, data[: len(data) // 2])
        reached(("os.write", len(data)))
        return written + write(descriptor, data[len(data) // 2 :])

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if _change(event, arguments):
            reached((event, arguments[0]))

    vars(os)["write"] = half
    vars(file)["synchronise"] = lambda _: reached(("synchronise", ""))
    sys.addaudithook(hook)


def _in_child(work: Callable[[], int]) -> int:
    """The exit code of a child process that does `work`."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _changes(root: Path) -> list[Change]:
    """Every change that the build from `BEFORE` to `AFTER` makes, in order."""
    log = root / "log"
    seen: list[Change] = []

    def work() -> int:
        _watch(seen.append)
        _build(root, AFTER)
        made = seen.copy()
        log.write_text(repr(made))
        return 0

    assert _in_child(work) == 0
    return list(eval(log.read_text()))  # noqa: S307 - written by this very test


Fault = Literal["kill", "error", "full"]


def _faulty_build(root: Path, fault: Fault, number: int) -> int:
    """Build `AFTER` in a process that is killed at a change, or whose disk refuses that change or all from it on."""
    count = 0

    def reached(_: Change) -> None:
        nonlocal count
        count += 1
        if fault == "kill" and count == number:
            os._exit(9)
        if count == number or (fault == "full" and count > number):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def work() -> int:
        report = Report()
        _watch(reached)
        with transaction.lock(root, report) as lock:
            done = lock is not None and transaction.apply(_plan(root, AFTER), lock, report)
        found = {code for code, _ in codes(report)}
        return 0 if done and not found else 1 if not done and found == {"world/cannot-write"} else 98

    return _in_child(work)


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> list[Change]:
    root = tmp_path_factory.mktemp("changes")
    _build(root, BEFORE)
    made = _changes(root)
    _assert_at_rest(root, AFTER)
    return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "synchronise", lambda _: None)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("fault", ["kill", "error", "full"])
def test_a_fault_at_any_change_leaves_whole_artifacts_and_the_next_run_does_the_rest(
    tmp_path: Path, changes: list[Change], fault: Fault
) -> None:
    journal = next(number for number, change in enumerate(changes, 1) if change == ("os.rename", b"written"))
    assert len(changes) > 30
    for number in range(1, len(changes) + 1):
        root = tmp_path / str(number)
        root.mkdir()
        _build(root, BEFORE)
        code = _faulty_build(root, fault, number)
        assert code in ({9} if fault == "kill" else {0, 1}), (number, changes[number - 1], code)
        now = _tree(root)
        assert all(data in (BEFORE.get(path), AFTER.get(path)) for path, data in now.items()), changes[number - 1]
        if code == 0:
            assert now == AFTER, changes[number - 1]
        elif number <= journal:
            assert now == BEFORE, changes[number - 1]
        assert codes(_build(root, AFTER)) == []
        _assert_at_rest(root, AFTER)


@pytest.mark.usefixtures("quick")
def test_a_killed_first_build_is_repaired_even_by_a_different_one(tmp_path: Path, changes: list[Change]) -> None:
    for number in range(1, len(changes), 3):
        root = tmp_path / str(number)
        root.mkdir()
        _faulty_build(root, "kill", number)
        _build(root, BEFORE)
        _assert_at_rest(root, BEFORE)


# Refusals of the disk, and obstacles.


@contextmanager
def _locked(root: Path) -> Iterator[tuple[transaction.Lock, Report]]:
    report = Report()
    with transaction.lock(root, report) as lock:
        assert lock is not None
        yield lock, report


@contextmanager
def _nobody(root: Path) -> Iterator[None]:
    """Run as an unprivileged user who owns everything in `root`."""
    if os.geteuid() != 0:
        yield
        return
    for each in (root, *root.rglob("*")):
        os.chown(each, _NOBODY, _NOBODY)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def _write(path: str) -> Plan:
    return Plan(
        write=(
            Write("build/a", b"a", identify(b"a"), replaces=False),
            Write(path, b"x", identify(b"x"), replaces=False),
        )
    )


@pytest.mark.parametrize(
    ("path", "words"),
    [
        pytest.param("build/link/x", "Not a directory", id="a link on the way"),
        pytest.param("build/file/x", "Not a directory", id="a file on the way"),
        pytest.param("build/folder", "Is a directory", id="a folder in its place"),
        pytest.param(f"build/{'n' * 300}", "File name too long", id="a name that is too long"),
        pytest.param(f"build/{'n' * 300}/x", "File name too long", id="a folder's name that is too long"),
    ],
)
def test_an_obstacle_is_named_and_nothing_is_changed(tmp_path: Path, path: str, words: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "build/folder").mkdir(parents=True)
    (tmp_path / "build/folder/mine").touch()
    (tmp_path / "build/file").touch()
    (tmp_path / "build/link").symlink_to(tmp_path / "outside")
    with _locked(tmp_path) as (lock, report):
        assert not transaction.apply(_write(path), lock, report)
    finding = next(iter(report))
    assert codes(report) == [("world/cannot-write", finding.place.file if finding.place else "")]
    assert words in finding.message
    assert _names(tmp_path / "build") == ["file", "folder", "link"]
    assert _names(tmp_path / "outside") == []
    assert _names(tmp_path / ".varve") == [".gitignore", "lock"]


@pytest.mark.parametrize("path", ["build/closed/x", "build/closed/new/x"], ids=["a file", "a folder"])
def test_a_read_only_folder_is_detected_before_anything_is_changed(tmp_path: Path, path: str) -> None:
    (tmp_path / "build/closed").mkdir(parents=True)
    (tmp_path / "build/closed/there").touch()
    with _locked(tmp_path) as (lock, report):
        (tmp_path / "build/closed").chmod(0o555)
        with _nobody(tmp_path):
            assert not transaction.apply(_write(path), lock, report)
        assert [(each.hint or "").startswith("let the user that runs varve") for each in report] == [True]
        assert _tree(tmp_path) == {"build/closed/there": b""}
        (tmp_path / "build/closed").chmod(0o755)
        with _nobody(tmp_path):
            assert transaction.apply(_write(path), lock, report)
        assert _tree(tmp_path) == {"build/closed/there": b"", "build/a": b"a", path: b"x"}


def test_a_folder_that_somebody_makes_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _build(tmp_path, BEFORE)
    with monkeypatch.context() as patch:

        def made(_: int) -> None:
            (tmp_path / "build/q/r").mkdir(parents=True)
            (tmp_path / "build/q/r/new").write_bytes(AFTER["build/q/r/new"])

        patch.setattr(file, "synchronise", made)
        report = _build(tmp_path, AFTER)
    assert [each.hint for each in report] == ["let nobody else write there, and run `varve build` again"]
    assert "build/q/empty" not in _tree(tmp_path)
    assert codes(_build(tmp_path, AFTER)) == []
    _assert_at_rest(tmp_path, AFTER)


def test_build_itself_may_not_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x").write_text("mine")
    (tmp_path / "build").symlink_to(tmp_path / "outside")
    with _locked(tmp_path) as (lock, report):
        assert not transaction.apply(_write("build/x"), lock, report)
        assert not transaction.apply(Plan(delete=("build/x",)), lock, report)
    assert (tmp_path / "outside/x").read_text() == "mine"


def test_an_artifact_that_is_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "build").mkdir()
    (tmp_path / "build/x").symlink_to(tmp_path / "mine")
    with _locked(tmp_path) as (lock, report):
        assert transaction.apply(_write("build/x"), lock, report)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (tmp_path / "build/x").is_symlink()


def test_another_file_system_is_refused_before_anything_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems = iter(range(99))
    monkeypatch.setattr(file, "device", lambda _: next(systems))
    with _locked(tmp_path) as (lock, report):
        assert not transaction.apply(_write("build/x"), lock, report)
    assert [each.hint for each in report] == ["`.varve` and `build` have to be on the same file system"]
    assert _tree(tmp_path) == {}


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EIO])
def test_a_failed_synchronisation_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    _build(tmp_path, BEFORE)

    def fail(_: int) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(file, "synchronise", fail)
    report = _build(tmp_path, AFTER)
    assert os.strerror(number) in next(iter(report)).message
    assert _tree(tmp_path) == BEFORE
    assert ".varve/tmp" not in {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}


def test_deleting_a_missing_artifact_is_no_error(tmp_path: Path) -> None:
    with _locked(tmp_path) as (lock, report):
        assert transaction.apply(Plan(delete=("build/a/b", "build/c")), lock, report)


def test_a_folder_with_something_else_in_it_stays(tmp_path: Path) -> None:
    _build(tmp_path, {"build/p/x": b"x"})
    (tmp_path / "build/p/mine").touch()
    with _locked(tmp_path) as (lock, report):
        assert transaction.apply(Plan(delete=("build/p/x",)), lock, report)
    assert _tree(tmp_path) == {"build/p/mine": b""}


# The record and the lock.


def test_the_record_remembers_what_was_written_before(tmp_path: Path) -> None:
    _build(tmp_path, BEFORE)
    _build(tmp_path, AFTER)
    assert transaction.written(tmp_path) == {identify(data) for data in (*BEFORE.values(), *AFTER.values())}


def test_a_long_record_keeps_existing_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _build(tmp_path, BEFORE)
    monkeypatch.setattr(transaction, "_MOST_RECORDED", 3)
    _build(tmp_path, BEFORE | {"build/new": b"new"})
    assert transaction.written(tmp_path) == {identify(data) for data in (*BEFORE.values(), b"new")}
    _build(tmp_path, {"build/new": b"new", "build/p/same": b"same", "build/x": b"x"})
    _build(tmp_path, {"build/new": b"newer", "build/p/same": b"same", "build/x": b"x"})
    assert transaction.written(tmp_path) == {identify(data) for data in (b"new", b"newer", b"same", b"x")}


@pytest.mark.parametrize("record", [None, b"", b"\xff\xfe garbage"], ids=["none", "empty", "garbage"])
def test_an_unreadable_record_is_empty(tmp_path: Path, record: bytes | None) -> None:
    if record is not None:
        (tmp_path / ".varve").mkdir()
        (tmp_path / ".varve/written").write_bytes(record)
    assert transaction.written(tmp_path) == frozenset()
    _build(tmp_path, AFTER)
    _assert_at_rest(tmp_path, AFTER)


HOLD = """
import sys, time, pathlib
from varve.model.diagnostic import Report
from varve.world.disk import transaction
with transaction.lock(pathlib.Path(sys.argv[1]), Report()) as lock:
    print("held" if lock else "refused", flush=True)
    time.sleep(60)
"""


def test_one_at_a_time_and_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        report = Report()
        start = time.monotonic()
        with transaction.lock(tmp_path, report, patience=0.2) as lock:
            assert lock is None
        assert 0.2 <= time.monotonic() - start < 5
        assert codes(report) == [("world/locked", ".varve/lock")]
        assert f"process {holder.pid} on " in next(iter(report)).message
        holder.kill()
    with transaction.lock(tmp_path, Report(), patience=5) as lock:
        assert lock is not None


def test_a_waiting_process_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as waiter:
            assert waiter.stdout is not None
            holder.kill()
            assert waiter.stdout.readline() == b"held\n"
            waiter.kill()


@pytest.mark.parametrize("content", [b"", b"garbage", b'{"process": "x"}', b"[]"])
def test_a_lock_that_does_not_say_who_holds_it(tmp_path: Path, content: bytes) -> None:
    with transaction.lock(tmp_path, Report()) as first:
        assert first is not None
        (tmp_path / ".varve/lock").write_bytes(content)
        report = Report()
        with transaction.lock(tmp_path, report, patience=0) as second:
            assert second is None
    assert next(iter(report)).message == "another process is writing here"


def test_a_state_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / ".varve").symlink_to("outside")
    report = Report()
    with transaction.lock(tmp_path, report) as lock:
        assert lock is None
    assert codes(report) == [("world/cannot-write", ".varve/lock")]
    assert _names(tmp_path / "outside") == []


def test_an_exception_of_the_caller_passes_through(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ours"), transaction.lock(tmp_path, Report()):
        raise RuntimeError("ours")
    with transaction.lock(tmp_path, Report(), patience=0) as lock:
        assert lock is not None
