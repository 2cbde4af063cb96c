"""Time zones come from the pinned package, never from the machine."""

import sys
from subprocess import run

import pytest

from varve.language.time import timezone

ALONE = """
import sys, zoneinfo
opened = []
sys.addaudithook(lambda event, of: opened.append(str(of[0])) if event == "open" else None)
from varve.language.time import timezone
assert timezone.is_timezone("Europe/Paris")
assert timezone.zone("Europe/Paris").key == "Europe/Paris"
print([path for path in opened if "/zoneinfo/" in path and "tzdata" not in path])
"""


@pytest.mark.parametrize(
    "name", ["Europe/Paris", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Calcutta"]
)
def test_a_name_of_the_database_is_a_time_zone(name: str) -> None:
    assert timezone.is_timezone(name)


@pytest.mark.parametrize(
    "name", ["", "Europe", "europe/paris", "Europe/Lyon", "../UTC", "UTC\n", "Factory", "CEST", "local"]
)
def test_other_texts_are_no_time_zones(name: str) -> None:
    assert not timezone.is_timezone(name)


def test_the_time_zones_of_the_machine_are_not_opened() -> None:
    done = run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_name_has_a_time_zone() -> None:
    for name in timezone.names():
        assert timezone.zone(name).key == name
