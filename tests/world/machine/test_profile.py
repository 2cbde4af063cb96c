"""A profile is a new file that `pstats` can read, even if the profiled work failed."""

import errno
import pstats
import resource
from pathlib import Path
from typing import NoReturn

import pytest

from varve.world.machine.profile import profiled


def work() -> None:
    """A function to look for in the profile."""


def fail() -> None:
    """Work that fails."""
    raise LookupError


def deny(error: OSError) -> NoReturn:
    """A callback for a failed write where none should fail."""
    raise AssertionError(error)


def names(file: Path) -> set[str]:
    """The functions in a profile."""
    known: dict[tuple[str, int, str], object] = vars(pstats.Stats(str(file)))["stats"]
    return {name for _, _, name in known}


def test_the_profile_contains_the_functions_that_ran(tmp_path: Path) -> None:
    with profiled(tmp_path / "profile", deny):
        work()
    assert "work" in names(tmp_path / "profile")


def test_work_that_fails_is_profiled_too(tmp_path: Path) -> None:
    with pytest.raises(LookupError), profiled(tmp_path / "profile", deny):
        fail()
    assert "fail" in names(tmp_path / "profile")


@pytest.mark.parametrize("name", ["there", "missing/profile", "."])
def test_nothing_is_run_if_the_file_cannot_be_created(name: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("somebody's work")
    done: list[bool] = []
    with pytest.raises(OSError, match=name), profiled(tmp_path / name, deny):
        done.append(True)
    assert not done
    assert (tmp_path / "there").read_text() == "somebody's work"


def test_a_failed_write_is_reported_and_leaves_no_file(tmp_path: Path) -> None:
    errors: list[OSError] = []
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        with profiled(tmp_path / "profile", errors.append):
            work()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [error.errno for error in errors] == [errno.EFBIG]
    assert not list(tmp_path.iterdir())
