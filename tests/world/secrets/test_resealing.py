"""A file is sealed again by the real SOPS; refusals are tested in tests/api/secrets/test_rotate."""

import json
import os
from pathlib import Path

import pytest

from tests.keyring import ACME, NEW, STRANGER, identity, public, seal
from varve.model.diagnostic import Report
from varve.model.source import Source
from varve.read.sealed.file import Sealed
from varve.read.sealed.file import sealed as read
from varve.resolve.custody import Custody
from varve.world.secrets import resealing
from varve.world.secrets.sops import Access, Broken, Failure, NoKey, ready
from varve.world.secrets.unsealing import Locked

PATH = "tenants/acme/secrets/a.sops.yaml"
VAULT = "https://vault.meridian.example/v1/transit/keys/acme"
YUBIKEY = "age1test1pzry9x8g6ykldn"


@pytest.fixture(autouse=True)
def _on_path(sops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{sops.parent}{os.pathsep}{os.environ['PATH']}")


def sealed(data: bytes) -> Sealed:
    found = read(Source(PATH, "", data), Report())
    assert found is not None
    return found


@pytest.mark.parametrize("to", [ACME, NEW], ids=["rotated, for the same key", "encrypted, for another one"])
def test_a_resealed_file_keeps_its_content(to: str, tmp_path: Path) -> None:
    data = seal("# one\npassword: hunter2 # two\n", [[public(ACME)]]).encode()
    file = Locked(sealed(data), data, Access(identity(tmp_path / "key", ACME, NEW)))
    report = Report()
    with ready(report) as sops:
        assert sops is not None
        # A `.sops.yaml` above the home could keep every file from being opened.
        (sops.home / ".sops.yaml").write_text(": [")
        assert json.loads(sops.decrypt(data, "yaml", file.access)) == {"password": "hunter2"}
        made = resealing.reseal(sops, file, Custody((frozenset({public(to)}),), 1), report)
    assert not list(report)
    assert made is not None
    assert made.before.text == made.now.text
    assert b"# one" in made.now.text
    assert made.now.sealed.metadata.groups == (frozenset({public(to)}),)
    assert made.before.sealed.marks.isdisjoint(made.now.sealed.marks)
    assert made.data != data


def test_sealing_extends_the_access_to_the_recipients() -> None:
    plain = Access(Path("key"))
    assert resealing.extended(plain, Custody((frozenset({public(ACME)}),), 1)) == plain
    both = resealing.extended(plain, Custody((frozenset({VAULT}), frozenset({YUBIKEY})), 2))
    assert both == Access(Path("key"), frozenset({"hc_vault"}), plugins=True)


@pytest.mark.parametrize(
    ("failure", "code"),
    [(NoKey("x"), "world/cannot-open"), (Broken("x"), "world/broken-seal"), (Failure("x"), "world/cannot-open")],
)
def test_every_failure_is_reported(failure: Failure, code: str) -> None:
    report = Report()
    resealing.report_failure(PATH, failure, report)
    assert [each.rule.code for each in report] == [code]


def test_the_format_follows_the_extension() -> None:
    assert [resealing.form_of(f"a.sops{ending}") for ending in (".yaml", ".yml", ".json")] == ["yaml", "yaml", "json"]
    assert public(STRANGER) != public(ACME)
