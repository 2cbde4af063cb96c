import os
from pathlib import Path

import pytest

from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.read.decode import LIMIT
from varve.world.disk import file
from varve.world.git.command import Git
from varve.world.git.repository import CHECK_ACCESS
from varve.world.snapshot.checkout import Checkout, Found, touched


def _read(root: Path, *paths: str) -> tuple[list[Found], Report]:
    report = Report()
    return Checkout(Git(root), {}, {}).read(paths, report), report


def test_existing_and_missing_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_text("x")
    (tmp_path / "a/run").write_text("r")
    (tmp_path / "a/run").chmod(0o755)
    (tmp_path / "a/link").symlink_to("x")
    (tmp_path / "a/folder").mkdir()
    os.mkfifo(tmp_path / "a/pipe")
    found, report = _read(
        tmp_path, *(f"a/{name}" for name in ("x", "run", "link", "folder/", "pipe", "gone", "x/y")), "no/x"
    )
    assert found == [
        Found("a/folder/", "160000", b""),
        Found("a/link", "120000", b""),
        Found("a/pipe", "000000", b""),
        Found("a/run", "100755", b"r"),
        Found("a/x", "100644", b"x"),
    ]
    assert codes(report) == []


def test_a_source_is_read_to_just_beyond_its_limit_and_an_artifact_whole(tmp_path: Path) -> None:
    for folder in ("tenants", "build"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_bytes(b"x" * (LIMIT + 9))
    found, _ = _read(tmp_path, "tenants/x", "build/x")
    assert {each.path: len(each.data) for each in found} == {"tenants/x": LIMIT + 1, "build/x": LIMIT + 9}


def test_a_file_that_may_not_be_read_is_reported(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.write({"tenants/acme/a.yaml": "", "tenants/acme/b.yaml": "b"})
    read = file.read

    def deny(folder: int, name: str, most: int) -> file.Node:
        if name == "a.yaml":
            raise PermissionError(13, "Permission denied")
        return read(folder, name, most)

    monkeypatch.setattr(file, "read", deny)
    seen, report = work.snapshot()
    assert codes(report) == [("world/cannot-read", "tenants/acme/a.yaml")]
    assert [each.hint for each in report] == [CHECK_ACCESS]
    assert "tenants/acme/b.yaml" in seen
    assert "tenants/acme/a.yaml" not in seen


def test_a_folder_that_may_not_be_opened_is_reported(tmp_path: Path) -> None:
    (tmp_path / ("x" * 255)).mkdir()
    found, report = _read(tmp_path, f"{'y' * 300}/a")
    assert found == []
    assert codes(report) == [("world/cannot-read", f"{'y' * 300}/a")]
    assert [each.hint for each in report] == [""]


def test_the_state_of_files_changes_when_one_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    before = touched(tmp_path, ["a", "b", "gone", "a/x"])
    assert before == touched(tmp_path, ["a", "b", "gone", "a/x"]) != touched(tmp_path, ["a"])
    (tmp_path / "new").write_text("2")
    (tmp_path / "new").replace(tmp_path / "b")
    changed = touched(tmp_path, ["a", "b"])
    (tmp_path / "b").unlink()
    assert len({before, changed, touched(tmp_path, ["a", "b"])}) == 3
