"""Fixtures of the commands' tests."""

import shutil
from pathlib import Path

import pytest

from tests.workbench import deterministic, shell, varve


@pytest.fixture(scope="module", autouse=True)
def prepared(one_kit: None) -> None:
    """Commands that run in this process share one kit."""


@pytest.fixture
def repository(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small repository, built and committed; tests may change it."""
    folder = tmp_path / "repository"
    shutil.copytree(begun, folder)
    deterministic(monkeypatch)
    return folder


@pytest.fixture
def two(repository: Path) -> Path:
    """The small repository with a second tenant, `umbra`, which is strict in production; built and committed."""
    folder = repository / "tenants/umbra"
    shutil.copytree(repository / "tenants/acme", folder)
    tenant = (folder / "tenant.yaml").read_text().replace("ACME", "Umbra").replace("logical", "strict")
    (folder / "tenant.yaml").write_text(tenant)
    code, output = varve("build", repository)
    assert code == 0, output
    code, output = shell("git add -A && git commit -qm Umbra", repository)
    assert code == 0, output
    return repository
