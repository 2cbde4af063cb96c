"""`rotate_secrets` with the real SOPS: files are sealed anew, and nothing else changes."""

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests import keyring, oracle
from tests.keyring import ACME, NEW, PLATFORM, RECOVERY, STRANGER, UMBRA, opens, public, seal
from tests.workbench import deterministic, shell, varve
from varve.api import repository as api
from varve.api.secrets.rotate import Rotated
from varve.check.secrets import copied, resealed
from varve.world.secrets import sops as door
from varve.world.secrets.identity import Identities
from varve.world.secrets.sops import Access, Failure, Sops

TODAY = datetime.now(UTC).date()
SECRETS = "hunter2", "tr0ub4dor", "correct horse"
METRICS = f'# {SECRETS[2]}\nusername: {SECRETS[1]}\npassword: {SECRETS[0]}\nnested:\n    - "1.5"\n    - yes\n'
DEFAULTS = """\
locale: en_GB
timezone: UTC
platform:
  targets: {prometheus: {version: "3.5"}}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
  secrets:
    root: /run/secrets/varve
    recipients: {tenants: {acme: [%s], umbra: [%s]}, platform: [%s]%s}
"""
ONE = "tenants/acme/secrets/metrics.sops.yaml"
OTHER = "tenants/umbra/secrets/metrics.sops.yaml"
PLATFORMS = "environments/secrets/mail.sops.json"
FILES = ONE, OTHER, PLATFORMS


def policy(acme: str = ACME, quorum: int = 1, recovery: Sequence[str] = ()) -> str:
    names = map(public, (acme, UMBRA, PLATFORM))
    people = f", recovery: {{quorum: {quorum}, keys: [{', '.join(map(public, recovery))}]}}" if recovery else ""
    return DEFAULTS % (*names, people)


