"""What the tests of the cache begin with."""

from pathlib import Path

import pytest

from tests.world.cache import signing, verdicts
from tests.world.cache.signing import Signers
from varve.world.cache import patience, redis, signature
from varve.world.git.repository import Repository


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has much else to do is no shelf that does not answer."""
    for module, name in ((patience, "ANSWER"), (patience, "RUN"), (redis, "_SECONDS"), (signature, "_SECONDS")):
        monkeypatch.setattr(module, name, 60.0)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return verdicts.place(tmp_path / "repository")


@pytest.fixture(scope="session")
def signers(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    """A key that is known, one that is not, and the file that says so."""
    return signing.signers(tmp_path_factory.mktemp("signers"))
