import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.command import Figures, Run, measure, summed


def test_the_median_and_the_least_are_taken_of_each_number_for_itself() -> None:
    runs = [Run(3, 1, 10), Run(1, 2, 30), Run(2, 9, 20)]
    assert summed(runs) == Figures(Run(2, 2, 20), Run(1, 1, 10))


@pytest.mark.parametrize(
    ("options", "runs"),
    [
        pytest.param({}, 3, id="once more where it is to be warm"),
        pytest.param({"warm": False}, 2, id="no more where it is to be cold"),
    ],
)
def test_each_run_comes_after_what_has_to_be_done_before_it(
    options: dict[str, bool], runs: int, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    measure(
        (sys.executable, "-c", "open('log', 'a').write('r')"),
        tmp_path,
        2,
        lambda: log.write_text((log.read_text("utf-8") if log.exists() else "") + "b", "utf-8"),
        **options,
    )
    assert log.read_text("utf-8") == "br" * runs


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        measure((sys.executable, "-c", "raise SystemExit('no')"), tmp_path, 1)
    assert failed.value.__notes__ == ["no\n"]
