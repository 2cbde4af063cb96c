import pytest

from benchmarks.command import Figures, Run
from benchmarks.table import by_cpu, by_wall, row

FOUND = Figures(Run(2.0, 3.0), Run(1.5, 2.5))


def test_a_row_tells_its_ratio_to_the_floor_and_what_it_should_be(capsys: pytest.CaptureFixture[str]) -> None:
    row("build", FOUND, 1000, by_cpu("floor", Figures(Run(1.0, 1.5), Run(1.0, 1.5))), "4x")
    assert " ".join(capsys.readouterr().out.split()) == "build 2.000 1.500 3.000 2.500 3.00 2.00x floor (aim: 4x)"


def test_who_waits_is_compared_by_wall_time(capsys: pytest.CaptureFixture[str]) -> None:
    row("check", FOUND, floor=by_wall("git status", Figures(Run(0.5, 0.1), Run(0.4, 0.1))))
    assert " ".join(capsys.readouterr().out.split()) == "check 2.000 1.500 3.000 2.500 4.00x git status"
