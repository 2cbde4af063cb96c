"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from tests import workbench
from tests.workbench import begin, deterministic

settings.register_profile(
    "varve",
    deadline=None,
    derandomize=True,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # it measures the machine, and what else runs there
)
settings.load_profile("varve")

LONG: Final = ("test_oracles_example", "test_interference", "test_laws", "test_live")
"""Modules with tests that take minutes: they begin first, so that no worker has one left when the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem not in LONG)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write into the stories what their commands say now")


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small repository that stories and bad input start from, built and committed; to be copied, never changed."""
    folder = tmp_path_factory.mktemp("base") / "repository"
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        begin(folder)
    return folder


@pytest.fixture(scope="module")
def one_kit() -> Iterator[None]:
    """Templates and packs are made once for the module: for those that compile much and change nothing of varve."""
    with workbench.one_kit():
        yield
