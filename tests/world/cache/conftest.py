"""Fixtures for the tests of the cache."""

from pathlib import Path

import pytest

from tests.world.cache import signing, verdicts
from tests.world.cache.signing import Signers
from varve.world.cache import redis, signature, time_limit
from varve.world.git.repository import Repository


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise the time limits, because a busy test machine must not look like a shelf that does not answer."""
    for module, name in ((time_limit, "ANSWER"), (time_limit, "RUN"), (redis, "_SECONDS"), (signature, "_SECONDS")):
        monkeypatch.setattr(module, name, 60.0)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return verdicts.place(tmp_path / "repository")


@pytest.fixture(scope="session")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    """A trusted key, another key, and the file of trusted signers."""
    return signing.signers(tmp_path_factory.mktemp("signers"))
