"""A process knows how many processors it may use."""

import os

import pytest

from varve.world.machine.processors import processors


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system lets no process choose its processors")
def test_only_available_processors_count() -> None:
    whole = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(whole)})
        assert processors() == 1
    finally:
        os.sched_setaffinity(0, whole)
    assert processors() == len(whole)
