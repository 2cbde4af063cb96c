"""Break-glass, rehearsed with the example's own keys and the real SOPS: a tenant's key is lost, and nothing else."""

import os
import shutil
from itertools import combinations
from pathlib import Path

import pytest

from tests import keyring
from tests.keyring import RECOVERY, opens, public
from tests.workbench import ROOT, deterministic, shell
from varve.api import repository as api
from varve.world.secrets.identity import Identities

LOST, NEW = "bank", "new/bank"
FOLDER = "tenants/bank/secrets"
SEALED = sorted(
    path.relative_to(ROOT).as_posix() for path in ROOT.glob("*/**/*.sops.yaml") if ".venv" not in path.parts
)


@pytest.fixture
def example(sops: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, committed, with SOPS on the PATH."""
    deterministic(monkeypatch)
    monkeypatch.setenv("PATH", f"{sops.parent}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "example"
    for name in ("environments", "tenants"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "varve.yaml", folder)
    code, output = shell("git init -q -b main --template= && git add -A && git commit -qm Example", folder)
    assert code == 0, output
    return folder


@pytest.mark.usefixtures("sops")
@pytest.mark.parametrize("path", SEALED)
def test_two_of_three_open_every_file_and_one_opens_none(path: str) -> None:
    assert len(RECOVERY) == 3
    held = [opens(ROOT / path, *pair) for pair in combinations(RECOVERY, 2)]
    assert held[0]
    assert held == [held[0]] * 3
    assert [opens(ROOT / path, one) for one in RECOVERY] == [None] * 3


def test_a_lost_key_is_replaced(example: Path, tmp_path: Path) -> None:
    files = sorted((example / FOLDER).glob("*.sops.yaml"))
    held = [opens(path, LOST) for path in files]
    assert all(held)
    defaults = example / "environments/defaults.yaml"
    defaults.write_text(defaults.read_text().replace(public(LOST), public(NEW)))

    # The tenant's identity is gone, and one person of recovery is not enough.
    alone = Identities(file=keyring.identity(tmp_path / "one.agekey", RECOVERY[0]))
    refused = api.open(example).rotate_secrets(alone, "bank")
    assert {each.rule.code for each in refused.diagnostics} == {"world/cannot-open"}
    assert not refused.files

    # Two of them open the files together, and seal them for the tenant's new identity.
    two = Identities(file=keyring.identity(tmp_path / "two.agekey", *RECOVERY[1:]))
    rotated = api.open(example).rotate_secrets(two, "bank")
    assert not rotated.diagnostics, rotated.findings.text()
    assert rotated.files == tuple(path.relative_to(example).as_posix() for path in files)
    assert [opens(path, NEW) for path in files] == held
    for nobody in (LOST, *RECOVERY):
        assert [opens(path, nobody) for path in files] == [None] * len(files)
