"""The result of a build is summed up in one line, or none if nothing could be done."""

import pytest

from varve.api.compile.built import Built
from varve.api.findings import NO_FINDINGS
from varve.model.artifact import Proven
from varve.model.unit import Unit

UNITS = tuple(Unit("acme", f"e{number}") for number in range(2))
STANDING = ("build/a", "build/b")


@pytest.mark.parametrize(
    ("built", "summary"),
    {
        "refused": (Built(NO_FINDINGS, units=UNITS), ""),
        "of nothing": (Built(NO_FINDINGS, done=True, unchanged=STANDING), "nothing was built; build/ stays as it is"),
        "idle": (
            Built(
                NO_FINDINGS, done=True, units=UNITS, unchanged=STANDING, kept=STANDING[:1], proven=Proven(1, 0, 2, 0)
            ),
            "build/ matches the sources of 2 units: 2 unchanged, 1 kept; proven: 1 rule, 2 routes, 0 alerts",
        ),
        "idle beside a stranger": (
            Built(NO_FINDINGS, done=True, units=UNITS[:1], unchanged=STANDING, strangers=("build/c",)),
            "built 1 unit: 0 written, 0 deleted, 2 unchanged",
        ),
        "written": (
            Built(NO_FINDINGS, done=True, units=UNITS, written=STANDING, deleted=("build/c",), trusted=3),
            "built 2 units: 2 written, 1 deleted, 0 unchanged; 3 units trusted",
        ),
    }.values(),
)
def test_the_summary_is_one_line(built: Built, summary: str) -> None:
    assert built.summary == summary
    assert built.text() == (f"{summary}\n" if summary else "")
