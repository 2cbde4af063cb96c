"""SOPS's own editor on a sealed file: its possible results, and that no plain text is left anywhere."""

import os
import pty
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import varve
from tests import keyring
from tests.api.secrets.test_rotate import ONE, changed, keyed, keys, policy, sealed, write
from tests.keyring import ACME, NEW, STRANGER, UMBRA, opens, public
from tests.workbench import shell
from varve.api import repository as api
from varve.api.secrets import edit as editing
from varve.api.secrets.edit import Edited
from varve.world.secrets import editor
from varve.world.secrets.identity import Identities

__all__ = ("keyed", "keys", "sealed")

Act = Callable[[str], None]
FRESH = "tenants/acme/secrets/production/mail.sops.yaml"


@pytest.fixture
def act(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Act:
    """Makes the editor a line of shell, in which `$1` is the plain file."""
    monkeypatch.setattr(editor, "is_possible", lambda *_: True)
    monkeypatch.delenv("SOPS_EDITOR", raising=False)
    script = tmp_path / "editor"
    monkeypatch.setenv("EDITOR", str(script))

    def act(line: str) -> None:
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)

    return act


def edit(repository: Path, keys: Identities, target: str = "acme/metrics", environment: str | None = None) -> Edited:
    return api.open(repository).edit_secrets(target, keys, datetime.now(UTC).date(), environment)


def codes(found: Edited) -> list[str]:
    """Without the codes that a check always reports about these files: they are unused and old."""
    known = {"check/unused-secret", "check/overdue-rotation"}
    return [each.rule.code for each in found.diagnostics if each.rule.code not in known]


def test_typed_text_is_sealed(keyed: Path, keys: Identities, act: Act) -> None:
    act("/bin/sed -i 's/hunter2/hunter3/' $1")
    before = (keyed / ONE).read_text()
    found = edit(keyed, keys)
    assert (codes(found), found.changed, found.path) == ([], True, ONE)
    assert found.summary == f"`{ONE}` is sealed"
    assert changed(keyed) == {ONE}
    assert opens(keyed / ONE, ACME) == str(opens(keyed / ONE, ACME)).replace("hunter2", "hunter3")
    assert "hunter3" in str(opens(keyed / ONE, ACME))
    (same,) = (line for line in before.splitlines() if line.startswith("username"))
    assert same in (keyed / ONE).read_text()


def test_a_new_file_needs_no_identity(keyed: Path, act: Act) -> None:
    act("echo 'password: hunter4' > $1")
    found = edit(keyed, Identities(), "acme/mail", "production")
    assert (codes(found), found.changed, found.path) == ([], True, FRESH)
    assert opens(keyed / FRESH, ACME) == "password: hunter4\n"
    assert opens(keyed / FRESH, UMBRA) is None


def test_a_secret_that_the_platform_already_uses_can_be_created(keyed: Path, act: Act) -> None:
    named = "  remote_write: {far: {url: 'https://far.example', authorization: {credentials: {secret: far/token}}}}\n"
    write(keyed, "environments/production.yaml", "platform:\n" + named)
    assert "check/unknown-secret" in [each.rule.code for each in varve.open(keyed).check().diagnostics]
    act("echo 'token: hunter4' > $1")
    found = edit(keyed, Identities(), "environments/secrets/far.sops.yaml")
    assert (codes(found), found.changed) == ([], True)
    found = edit(keyed, Identities(), "acme/mail", "production")
    assert (codes(found), found.changed) == ([], True)


