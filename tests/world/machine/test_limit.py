"""An error that is about a limit of the process is recognised, and the advice is how to raise it."""

import errno

import pytest

from varve.world.machine.limit import advice, shortage

RAISE = "raise the limit (`ulimit -n`)"
OTHERS = {
    "another refusal": OSError(errno.EACCES, "no"),
    "a limit of the whole machine": OSError(errno.ENFILE, "no"),
    "a mistake": ValueError("x"),
}


def test_too_many_open_files_are_recognised_with_or_without_a_file() -> None:
    for error in (OSError(errno.EMFILE, "no", "x.yaml"), OSError(errno.EMFILE, "no")):
        assert advice(error) == RAISE
        assert shortage(error) == f"too many open files: {RAISE}"


@pytest.mark.parametrize("error", OTHERS.values(), ids=OTHERS)
def test_an_error_about_something_else_gets_no_advice(error: Exception) -> None:
    assert (advice(error), shortage(error)) == ("", "")
