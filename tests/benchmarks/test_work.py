from pathlib import Path

import pytest

from benchmarks.repository import FULL, LEAN, Kind
from benchmarks.work import DEFAULTS, SERVICE, changing_all, changing_one, forget, made


@pytest.mark.parametrize("kind", [LEAN, FULL], ids=["lean", "full"])
def test_each_change_is_another_one(kind: Kind, tmp_path: Path) -> None:
    work = made(tmp_path / "repository", 1, kind, 1)
    for path, change in ((SERVICE, changing_one(work.folder)), (DEFAULTS, changing_all(work.folder))):
        file = work.folder / path
        texts = {file.read_text("utf-8")}
        for _ in range(3):
            change()
            texts.add(file.read_text("utf-8"))
        assert len(texts) == 4


def test_what_cannot_be_changed_is_no_work(tmp_path: Path) -> None:
    work = made(tmp_path / "repository", 1, LEAN, 1)
    (work.folder / SERVICE).write_text("description: {en: Nothing}\n", "utf-8")
    with pytest.raises(ValueError, match="has no number"):
        changing_one(work.folder)()


def test_what_is_forgotten_is_put_aside_and_nothing_else(tmp_path: Path) -> None:
    work = made(tmp_path / "repository", 1, LEAN, 1)
    (work.folder / "build/production").mkdir(parents=True)
    (work.folder / ".varve").mkdir()
    forget(work.folder)
    assert sorted(path.name for path in work.folder.iterdir()) == [
        ".git",
        ".gitignore",
        "environments",
        "tenants",
        "varve.yaml",
    ]
    assert len(list(tmp_path.glob("aside-*/build/production"))) == 1
    forget(work.folder)
    assert len(list(tmp_path.glob("aside-*"))) == 2
