"""A profile is a new file that `pstats` reads, whatever became of what was profiled."""

import pstats
from pathlib import Path

import pytest

from varve.world.machine.profile import profiled


def work() -> None:
    """What is looked for in the profile."""


def fail() -> None:
    """Work that goes wrong."""
    raise LookupError


def names(file: Path) -> set[str]:
    """The functions that a profile knows."""
    known: dict[tuple[str, int, str], object] = vars(pstats.Stats(str(file)))["stats"]
    return {name for _, _, name in known}


def test_where_the_time_went_stands_in_the_file(tmp_path: Path) -> None:
    with profiled(tmp_path / "profile"):
        work()
    assert "work" in names(tmp_path / "profile")


def test_what_failed_is_profiled_too(tmp_path: Path) -> None:
    with pytest.raises(LookupError), profiled(tmp_path / "profile"):
        fail()
    assert "fail" in names(tmp_path / "profile")


@pytest.mark.parametrize("name", ["there", "missing/profile", "."])
def test_a_file_that_cannot_be_made_stops_all(name: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("somebody's work")
    done: list[bool] = []
    with pytest.raises(OSError, match=name), profiled(tmp_path / name):
        done.append(True)
    assert not done
    assert (tmp_path / "there").read_text() == "somebody's work"
