"""Which files `verify_secrets` opens, with whose identity, and what it refuses before SOPS gets anything."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from tests.api.secrets import keyed
from tests.api.secrets.keyed import METRICS, VALUES, commit, write
from tests.keyed import recipients, seal
from varve.api import repository as api
from varve.api.secrets.verify import Verified
from varve.check.secrets import copied, custody
from varve.world.secrets import sops as door
from varve.world.secrets.identity import Identities

TODAY = datetime.now(UTC).date()
ACME, UMBRA = (f"tenants/{each}/{METRICS}" for each in ("acme", "umbra"))


@pytest.fixture
def repository(two: Path, sops: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return keyed.sealed(two, sops, monkeypatch)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return keyed.keys(tmp_path / "keys")


class Calls(list[tuple[list[str], dict[str, str], bytes]]):
    """Every program that was started: its arguments, its environment, and its input."""

    def identities(self) -> set[tuple[str, bytes]]:
        """The identity that was named for each file that was given."""
        opened = [(variables, given) for command, variables, given in self if "decrypt" in command]
        return {(Path(variables["SOPS_AGE_KEY_FILE"]).name, given) for variables, given in opened}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    seen, ended = Calls(), door._run_program  # noqa: SLF001

    def watched(command: list[str], given: bytes, home: Path, variables: Mapping[str, str]) -> tuple[int, bytes]:
        seen.append((command, dict(variables), given))
        return ended(command, given, home, variables)

    monkeypatch.setattr(door, "_run_program", watched)
    return seen


def verify(repository: Path, keys: Path, environment: str | None = None, tenant: str | None = None) -> Verified:
    found = api.open(repository).verify_secrets(TODAY, Identities(keys), environment, tenant)
    assert "CANARY" not in found.text() + repr(found) + found.findings.json()
    return found


def codes(found: Verified) -> list[str]:
    return [each.rule.code for each in found.diagnostics]


def given(calls: Sequence[tuple[list[str], dict[str, str], bytes]]) -> list[bytes]:
    return [data for command, _, data in calls if "decrypt" in command]


def test_sound_files_are_opened_each_with_its_holders_identity(repository: Path, keys: Path, calls: Calls) -> None:
    found = verify(repository, keys)
    assert found.text() == (
        "3 sealed files opened with 3 secrets: intact, what their uses need, and nowhere in the clear\n"
    )
    assert calls.identities() == {
        (f"{whose}.agekey", (repository / path).read_bytes()) for path, (whose, _) in VALUES.items()
    }
    for command, variables, _ in calls:
        assert "CANARY" not in repr((command, variables))
        assert variables.keys() <= {"HOME", "LC_ALL", "PATH", "SOPS_AGE_KEY_FILE", "SOPS_DISABLE_VERSION_CHECK"}


def test_for_one_tenant_only_its_identity_is_used(repository: Path, keys: Path, calls: Calls) -> None:
    for other in ("umbra", "_platform"):
        (keys / f"{other}.agekey").unlink()
    assert verify(repository, keys, tenant="acme").files == (ACME,)
    assert {name for name, _ in calls.identities()} == {"acme.agekey"}


BAD: Final[dict[str, tuple[str, Callable[[bytes], bytes]]]] = {
    "not sealed": ("read/not-sealed", lambda text: b"other: hunter2\n" + text),
    "bent": ("read/bad-seal", lambda text: text.replace(b"version: 3.", b"version: 2.")),
    "with an address": ("read/bad-seal", lambda text: text.replace(b"sops:\n", b"sops:\n    hc_vault: [{x: y}]\n")),
}


@pytest.mark.parametrize("name", BAD)
def test_a_broken_file_is_never_passed_to_sops(repository: Path, keys: Path, calls: Calls, name: str) -> None:
    code, bend = BAD[name]
    write(repository, {ACME: bend((repository / ACME).read_bytes())})
    assert code in codes(verify(repository, keys))
    assert len(given(calls)) == 2
    assert (repository / ACME).read_bytes() not in given(calls)


def test_a_file_with_other_recipients_is_never_passed_to_sops(
    repository: Path, keys: Path, calls: Calls, sops: Path
) -> None:
    write(repository, {ACME: seal(sops, {"password": "CANARY-4"}, recipients("acme"), recipients("umbra"))})
    commit(repository)
    assert codes(verify(repository, keys)) == ["check/wrong-recipients"]
    assert len(given(calls)) == 2


def test_without_a_policy_nothing_is_passed_to_sops(repository: Path, keys: Path, calls: Calls) -> None:
    text = (repository / "environments/defaults.yaml").read_text()
    lines = [line for line in text.splitlines(keepends=True) if "recipients:" not in line]
    write(repository, {"environments/defaults.yaml": "".join(lines)})
    assert "check/no-recipients" in codes(verify(repository, keys))
    assert not given(calls)
    write(repository, {"environments/defaults.yaml": "platform: nonsense\n"})
    assert verify(repository, keys).broken
    assert not given(calls)


def test_a_copy_from_another_tenant_is_refused_before_and_fails_after(
    repository: Path, keys: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the checks off, SOPS gets the file, and acme's identity does not open umbra's secret."""
    shutil.copy(repository / UMBRA, repository / ACME)
    commit(repository)
    found = codes(verify(repository, keys))
    assert {"check/wrong-recipients", "check/copied-seal"} <= set(found)
    assert (repository / ACME).read_bytes() not in [data for name, data in calls.identities() if name == "acme.agekey"]
    monkeypatch.setattr(custody, "check", lambda *_: None)
    monkeypatch.setattr(copied, "check", lambda *_: None)
    assert codes(verify(repository, keys)) == ["world/cannot-open"]
    assert ("acme.agekey", (repository / UMBRA).read_bytes()) in calls.identities()


