"""The locked requirements: one list for every Python and every system that varve supports."""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.11.0", "3.12.0", "3.13.0", "3.14.0")
SYSTEMS = ("linux", "darwin")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> frozenset[str]:
    text = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    return frozenset(plain(found[1]) for found in re.finditer(r"^([\w.-]+)==", text, re.MULTILINE))


def environments() -> Iterator[dict[str, str]]:
    here = {name: str(value) for name, value in default_environment().items()}
    for version in VERSIONS:
        for system in SYSTEMS:
            yield {
                **here,
                "extra": "",
                "python_full_version": version,
                "python_version": version.rpartition(".")[0],
                "sys_platform": system,
                "platform_system": system.title(),
            }


def required_by(name: str) -> frozenset[str]:
    """What a locked package requires on some supported Python and system, whichever this one is."""
    required = [Requirement(each) for each in metadata.requires(name) or []]
    return frozenset(
        plain(each.name)
        for each in required
        for environment in environments()
        if each.marker is None or each.marker.evaluate(environment)
    )


@pytest.mark.parametrize("name", sorted(locked()))
def test_the_list_has_what_any_supported_python_asks_for(name: str) -> None:
    """A list is made by one Python, which leaves out what only others need; they refuse a list without hashes."""
    assert required_by(name) <= locked()
