"""SSH signatures: trusted signers can sign, everybody can verify, and there is never a prompt."""

import os
from pathlib import Path

import pytest

from tests.world.cache.signing import Signers, generate
from varve.world.cache.signature import IDENTITY, Signature

STATEMENT = b"varve cache 1 0123\n"


@pytest.fixture(scope="module")
def signed(signers: Signers) -> bytes:
    made = Signature(signers.file, signers.known).sign(STATEMENT)
    assert made is not None
    return made


def test_only_signatures_of_trusted_signers_are_valid(signers: Signers, signed: bytes) -> None:
    reader = Signature(signers.file)
    assert reader.holds(STATEMENT, signed)
    assert not reader.holds(STATEMENT + b" ", signed)
    for other in (b"", signed[:-60], b"x" * 100_000, b"-----BEGIN SSH SIGNATURE-----\n"):
        assert not reader.holds(STATEMENT, other)


def test_a_key_that_is_not_trusted_signs_nothing(signers: Signers, tmp_path: Path) -> None:
    others = tmp_path / "signers"
    others.write_text(f"{IDENTITY} {signers.stranger.with_suffix('.pub').read_text()}")
    made = Signature(others, signers.stranger).sign(STATEMENT)
    assert made is not None
    assert not Signature(signers.file).holds(STATEMENT, made)
    assert Signature(signers.file, signers.stranger).sign(STATEMENT) is None


def test_a_key_for_another_namespace_is_not_trusted(signers: Signers, signed: bytes, tmp_path: Path) -> None:
    named = signers.file.read_text()
    for index, other in enumerate(
        (named.replace(f'namespaces="{IDENTITY}"', 'namespaces="git"'), named.replace(IDENTITY, "ada", 1), "")
    ):
        (tmp_path / str(index)).write_text(other)
        assert not Signature(tmp_path / str(index)).holds(STATEMENT, signed)


def test_an_expired_signer_is_not_trusted(signers: Signers, signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "signers"
    file.write_text(signers.file.read_text().replace(" namespaces", ' valid-before="20200101",namespaces'))
    assert not Signature(file).holds(STATEMENT, signed)


def test_nothing_is_signed_without_a_key_or_valid_without_signers(signers: Signers, signed: bytes) -> None:
    assert Signature(signers.file).sign(STATEMENT) is None
    assert not Signature(None, signers.known).holds(STATEMENT, signed)
    assert not Signature(signers.file.parent / "gone").holds(STATEMENT, signed)


def test_a_key_with_a_passphrase_signs_nothing_without_a_prompt(
    signers: Signers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = tmp_path / "ask"
    asking.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\necho secret\n")
    asking.chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(asking))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert Signature(signers.file, generate(tmp_path / "key", "secret")).sign(STATEMENT) is None
    assert not (tmp_path / "asked").exists()


def test_nothing_is_valid_without_ssh_keygen(signers: Signers, signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert not Signature(signers.file).holds(STATEMENT, signed)
    assert Signature(signers.file, signers.known).sign(STATEMENT) is None


def test_a_hanging_ssh_keygen_is_killed(
    signers: Signers, signed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = tmp_path / "ssh-keygen"
    stuck.write_text("#!/bin/sh\nexec sleep 60\n")
    stuck.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("varve.world.cache.signature._SECONDS", 0.05)
    assert not Signature(signers.file).holds(STATEMENT, signed)
