"""The progress of a compile fits on one line of any terminal, and a few lines show what it took."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.model.progress import Spent, Status
from varve.model.unit import Unit
from varve.render.progress import line, spent

NOW = Status("compile", 3000, 412, 3.3, Unit("acme", "production"))


@pytest.mark.parametrize(
    ("width", "shown"),
    {
        "a wide terminal": (
            99,
            "[##..................]  412/3000 units   13 %  125/s  0:21 left  compile  acme production",
        ),
        "80 columns": (79, "[##..................]  412/3000 units   13 %  125/s  0:21 left  compile"),
        "60 columns": (60, "[##..................]  412/3000 units   13 %  125/s"),
        "40 columns": (39, "412/3000 units   13 %  125/s  0:21 left"),
        "20 columns": (19, "412/3000 units"),
        "no terminal for this": (4, "412/"),
    }.values(),
)
def test_pieces_that_do_not_fit_are_left_out(width: int, shown: str) -> None:
    assert line(NOW, width) == shown


@pytest.mark.parametrize(
    ("now", "shown"),
    {
        "before units are counted": (Status("open"), "open"),
        "before the first": (Status("recall", 3), "0/3 units    0 %  recall"),
        "slow units": (Status("compile", 600, 3, 2.0), "3/600 units    0 %  1.5/s  6:38 left  compile"),
        "after the last": (Status("link", 3, 3, 0.1), "3/3 units  100 %  30/s  0:00 left  link"),
        "at once": (Status("recall", 3, 3, 0.0), "3/3 units  100 %  recall"),
    }.values(),
)
def test_unknown_figures_are_left_out(now: Status, shown: str) -> None:
    assert line(now, 59) == shown


@given(
    st.text("a\x1b\n\u202e", min_size=1), st.integers(0, 10), st.integers(0, 10), st.floats(0, 1e6), st.integers(1, 120)
)
def test_the_line_is_never_wider_than_the_terminal(
    name: str, count: int, done: int, seconds: float, width: int
) -> None:
    shown = line(Status("compile", count, min(count, done), seconds, Unit(name, "production")), width)
    assert len(shown) <= width
    assert shown.isascii()
    assert shown.isprintable()


def test_stages_are_shown_with_the_longest_first() -> None:
    figures = Spent(12.5, {"open": 1.0, "compile": 9.5, "link": 2.0}, 3000, 2990, 222 * 2**20)
    assert spent(figures) == (
        "units    3,000 in 12.50 s, 240.0 a second: 10 compiled, 2,990 remembered (99.7%)\n"
        "memory   222 MiB at most\n"
        "compile      9.500 s  76.0%\n"
        "link         2.000 s  16.0%\n"
        "open         1.000 s   8.0%\n"
    )


def test_an_empty_run_divides_by_nothing() -> None:
    assert spent(Spent(0, {"start": 0}, 0, 0, 0)).startswith(
        "units   0 in 0.00 s, 0.0 a second: 0 compiled, 0 remembered (0.0%)\n"
    )
