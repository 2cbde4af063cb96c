"""A folder of evidence is written completely or not at all, and read only if it is exactly what was written."""

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.workbench import shell
from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world import evidence
from varve.world.disk import file
from varve.world.evidence import MANIFEST

FILES: Final = {"report.txt": b"all is well\n", "repository.bundle": b"\x00\xff"}
NAMES: Final = frozenset(FILES)


def write(folder: Path) -> list[tuple[str, str]]:
    report = Report()
    assert evidence.write(folder, FILES, report) is not report.broken
    return codes(report)


def read(folder: Path) -> list[str]:
    """The messages about a folder that is refused."""
    report = Report()
    assert evidence.read(folder, NAMES, report) is None
    assert {code for code, _ in codes(report)} == {"world/unsound-evidence"}
    return [each.message for each in report]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert write(tmp_path / "a/b") == []
    report = Report()
    found = evidence.read(tmp_path / "a/b", NAMES, report)
    assert found is not None
    assert {name: found[name] for name in FILES} == FILES
    assert not report


def test_the_manifest_is_one_that_others_can_check(tmp_path: Path) -> None:
    write(tmp_path / "a")
    command = ["sha256sum", "--check", "--strict", "--quiet", MANIFEST]
    assert subprocess.run(command, cwd=tmp_path / "a", check=False).returncode == 0


SPOILT: Final = {
    "a report was changed": ("echo >> report.txt", f"`report.txt` does not match `{MANIFEST}`"),
    "one bit of the bundle was": (r"printf '\001\377' > repository.bundle", "`repository.bundle` does not match"),
    "the manifest was": (": > MANIFEST.sha256", "`report.txt` does not match"),
    "the manifest says more": ("echo x >> MANIFEST.sha256", f"`{MANIFEST}` does not match"),
    "the manifest is gone": ("rm MANIFEST.sha256", f"`{MANIFEST}` is missing"),
    "a report is gone": ("rm report.txt", "`report.txt` is missing"),
    "something was added": ("touch report2.txt", "`report2.txt` does not belong here"),
    "something hidden was added": ("mkdir .x", "`.x` does not belong here"),
    "a link leads to the report": ("mv report.txt .. && ln -s ../report.txt .", "`report.txt` is not a regular file"),
    "a link leads to the manifest": (
        f"mv {MANIFEST} .. && ln -s ../{MANIFEST} .",
        f"`{MANIFEST}` is not a regular file",
    ),
    "a folder is the report": ("rm report.txt && mkdir report.txt", "`report.txt` is not a regular file"),
    "a pipe is the report": ("rm report.txt && mkfifo report.txt", "`report.txt` is not a regular file"),
}


@pytest.mark.parametrize(("spoil", "message"), SPOILT.values(), ids=SPOILT)
def test_altered_evidence_is_refused(spoil: str, message: str, tmp_path: Path) -> None:
    write(tmp_path / "a")
    assert shell(spoil, tmp_path / "a") == (0, "")
    assert read(tmp_path / "a")[0].startswith(message)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path / "a") == [f"`{tmp_path}/a` cannot be read: No such file or directory"]


def test_a_folder_without_any_of_the_files_is_no_evidence(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    assert read(tmp_path) == [f"`{tmp_path}` contains no evidence"]


TAKEN: Final = {
    "a file stands in it": ("mkdir out && touch out/x", "out", "is not empty"),
    "a link is its name": ("ln -s . out", "out", "is a symbolic link"),
    "a file has its name": ("touch out", "out", "cannot be read: Not a directory"),
    "it lies among policies": (":", "policies/evidence", "is among the sources and artifacts"),
    "it lies among artifacts": (":", "build/evidence", "is among the sources and artifacts"),
    "it leads there by a link": ("ln -s tenants x", "x/y", "is among the sources and artifacts"),
}


@pytest.mark.parametrize(("line", "name", "message"), TAKEN.values(), ids=TAKEN)
def test_evidence_is_not_written_to_a_folder_in_use(line: str, name: str, message: str, work: Work) -> None:
    assert shell(line, work.top) == (0, "")
    report = Report()
    assert not evidence.is_free(work.top / name, work.find(), report)
    assert codes(report) == [("world/no-evidence", "")]
    assert message in next(iter(report)).message


def test_a_name_that_is_too_long_is_refused(work: Work) -> None:
    folder, report = work.top / ("a" * 300), Report()
    assert not evidence.is_free(folder, work.find(), report)
    assert not evidence.write(folder, {"x": b""}, report)
    assert [each.message.rpartition(": ")[2] for each in report] == ["File name too long"] * 2


def test_a_new_folder_and_an_empty_one_are_free(work: Work, tmp_path: Path) -> None:
    (work.top / "empty").mkdir()
    for folder in (work.top / "empty", work.top / "new/deep", tmp_path / "outside"):
        report = Report()
        assert evidence.is_free(folder, work.find(), report)
        assert not report


@pytest.mark.parametrize("number", range(4))
def test_a_failed_write_leaves_nothing(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = iter(range(10))
    create, synchronise = file.create, file.synchronise

    def refused() -> None:
        if next(steps) == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def half(folder: int, name: str, data: bytes) -> None:
        create(folder, name, data)
        refused()

    def unsafe(folder: int) -> None:
        refused()
        synchronise(folder)

    monkeypatch.setattr(file, "create", half)
    monkeypatch.setattr(file, "synchronise", unsafe)
    assert write(tmp_path / "a") == [("world/no-evidence", "")]
    assert list((tmp_path / "a").iterdir()) == []


def test_the_manifest_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(file, "create", lambda _, name, __: written.append(name))
    monkeypatch.setattr(file, "synchronise", lambda _: written.append("safe"))
    write(tmp_path / "a")
    assert written == [*FILES, "safe", MANIFEST, "safe"]


def test_a_file_that_somebody_else_creates_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create = file.create

    def sudden(folder: int, name: str, data: bytes) -> None:
        if name == "repository.bundle":
            (tmp_path / "a" / name).write_text("theirs")
        create(folder, name, data)

    monkeypatch.setattr(file, "create", sudden)
    assert write(tmp_path / "a") == [("world/no-evidence", "")]
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["repository.bundle"]
    assert (tmp_path / "a/repository.bundle").read_text() == "theirs"


def committed(work: Work) -> list[tuple[str, str]]:
    report = Report()
    assert evidence.is_committed(work.find(), report) is not report.broken
    return codes(report)


DIRTY: Final = {
    "a changed file": ("echo >> varve.yaml", "varve.yaml"),
    "a new file": ("touch tenants/acme/x.yaml", "tenants/acme/x.yaml"),
    "a file that is gone": ("rm tenants/acme/tenant.yaml", "tenants/acme/tenant.yaml"),
}


@pytest.mark.parametrize(("line", "path"), DIRTY.values(), ids=DIRTY)
def test_uncommitted_changes_are_reported(line: str, path: str, work: Work) -> None:
    (work.top / "notes.txt").write_text("not varve's")
    assert committed(work) == []
    assert shell(line, work.top) == (0, "")
    assert committed(work) == [("world/uncommitted", path)]


def test_staged_changes_are_reported(work: Work) -> None:
    work.write({"tenants/acme/tenant.yaml": "tenant: {name: x}\n", "tenants/acme/x.yaml": "a: 1\n"})
    work.git("add", "--all")
    assert committed(work) == [("world/uncommitted", "tenants/acme/tenant.yaml")]


def test_a_repository_without_a_commit_is_not_committed(begin: Callable[..., Work]) -> None:
    work = begin()
    work.write({"varve.yaml": ""})
    assert committed(work) == [("world/no-commit", "")]
