"""A refusal names the path that people know."""

import errno

import pytest

from varve.world.disk.refusal import Refusal, about


def test_a_refusal_names_the_path_and_the_reason() -> None:
    with pytest.raises(Refusal, match=r"^`build/a\.yaml` cannot be written: Is a directory$"), about("build/a.yaml"):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", "tmp/17")


def test_an_error_without_words_is_called_by_its_name() -> None:
    assert str(Refusal("build", OSError())) == "`build` cannot be written: OSError"


def test_the_innermost_path_is_kept() -> None:
    with pytest.raises(Refusal, match=r"^`a\.yaml`"), about(".varve/tmp"), about("a.yaml"):
        raise OSError


def test_other_exceptions_pass_through() -> None:
    with pytest.raises(KeyError), about("a.yaml"):
        raise KeyError