@pytest.fixture(scope="module")
def sealed(begun: Path, sops: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tenants and the platform, each with a file that SOPS has sealed."""
    assert sops.exists()
    folder = tmp_path_factory.mktemp("sealed") / "repository"
    shutil.copytree(begun, folder)
    shutil.copytree(folder / "tenants/acme", folder / "tenants/umbra")
    write(folder, "environments/defaults.yaml", policy())
    write(folder, ONE, seal(METRICS, [[public(ACME)]]))
    write(folder, OTHER, seal(METRICS, [[public(UMBRA)]]))
    write(folder, PLATFORMS, seal('{"password": "hunter2"}', [[public(PLATFORM)]], "json"))
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        code, output = shell("git add -A && git commit -qm Secrets", folder)
    assert code == 0, output
    return folder


@pytest.fixture
def keyed(sealed: Path, sops: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of them, with SOPS on the PATH."""
    deterministic(monkeypatch)
    monkeypatch.setenv("PATH", f"{sops.parent}{os.pathsep}{os.environ['PATH']}")
    return Path(shutil.copytree(sealed, tmp_path / "repository"))


@pytest.fixture
def keys(tmp_path: Path) -> Identities:
    """The identity of each holder."""
    return Identities(keyring.identities(tmp_path / "identities"))


def write(repository: Path, path: str, text: str) -> None:
    (repository / path).parent.mkdir(parents=True, exist_ok=True)
    (repository / path).write_text(text)


def rotate(repository: Path, keys: Identities, tenant: str | None = None, due: date | None = None) -> Rotated:
    found = api.open(repository).rotate_secrets(keys, tenant, due)
    output = found.findings.text() + found.findings.json() + found.findings.github() + found.summary
    assert not any(secret in output for secret in SECRETS)
    return found


def codes(found: Rotated) -> list[str]:
    return [each.rule.code for each in found.diagnostics]


def changed(repository: Path) -> set[str]:
    return {line[3:] for line in shell("git status --short", repository)[1].splitlines()}


def test_every_file_is_sealed_anew_and_nothing_else_changes(keyed: Path, keys: Identities) -> None:
    before = {path: (keyed / path).read_text() for path in FILES}
    was = [opens(keyed / ONE, ACME), opens(keyed / OTHER, UMBRA), opens(keyed / PLATFORMS, PLATFORM)]
    found = rotate(keyed, keys)
    assert not codes(found)
    assert found.files == tuple(sorted(FILES))
    assert found.summary == "3 sealed files have new data keys"
    assert changed(keyed) == set(FILES)
    assert [opens(keyed / ONE, ACME), opens(keyed / OTHER, UMBRA), opens(keyed / PLATFORMS, PLATFORM)] == was
    assert METRICS.splitlines()[0] in str(was[0])
    for path, text in before.items():
        old, new = set(text.splitlines()), set((keyed / path).read_text().splitlines())
        assert not any("ENC[" in line for line in old & new)
    assert not [
        each for each in api.open(keyed).check_secrets(TODAY).diagnostics if each.rule.code != "check/unused-secret"
    ]


def test_a_number_stays_a_number(keyed: Path, keys: Identities) -> None:
    write(keyed, ONE, seal("pin: 0123\n", [[public(ACME)]]))
    assert ONE in rotate(keyed, keys).files
    assert opens(keyed / ONE, ACME) == "pin: 83\n"
    assert "type:int]" in (keyed / ONE).read_text()


def test_one_tenant_needs_one_identity(keyed: Path, tmp_path: Path) -> None:
    alone = Identities(file=keyring.identity(tmp_path / "acme.agekey", ACME))
    found = rotate(keyed, alone, "acme")
    assert (codes(found), found.files, changed(keyed)) == ([], (ONE,), {ONE})
    assert found.summary == "1 sealed file has a new data key"


def test_only_the_current_recipients_can_open_the_file(keyed: Path, tmp_path: Path) -> None:
    write(keyed, "environments/defaults.yaml", policy(NEW))
    both = Identities(file=keyring.identity(tmp_path / "both.agekey", ACME, NEW))
    assert not codes(rotate(keyed, both, "acme"))
    assert opens(keyed / ONE, NEW) == opens(keyed / ONE, NEW, ACME) != None  # noqa: E711 - all three must be equal, and not None
    assert opens(keyed / ONE, ACME) is None


def test_a_file_that_cannot_be_compared_is_unchanged(keyed: Path, keys: Identities) -> None:
    write(keyed, "environments/defaults.yaml", policy(NEW))
    before = (keyed / ONE).read_bytes()
    found = rotate(keyed, keys, "acme")
    assert codes(found) == ["world/cannot-open"]
    assert "would open" in found.diagnostics[0].message
    assert (keyed / ONE).read_bytes() == before


def test_a_quorum_can_be_added_and_removed(keyed: Path, keys: Identities) -> None:
    """`sops updatekeys` could do neither."""
    for quorum, alone, two in ((2, False, True), (3, False, False), (1, True, True)):
        write(keyed, "environments/defaults.yaml", policy(quorum=quorum, recovery=RECOVERY))
        assert not codes(rotate(keyed, keys))
        assert opens(keyed / ONE, ACME)
        assert bool(opens(keyed / ONE, RECOVERY[0])) == alone
        assert bool(opens(keyed / ONE, *RECOVERY[:2])) == two
        assert bool(opens(keyed / ONE, *RECOVERY)) is True


def test_only_files_that_are_due_are_rotated(keyed: Path, keys: Identities) -> None:
    """By the dates of the commits, which are of January 2025."""
    write(keyed, "environments/defaults.yaml", policy() + "    rotation: 100y\n")
    found = rotate(keyed, keys, due=TODAY)
    assert (codes(found), found.files, len(found.left)) == ([], (), 3)
    assert found.summary == "no sealed file has a new data key; not due: 3"
    write(keyed, "environments/defaults.yaml", policy())
    write(keyed, OTHER, seal(METRICS, [[public(UMBRA)]]))
    found = rotate(keyed, keys, due=TODAY)
    assert (codes(found), found.files, found.left) == ([], (PLATFORMS, ONE), (OTHER,))
    again = rotate(keyed, keys, due=TODAY)
    assert (codes(again), again.files, len(again.left)) == ([], (), 3)


def test_a_shallow_clone_does_not_know_what_is_due(keyed: Path, keys: Identities, tmp_path: Path) -> None:
    line = f"git commit -q --allow-empty -m x && git clone -q --depth 1 file://{keyed} {tmp_path}/s"
    assert shell(line, keyed)[0] == 0
    write(tmp_path / "s", "environments/defaults.yaml", policy() + "    rotation: 100y\n")
    assert set(codes(rotate(tmp_path / "s", keys, due=TODAY))) == {"check/unknown-rotation"}
    assert len(rotate(tmp_path / "s", keys).files) == 3


# A broken file is never passed to SOPS.

VAULT = (
    "  hc_vault: [{vault_address: 'https://vault.evil.example', engine_path: transit, key_name: acme, "
    "created_at: '2025-01-31T09:00:00Z', enc: 'vault:v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'}]\n"
)
UNSOUND = {
    "a value in the clear": (lambda text: text.replace("username: ENC", "username: hunter2 #ENC"), "read/not-sealed"),
    "a Vault that nobody named": (
        lambda text: text.replace("    lastmodified", VAULT.replace("  h", "    h") + "    lastmodified"),
        "check/wrong-recipients",
    ),
    "an unknown field": (
        lambda text: text.replace("    lastmodified", "    post: curl\n    lastmodified"),
        "read/bad-seal",
    ),
}


@pytest.mark.parametrize(("bend", "code"), UNSOUND.values(), ids=UNSOUND)
def test_a_broken_file_is_left_alone(
    keyed: Path, keys: Identities, bend: Callable[[str], str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bent = bend((keyed / ONE).read_text())
    assert bent != (keyed / ONE).read_text()
    write(keyed, ONE, bent)
    given: list[bytes] = []
    run = Sops.run

    def record(self: Sops, arguments: Sequence[str], data: bytes, access: Access) -> bytes:
        given.append(data)
        return run(self, arguments, data, access)

    monkeypatch.setattr(Sops, "run", record)
    found = rotate(keyed, keys)
    assert set(codes(found)) == {code}
    assert found.files == (PLATFORMS, OTHER)
    assert (keyed / ONE).read_text() == bent
    assert bent.encode() not in given
    assert len(given) > 5


def test_a_copied_file_is_not_rotated(keyed: Path, tmp_path: Path) -> None:
    """Sealed anew with the identities of both, it could not be told from the tenant's own file."""
    write(keyed, ONE, (keyed / OTHER).read_text())
    both = Identities(file=keyring.identity(tmp_path / "both.agekey", ACME, UMBRA))
    found = rotate(keyed, both, "acme")
    assert (codes(found), found.files) == (["check/copied-seal"], ())


def test_without_the_checks_both_attacks_would_succeed(
    keyed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy becomes the tenant's own file, and SOPS gets the address of a foreign Vault."""
    both = Identities(file=keyring.identity(tmp_path / "both.agekey", ACME, UMBRA))
    other = (keyed / OTHER).read_text()
    write(keyed, ONE, other)
    monkeypatch.setattr(copied, "check", lambda *_: None)
    assert rotate(keyed, both, "acme").files == (ONE,)
    assert opens(keyed / ONE, ACME)
    given: list[bytes] = []
    bent = (keyed / ONE).read_text().replace("    lastmodified", VAULT.replace("  h", "    h") + "    lastmodified")
    write(keyed, ONE, bent)
    monkeypatch.setattr(resealed, "check_foreign_keys", lambda *_: None)

    def hear(_: Sops, __: Sequence[str], data: bytes, ___: Access) -> bytes:
        given.append(data)
        return b"sops 3.11.0 "

    monkeypatch.setattr(Sops, "run", hear)
    rotate(keyed, both, "acme")
    assert bent.encode() in given


def test_the_command_says_what_it_sealed(keyed: Path, keys: Identities) -> None:
    where = f"--identities {keys.folder}"
    assert varve(f"secrets rotate {where} -t acme", keyed) == (
        0,
        f"sealed again: {ONE}\n1 sealed file has a new data key\n",
    )
    code, output = varve(f"secrets rotate {where} --due", keyed)
    assert code == 0
    assert output.splitlines()[-1] == "2 sealed files have new data keys; not due: 1"
    code, output = varve(f"secrets rotate --identity {keys.folder}/acme.agekey --format json", keyed)
    assert (code, "name the tenant with `-t`" in output) == (1, True)
    code, output = varve(f"secrets rotate --identity {keys.folder}/umbra.agekey -t acme --format github", keyed)
    assert code == 1
    assert output.startswith(f"::error file={ONE}")


def test_without_a_policy_nothing_is_rotated(keyed: Path, keys: Identities) -> None:
    write(keyed, "environments/defaults.yaml", policy().partition("    recipients")[0])
    assert set(codes(rotate(keyed, keys))) == {"check/no-recipients"}
    assert changed(keyed) == {"environments/defaults.yaml"}


def test_nothing_is_rotated_if_environments_disagree_on_recipients(keyed: Path, keys: Identities) -> None:
    more = f"  secrets: {{recipients: {{recovery: {{quorum: 2, keys: [{', '.join(map(public, RECOVERY))}]}}}}}}\n"
    write(keyed, "environments/staging.yaml", (keyed / "environments/staging.yaml").read_text() + more)
    assert set(codes(rotate(keyed, keys))) == {"check/wrong-recipients"}


# Failures of one file, or during the rotation


def test_a_missing_or_wrong_identity_leaves_the_file(keyed: Path, keys: Identities) -> None:
    assert keys.folder is not None
    (keys.folder / "umbra.agekey").unlink()
    keyring.identity(keys.folder / "acme.agekey", STRANGER)
    found = rotate(keyed, keys)
    assert (codes(found), found.files) == (["world/no-identity", "world/cannot-open"], (PLATFORMS,))


def test_a_file_that_was_tampered_with_is_left(keyed: Path, keys: Identities) -> None:
    first, second = (
        (keyed / ONE).read_text().split(f"{name}: ", 1)[1].split("\n", 1)[0] for name in ("username", "password")
    )
    write(
        keyed, ONE, (keyed / ONE).read_text().replace(first, "x").replace(second, first).replace(": x", f": {second}")
    )
    assert codes(rotate(keyed, keys, "acme")) == ["world/broken-seal"]


def test_without_sops_nothing_is_rotated(keyed: Path, keys: Identities, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_program", lambda: None)
    assert codes(rotate(keyed, keys)) == ["world/no-sops"]
    assert not changed(keyed)


def test_nothing_is_rotated_while_the_work_tree_is_locked(
    keyed: Path, keys: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("varve.world.disk.transaction.lock.__wrapped__.__defaults__", (0.0,))
    with (keyed / ".varve/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert codes(rotate(keyed, keys)) == ["world/locked"]
    assert not changed(keyed)


FAKE = """\
#!/bin/sh
case " $* " in
*" rotate "*) {instead} ;;
*) exec {real} "$@" ;;
esac
"""
FAULTS = {
    "is killed": ("kill -9 $$", "world/cannot-open"),
    "fails": ("exit 7", "world/cannot-open"),
    "is cut short": ('{real} "$@" | /usr/bin/head -c 900', "check/not-resealed"),
    "says nothing": ("true", "check/not-resealed"),
    "gives the old file back": ("/bin/cat", "check/not-resealed"),
    "gives it in the clear": ("echo 'password: hunter2'", "check/not-resealed"),
    "gives another secret": ("/bin/cat {other}", "check/not-resealed"),
    "seals it for others": ("/bin/cat {stranger}", "check/not-resealed"),
}


@pytest.fixture
def replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Replaces SOPS by another program, which does something else instead of rotating."""

    def replace(instead: str) -> None:
        (tmp_path / "other").write_text(seal("password: other\n", [[public(ACME)]]))
        (tmp_path / "stranger").write_text(seal(METRICS, [[public(ACME), public(STRANGER)]]))
        fake, real = tmp_path / "sops", oracle.sops_program()
        line = instead.format(real=real, other=tmp_path / "other", stranger=tmp_path / "stranger")
        fake.write_text(FAKE.format(instead=line, real=real))
        fake.chmod(0o755)
        monkeypatch.setattr(door, "_program", lambda: fake)

    return replace


@pytest.mark.parametrize(("instead", "code"), FAULTS.values(), ids=FAULTS)
def test_a_sops_that_fails_leaves_the_old_file(
    keyed: Path, keys: Identities, replaced: Callable[[str], None], instead: str, code: str
) -> None:
    replaced(instead)
    found = rotate(keyed, keys, "acme")
    assert set(codes(found)) == {code}
    assert not found.files
    assert not changed(keyed)


def test_without_the_comparison_the_secret_would_change(
    keyed: Path, keys: Identities, replaced: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced("/bin/cat {other}")
    monkeypatch.setattr(resealed, "check", lambda *_: None)
    assert rotate(keyed, keys, "acme").files == (ONE,)
    assert opens(keyed / ONE, ACME) == "password: other\n"


def test_a_file_that_changes_meanwhile_is_kept(keyed: Path, keys: Identities, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Sops.run

    def meddle(self: Sops, arguments: Sequence[str], data: bytes, access: Access) -> bytes:
        if "rotate" in arguments:
            write(keyed, ONE, "theirs")
        return run(self, arguments, data, access)

    monkeypatch.setattr(Sops, "run", meddle)
    assert codes(rotate(keyed, keys, "acme")) == ["world/changed-meanwhile"]
    assert (keyed / ONE).read_text() == "theirs"


def test_a_full_disk_is_reported(keyed: Path, keys: Identities, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    found = rotate(keyed, keys, "acme")
    assert codes(found) == ["world/cannot-open"]
    assert "No space left" in found.diagnostics[0].message


def test_a_file_that_was_just_rotated_is_not_due(
    keyed: Path, keys: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a killed run, the next one with `--due` continues: files that are not committed yet count as young."""
    run, count = Sops.run, []

    def killed(self: Sops, arguments: Sequence[str], data: bytes, access: Access) -> bytes:
        count.append(arguments)
        if len(count) > 4:
            raise KeyboardInterrupt
        return run(self, arguments, data, access)

    with monkeypatch.context() as patch:
        patch.setattr(Sops, "run", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate(keyed, keys, due=TODAY)
    done = changed(keyed)
    assert len(done) == 1
    assert set(rotate(keyed, keys, due=TODAY).files) == set(FILES) - done


def test_no_temporary_file_contains_a_secret(keyed: Path, keys: Identities, monkeypatch: pytest.MonkeyPatch) -> None:
    """While SOPS runs, its private folder contains the rule for the recipients, and nothing else."""
    seen: set[str] = set()
    run = Sops.run

    def look(self: Sops, arguments: Sequence[str], data: bytes, access: Access) -> bytes:
        answer = run(self, arguments, data, access)
        assert stat.S_IMODE(self.home.stat().st_mode) == 0o700
        seen.update(path.name for path in self.home.iterdir())
        assert not any(secret in " ".join(arguments) for secret in SECRETS)
        return answer

    monkeypatch.setattr(Sops, "run", look)
    rotate(keyed, keys)
    assert seen == {"rule.json"}
    assert issubclass(door.NoKey, Failure)