def test_a_wrong_identity_and_a_broken_seal_are_reported(repository: Path, keys: Path) -> None:
    text = (repository / UMBRA).read_bytes()
    write(
        repository, {UMBRA: text.replace(b'lastmodified: "2', b'lastmodified: "2').replace(b"password:", b"passwort:")}
    )
    code = "tenants/umbra/services/checkout.yaml"
    write(repository, {code: (repository / code).read_text().replace("metrics/password", "metrics/passwort")})
    (keys / "acme.agekey").write_bytes((keys / "umbra.agekey").read_bytes())
    assert sorted(codes(verify(repository, keys))) == ["world/broken-seal", "world/cannot-open"]


def test_a_missing_identity_is_reported_and_other_files_are_opened(repository: Path, keys: Path) -> None:
    (keys / "umbra.agekey").unlink()
    found = verify(repository, keys)
    assert codes(found) == ["world/no-identity"]
    assert found.files == ("environments/secrets/far.sops.yaml", ACME)


def test_a_value_that_does_not_fit_its_use_is_reported(repository: Path, keys: Path, sops: Path) -> None:
    write(repository, {ACME: seal(sops, {"password": "CANARY-5\n"}, recipients("acme"))})
    commit(repository)
    found = verify(repository, keys)
    assert codes(found) == ["check/misshapen-secret"]
    assert found.files


def test_a_value_that_is_also_in_the_clear_is_reported(repository: Path, keys: Path) -> None:
    files: dict[str, str | bytes] = {
        "tenants/acme/services/other.yaml": f"description: {VALUES[UMBRA][1]}\n",
        "build/production/shared/stray.yaml": VALUES[ACME][1][::-1],
    }
    write(repository, files)
    found = verify(repository, keys)
    assert codes(found) == ["check/leaked-secret"] * 2
    assert {each.place and each.place.file for each in found.diagnostics} == files.keys()


def test_an_empty_selection_is_sound(repository: Path, keys: Path) -> None:
    shutil.rmtree(repository / "tenants/umbra/secrets")
    write(repository, {"tenants/umbra/services/checkout.yaml": "description: x\n"})
    assert verify(repository, keys, tenant="umbra").summary == "nothing is sealed, and no secret is used"
    assert codes(verify(repository, keys, environment="productio")) == ["read/no-such-environment"]
