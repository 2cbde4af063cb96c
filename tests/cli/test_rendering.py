"""The options and exit codes of `varve secrets render`; tests/api covers the rest."""

import os
import pwd
import shlex
from pathlib import Path

import pytest

from tests.api.secrets import keyed
from tests.workbench import varve
from varve.world.secrets import release


@pytest.fixture
def secrets(two: Path, sops: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The command and its options, in the repository; its folder counts as one in memory."""
    monkeypatch.setattr(release, "in_memory", lambda _: True)
    monkeypatch.setattr(release, "_PAUSE", 0)
    keyed.sealed(two, sops, monkeypatch)
    return f"--identities {keyed.keys(tmp_path / 'keys')} --to {tmp_path / 'secrets'}"


@pytest.mark.parametrize("name", ["-e", "--env", "--environment"])
def test_render_writes_the_secrets_and_prints_a_summary(name: str, secrets: str, two: Path, tmp_path: Path) -> None:
    assert varve(f"secrets render {name} production {secrets}", two) == (0, "3 secrets rendered\n")
    assert (tmp_path / "secrets/platform/far/password").read_bytes() == b"CANARY-of-platform-3"
    code, output = varve(f"secrets render {name} production --format json -t acme {secrets}", two)
    assert (code, output) == (0, "[]\n1 secret rendered, 2 removed\n")


def test_one_identity_is_one_tenants(secrets: str, two: Path, tmp_path: Path) -> None:
    one = f"--identity {tmp_path}/keys/acme.agekey --to {tmp_path}/one"
    for command in (f"render -e production {one}", f"verify --identity {tmp_path}/keys/acme.agekey"):
        code, output = varve(f"secrets {command}", two)
        assert code == 1
        assert "name the tenant with `-t`" in output
    assert secrets
    assert varve(f"secrets render -e production -t acme {one}", two)[0] == 0
    assert varve(f"secrets verify -t acme --identity {tmp_path}/keys/acme.agekey", two) == (
        0,
        "1 sealed file opened with 1 secret: intact, what their uses need, and nowhere in the clear\n",
    )


def test_owner_and_group_have_names_or_numbers(secrets: str, two: Path) -> None:
    me = pwd.getpwuid(os.geteuid()).pw_name
    assert varve(f"secrets render -e production --owner {me} --group {os.getegid()} {secrets}", two)[0] == 0
    for option in ("owner", "group"):
        code, output = varve(f"secrets render -e production --{option} {shlex.quote('no body')} {secrets}", two)
        assert code == 1
        assert "on this machine" in output


def test_memory_can_be_required(secrets: str, two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "in_memory", lambda _: False)
    code, output = varve(f"secrets render -e production {secrets}", two)
    assert code == 0
    assert "warning[world/on-disk]" in output
    code, output = varve(f"secrets render -e production --require-tmpfs {secrets}", two)
    assert code == 1
    assert "error[world/unsafe-folder]" in output


def test_options_can_be_variables(secrets: str, two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert secrets
    monkeypatch.setenv("VARVE_SECRETS_RENDER_TO", str(tmp_path / "secrets"))
    monkeypatch.setenv("VARVE_SECRETS_RENDER_IDENTITIES", str(tmp_path / "keys"))
    monkeypatch.setenv("VARVE_SECRETS_RENDER_FORMAT", "github")
    assert varve("secrets render -e production", two) == (0, "3 secrets rendered\n")


def test_an_environment_and_a_folder_are_required(two: Path) -> None:
    code, output = varve("secrets render", two)
    assert code == 1
    assert "Missing option" in output
