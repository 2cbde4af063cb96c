"""The entry point before the command is loaded: an interruption during imports, or a deleted folder."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import varve
from varve.cli.start import GC_THRESHOLD

HOME: Final = Path(varve.__file__).parent.parent
STARTS: Final = {
    "as it is installed": [str(Path(sys.executable).parent / "varve")],
    "as a module": [sys.executable, "-m", "varve"],
}
INTERRUPTED: Final = """
import os, signal
# A shell makes background processes ignore SIGINT, and the tests may be one.
signal.signal(signal.SIGINT, signal.default_int_handler)
os.kill(os.getpid(), signal.SIGINT)
"""


def started(start: list[str], folder: Path, click: str = "") -> "subprocess.CompletedProcess[str]":
    """The result of `varve --version` in a folder, with other content in click's module."""
    first = folder / "first"
    if click:
        first.mkdir()
        (first / "click.py").write_text(click)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command, env = [*start, "--version"], plain | {"PYTHONPATH": f"{first}{os.pathsep}{HOME}"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_an_interruption_of_the_imports_ends_with_130_and_without_a_traceback(start: list[str], tmp_path: Path) -> None:
    done = started(start, tmp_path, INTERRUPTED)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_the_imports_do_not_wait_for_searches_for_cycles(start: list[str], tmp_path: Path) -> None:
    done = started(start, tmp_path, "import gc; print(gc.get_threshold()[0]); raise SystemExit")
    assert (done.returncode, done.stdout) == (0, f"{GC_THRESHOLD}\n")


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_an_import_error_is_not_taken_for_an_interruption(start: list[str], tmp_path: Path) -> None:
    done = started(start, tmp_path, "raise RuntimeError")
    assert done.returncode == 1
    assert "RuntimeError" in done.stderr


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_the_version_is_printed_in_a_deleted_folder(start: list[str], tmp_path: Path) -> None:
    line = 'cd "$0" && rmdir "$0" && exec "$@"'
    (tmp_path / "gone").mkdir()
    done = started(["/bin/bash", "-c", line, str(tmp_path / "gone"), *start], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("varve, version ")
