import os
import sys
from pathlib import Path

import pytest

from tests.keyed import identities, recipients, seal
from varve.model.diagnostic import Report
from varve.model.source import Source
from varve.read.sealed.file import Sealed, sealed
from varve.world.secrets.sops import Access, Sops, ready
from varve.world.secrets.unsealing import Locked, unseal

PATH = "tenants/acme/secrets/slack.sops.yaml"
VALUES: dict[str, object] = {
    "webhook": "https://hooks.slack.example/x",
    "number": 12345678901234567890123,
    "part": 0.5,
    "switch": True,
    "deep": {"list": ["one", "two"]},
    "lines": "one\ntwo",
}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return identities(tmp_path / "keys")


def read(path: str, data: bytes) -> Sealed:
    report = Report()
    found = sealed(Source(path, "", data), report)
    assert found is not None, list(report)
    return found


def locked(data: bytes, access: Access, path: str = PATH) -> Locked:
    return Locked(read(path, data), data, access)


def opened(*files: Locked, program: Path) -> tuple[dict[str, dict[str, bytes]], Report]:
    report = Report()
    with ready(report) as sops:
        assert sops is not None
        found = unseal(Sops(program, sops.home, sops.offline), files, report)
    plain = {path: {name: each.reveal() for name, each in secrets.items()} for path, secrets in found.items()}
    return plain, report


def test_each_value_is_what_was_sealed(sops: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{sops.parent}{os.pathsep}{os.environ['PATH']}")
    values = VALUES | {"number": 123456789}
    found, report = opened(locked(seal(sops, values, recipients("acme")), Access(keys / "acme.agekey")), program=sops)
    assert not list(report)
    assert found[PATH] == {
        "webhook": b"https://hooks.slack.example/x",
        "number": b"123456789",
        "part": b"0.5",
        "switch": b"true",
        "deep.list.0": b"one",
        "deep.list.1": b"two",
        "lines": b"one\ntwo",
    }


def test_a_file_that_does_not_open_is_reported_and_the_others_are_opened(
    sops: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{sops.parent}{os.pathsep}{os.environ['PATH']}")
    data = seal(sops, {"password": "CANARY-password"}, recipients("acme"))
    own, other = Access(keys / "acme.agekey"), Access(keys / "umbra.agekey")
    folder = "tenants/acme/secrets/"
    files = [
        locked(data, own, folder + "a.sops.yaml"),
        locked(data, other, folder + "b.sops.yaml"),
        locked(data.replace(b"password:", b"passwort:"), own, folder + "c.sops.yaml"),
    ]
    found, report = opened(*files, program=sops)
    assert set(found) == {folder + "a.sops.yaml"}
    assert [(each.rule.code, each.place and each.place.file) for each in report] == [
        ("world/cannot-open", folder + "b.sops.yaml"),
        ("world/broken-seal", folder + "c.sops.yaml"),
    ]
    assert "CANARY" not in repr(list(report))


@pytest.mark.parametrize(
    "answer",
    [
        "CANARY",
        '{"password": null}',
        '{"password": ["CANARY"]}',
        '{"other": "CANARY"}',
        '["CANARY"]',
        "[" * 100_000,
        '{"password": "CAN\\ud800ARY"}',
        "",
    ],
)
def test_content_that_differs_from_the_files_names_is_refused(
    answer: str, sops: Path, tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{sops.parent}{os.pathsep}{os.environ['PATH']}")
    garbled = tmp_path / "garbled"
    (tmp_path / "answer").write_text(answer)
    garbled.write_text(f"#!{sys.executable} -I\nprint(open({str(tmp_path / 'answer')!r}).read())\n")
    garbled.chmod(0o755)
    data = seal(sops, {"password": "x" * 8}, recipients("acme"))
    found, report = opened(locked(data, Access(keys / "acme.agekey")), program=garbled)
    assert not found
    assert [each.rule.code for each in report] == ["world/cannot-open"]
    assert "CANARY" not in repr(list(report))
