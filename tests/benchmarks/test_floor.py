from pathlib import Path

import pytest

from benchmarks.floor import main, read, write


def test_every_artifact_is_written_once(tmp_path: Path) -> None:
    write([(Path("build/a.yaml"), b"a"), (Path("build/b/c.yaml"), b"c")], tmp_path)
    assert (tmp_path / "build/a.yaml").read_bytes() == b"a"
    assert (tmp_path / "build/b/c.yaml").read_bytes() == b"c"


def test_a_broken_source_is_no_floor(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("[", "utf-8")
    with pytest.raises(ValueError, match="a source is broken"):
        read([tmp_path / "a.yaml"])


def test_two_numbers_are_told_and_the_artifacts_written_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "repository"
    (folder / "build").mkdir(parents=True)
    (folder / "varve.yaml").write_text("a: 1\n", "utf-8")
    (folder / "build/a.yaml").write_text("b: 2\n", "utf-8")
    target = tmp_path / "beside"
    target.mkdir()
    main(folder, target)
    assert len([float(each) for each in capsys.readouterr().out.split()]) == 2
    assert (target / "build/a.yaml").read_bytes() == b"b: 2\n"
