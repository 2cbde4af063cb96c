from pathlib import Path

import pytest

from benchmarks import watching
from benchmarks.repository import LEAN, commit
from benchmarks.work import build, changing_one, made


def test_a_watch_is_measured_from_what_is_saved_to_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_REST", 0.5)
    work = made(tmp_path / "repository", 1, LEAN, 1)
    build(work.folder)
    commit(work.folder)
    median, least = watching.measured(work.folder, 1, changing_one(work.folder))
    assert median == least
    assert least.wall > 0


def test_what_changes_nothing_is_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_REST", 0.5)
    work = made(tmp_path / "repository", 1, LEAN, 1)
    build(work.folder)
    commit(work.folder)
    settings = work.folder / "varve.yaml"

    def comment() -> None:
        settings.write_text(settings.read_text("utf-8") + "# nothing\n", "utf-8")

    with pytest.raises(ValueError, match="nothing was written"):
        watching.measured(work.folder, 1, comment)