def test_the_platform_decides_the_recipients_whatever_sops_is_configured_to(
    keyed: Path, act: Act, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(keyed, ".sops.yaml", f"creation_rules: [{{age: {public(STRANGER)}}}]\n")
    monkeypatch.setenv("SOPS_AGE_RECIPIENTS", public(STRANGER))
    write(keyed, "environments/defaults.yaml", policy(NEW))
    act("echo 'password: hunter4' > $1")
    both = Identities(file=keyring.identity(tmp_path / "both.agekey", ACME, NEW))
    for target in ("acme/metrics", "acme/mail"):
        assert edit(keyed, both, target).changed
        path = keyed / f"tenants/acme/secrets/{target.partition('/')[2]}.sops.yaml"
        assert [bool(opens(path, each)) for each in (NEW, ACME, STRANGER)] == [True, False, False]


UNDONE = {
    "nothing is changed": ("true", None),
    "the editor fails": ("exit 1", "world/not-edited"),
    "the editor is killed": ("kill -9 $$", "world/not-edited"),
    "sops is killed": ("kill -9 $PPID", "world/not-edited"),
    "a value is taken out": ("echo 'password: \"\"' > $1", "world/not-edited"),
    "a value becomes a number": ("echo 'password: 0123' > $1", "check/typed-secret"),
    "a value would stay in the clear": ("echo 'password_unencrypted: hunter2' > $1", "world/not-edited"),
}


@pytest.mark.parametrize(("line", "code"), UNDONE.values(), ids=UNDONE)
def test_the_file_stays_as_it_was(keyed: Path, keys: Identities, act: Act, line: str, code: str | None) -> None:
    act(line)
    for name in ("metrics", "mail"):
        found = edit(keyed, keys, f"acme/{name}")
        assert not found.changed
        assert (code in codes(found)) if code else not codes(found)
        assert not changed(keyed)
        assert "hunter2" not in found.findings.text() + found.findings.json()
        assert found.summary == f"nothing was changed in `tenants/acme/secrets/{name}.sops.yaml`"


def test_a_concurrent_change_is_kept(keyed: Path, keys: Identities, act: Act) -> None:
    act(f"echo 'password: hunter4' > $1; echo theirs > {keyed / ONE}")
    assert codes(edit(keyed, keys)) == ["world/changed-meanwhile"]
    assert (keyed / ONE).read_text() == "theirs\n"


def test_others_may_build_while_the_editor_is_open(keyed: Path, keys: Identities, act: Act) -> None:
    act(f"cd {keyed} && flock -n .varve/lock echo 'password: free' > $1")
    assert edit(keyed, keys).changed
    assert opens(keyed / ONE, ACME) == "password: free\n"


def test_a_broken_file_is_never_opened(keyed: Path, keys: Identities, act: Act, tmp_path: Path) -> None:
    act(f"touch {tmp_path}/opened")
    bent = (keyed / ONE).read_text().replace("    lastmodified", "    post: x\n    lastmodified")
    for text, code in ((bent, "read/bad-seal"), ("password: hunter2\n", "read/not-sealed")):
        write(keyed, ONE, text)
        assert codes(edit(keyed, keys)) == [code]
    assert not (tmp_path / "opened").exists()


def test_another_holders_key_opens_nothing(keyed: Path, act: Act, tmp_path: Path) -> None:
    act(f"touch {tmp_path}/opened")
    other_keys = Identities(file=keyring.identity(tmp_path / "umbra.agekey", UMBRA))
    assert codes(edit(keyed, other_keys)) == ["world/cannot-open"]
    assert codes(edit(keyed, Identities())) == ["world/no-identity"]
    assert not (tmp_path / "opened").exists()


@pytest.mark.parametrize(
    ("target", "environment", "code"),
    [
        ("acmee/metrics", None, "read/no-such-tenant"),
        ("acme/metrics", "productio", "read/no-such-environment"),
        ("acme/mail", None, "check/wrong-recipients"),
    ],
)
def test_a_file_without_recipients_cannot_be_created(
    keyed: Path, act: Act, target: str, environment: str | None, code: str
) -> None:
    act("echo 'password: hunter4' > $1")
    write(keyed, "environments/defaults.yaml", policy().replace(f"acme: [{public(ACME)}], ", ""))
    found = edit(keyed, Identities(), target, environment)
    assert code in codes(found)
    assert not found.changed


def test_the_hint_says_where_to_set_the_recipients(keyed: Path, act: Act) -> None:
    act("echo 'password: hunter4' > $1")
    write(keyed, "environments/defaults.yaml", policy().replace(f"acme: [{public(ACME)}], ", ""))
    hints = {each.hint for each in edit(keyed, Identities(), "acme/mail").diagnostics}
    assert hints == {"let the platform set `platform.secrets.recipients.tenants.acme`"}


@pytest.mark.parametrize(
    "target",
    [
        "acme",
        "README.md",
        "tenants/acme/tenant.yaml",
        "../x/secrets/a.sops.yaml",
        "tenants/acme/secrets/a.sops.toml",
        "a//b",
    ],
)
def test_a_path_that_cannot_be_a_sealed_file_is_refused(keyed: Path, keys: Identities, target: str) -> None:
    with pytest.raises(ValueError, match="is not a sealed file"):
        edit(keyed, keys, target)


def test_a_file_has_two_names() -> None:
    assert editing.locate("acme/metrics") == editing.locate(f"./{ONE}") == ONE
    assert editing.locate("acme/mail", "production") == FRESH
    assert editing.locate(ONE, "production") is None


def test_no_plain_text_is_left_behind(keyed: Path, keys: Identities, act: Act, tmp_path: Path) -> None:
    """Neither beside the file, nor in the editor's home, where editors keep what was typed."""
    seen = f"echo $1 > {tmp_path}/seen; echo $HOME >> {tmp_path}/seen; env > {tmp_path}/env"
    act(f"{seen}; cp $1 $HOME/.history; cp $1 $1~; echo 'password: hunter4' > $1")
    assert edit(keyed, keys).changed
    file, home, *_ = (tmp_path / "seen").read_text().splitlines()
    assert Path(file).is_relative_to(home)
    assert not Path(home).exists()
    found = shell(f"grep -rl 'hunter[24]' {shlex.quote(str(keyed))}", keyed)[1]
    assert not found
    variables = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines() if "=" in line)
    assert not any(name.startswith(("AWS", "VAULT")) for name in variables)


