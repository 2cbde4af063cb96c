"""Real repositories for the tests of world."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world.work import Work


@pytest.fixture(autouse=True)
def _own_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def begin(tmp_path: Path) -> Callable[..., Work]:
    """Makes an empty repository in a folder of this name, with `git init`'s options."""

    def begin(name: str = "work", *options: str) -> Work:
        folder = tmp_path / name
        folder.mkdir()
        work = Work(folder)
        work.git("init", "--quiet", "--initial-branch=main", *options)
        return work

    return begin


@pytest.fixture
def work(begin: Callable[..., Work]) -> Work:
    """A repository with settings and one tenant, committed."""
    work = begin()
    work.commit({"varve.yaml": "apiVersion: varve/v1\n", "tenants/acme/tenant.yaml": "tenant: {}\n"})
    return work
