"""A profile is a new file that `pstats` reads, whatever became of what was profiled."""

import errno
import pstats
import resource
from pathlib import Path
from typing import NoReturn

import pytest

from varve.world.machine.profile import profiled


def work() -> None:
    """What is looked for in the profile."""


def fail() -> None:
    """Work that goes wrong."""
    raise LookupError


def deny(error: OSError) -> NoReturn:
    """What hears of a disk that refuses, where it should not."""
    raise AssertionError(error)


def names(file: Path) -> set[str]:
    """The functions that a profile knows."""
    known: dict[tuple[str, int, str], object] = vars(pstats.Stats(str(file)))["stats"]
    return {name for _, _, name in known}


def test_where_the_time_went_stands_in_the_file(tmp_path: Path) -> None:
    with profiled(tmp_path / "profile", deny):
        work()
    assert "work" in names(tmp_path / "profile")


def test_what_failed_is_profiled_too(tmp_path: Path) -> None:
    with pytest.raises(LookupError), profiled(tmp_path / "profile", deny):
        fail()
    assert "fail" in names(tmp_path / "profile")


@pytest.mark.parametrize("name", ["there", "missing/profile", "."])
def test_a_file_that_cannot_be_made_stops_all(name: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("somebody's work")
    done: list[bool] = []
    with pytest.raises(OSError, match=name), profiled(tmp_path / name, deny):
        done.append(True)
    assert not done
    assert (tmp_path / "there").read_text() == "somebody's work"


def test_what_the_disk_refuses_is_told_and_leaves_no_file(tmp_path: Path) -> None:
    told: list[OSError] = []
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        with profiled(tmp_path / "profile", told.append):
            work()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [error.errno for error in told] == [errno.EFBIG]
    assert not list(tmp_path.iterdir())