# At a real terminal


def _shown(screen: int) -> bytes:
    try:
        return os.read(screen, 10_000) if select.select([screen], [], [], 0.02)[0] else b""
    except OSError:  # the other end is closed
        return b""


def at_terminal(repository: Path, keys: Identities, meanwhile: Callable[[int], None]) -> tuple[int, str]:
    """The exit code and the output of the command at a terminal."""
    screen, own = pty.openpty()
    command = [sys.executable, "-P", "-m", "varve", "secrets", "edit", ONE, "--identities", str(keys.folder)]
    with subprocess.Popen(
        command, cwd=repository, stdin=own, stdout=own, stderr=own, start_new_session=True
    ) as process:
        os.close(own)
        meanwhile(process.pid)
        output = b""
        while process.poll() is None:
            output += _shown(screen)
        output += _shown(screen)
    os.close(screen)
    return process.returncode, output.decode()


def test_the_editor_works_at_a_terminal(keyed: Path, keys: Identities, act: Act) -> None:
    act("[ -t 0 ] && [ -t 1 ] && echo 'password: hunter4' > $1")
    code, output = at_terminal(keyed, keys, lambda _: None)
    assert f"`{ONE}` is sealed" in output
    assert opens(keyed / ONE, ACME) == "password: hunter4\n"
    assert "hunter" not in output
    assert code == 1  # an edit keeps the data key, which is too old
    assert "check/overdue-rotation" in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_editor_leaves_nothing(
    keyed: Path, keys: Identities, act: Act, tmp_path: Path, number: signal.Signals
) -> None:
    act(f"echo $HOME > {tmp_path}/home.new; mv {tmp_path}/home.new {tmp_path}/home; sleep 5")

    def end(pid: int) -> None:
        limit = time.monotonic() + 30
        while not (tmp_path / "home").exists() and time.monotonic() < limit:
            time.sleep(0.02)
        os.kill(pid, number)

    code, _ = at_terminal(keyed, keys, end)
    assert code == 128 + number
    assert not Path((tmp_path / "home").read_text().strip()).exists()
    assert not changed(keyed)


def test_without_a_terminal_the_editor_is_not_opened(keyed: Path, keys: Identities) -> None:
    assert codes(edit(keyed, keys)) == ["world/no-terminal"]
