"""The part of a build that compiles is not even imported where nothing has changed."""

import subprocess
import sys
from pathlib import Path

import pytest

import varve
from varve.world import disk

BUILT = """
import sys, varve
built = varve.open().%s()
assert built.sound, built.findings.text()
heavy = {"varve.pipeline", "varve.api.making", "varve.api.judging", "jinja2", "yaml", "jsonschema_rs"}
print(" ".join(sorted(heavy & sys.modules.keys())))
"""


@pytest.mark.parametrize("what", ["build", "check"])
def test_where_nothing_has_changed_the_compiler_is_not_imported(repository: Path, what: str) -> None:
    getattr(varve.open(repository), what)()
    done = subprocess.run(
        [sys.executable, "-c", BUILT % what], cwd=repository, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "\n"


def test_what_a_killed_build_left_is_cleared_away_though_nothing_has_changed(repository: Path) -> None:
    opened = varve.open(repository)
    opened.build()
    left = repository / disk.TEMPORARY
    left.mkdir()
    (left / "7").write_text("half")
    assert opened.build().sound
    assert not left.exists()


def test_whoever_announces_may_stop_a_build_of_which_nothing_has_changed(repository: Path) -> None:
    opened = varve.open(repository)
    opened.build()

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opened.build(announce=stop)
