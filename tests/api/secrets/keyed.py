"""Two tenants and the platform, whose secrets SOPS has sealed, each for its own key."""

import os
from pathlib import Path

import pytest

from tests.keyed import OF, identities, recipients, seal
from tests.workbench import shell

DEFAULTS = """\
locale: en_GB
timezone: UTC
platform:
  targets: {prometheus: {version: "3.5"}}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
  secrets:
    root: /run/secrets/varve
    rotation: 100y
    recipients: {tenants: {acme: [%s], umbra: [%s]}, platform: [%s]}
  remote_write: {far: {url: "https://far.example/push", basic_auth: {username: u, password: {secret: far/password}}}}
"""
CHECKOUT = """\
scrape:
  app: {targets: ["a.example:1"], basic_auth: {username: u, password: {secret: metrics/password}}}
"""
METRICS = "secrets/metrics.sops.yaml"
FAR = "environments/secrets/far.sops.yaml"
VALUES = {
    f"tenants/acme/{METRICS}": ("acme", "CANARY-of-acme-1"),
    f"tenants/umbra/{METRICS}": ("umbra", "CANARY-of-umbra-2"),
    FAR: ("_platform", "CANARY-of-platform-3"),
}
RENDERED = {
    "tenants/acme/metrics/password": b"CANARY-of-acme-1",
    "tenants/umbra/metrics/password": b"CANARY-of-umbra-2",
    "platform/far/password": b"CANARY-of-platform-3",
}


def write(repository: Path, files: dict[str, str | bytes]) -> None:
    for path, data in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_bytes(data if isinstance(data, bytes) else data.encode())


def commit(repository: Path) -> None:
    code, output = shell("git add -A && git commit -qm Secrets", repository)
    assert code == 0, output


def sealed(two: Path, sops: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository `two` with secrets, and `sops` on the PATH."""
    monkeypatch.setenv("PATH", f"{sops.parent}{os.pathsep}{os.environ['PATH']}")
    policy = DEFAULTS % tuple(recipients(each) for each in ("acme", "umbra", "_platform"))
    files: dict[str, str | bytes] = {f"tenants/{each}/services/checkout.yaml": CHECKOUT for each in ("acme", "umbra")}
    held = {path: seal(sops, {"password": value}, recipients(whose)) for path, (whose, value) in VALUES.items()}
    write(two, {"environments/defaults.yaml": policy, **files, **held})
    commit(two)
    return two


def keys(folder: Path) -> Path:
    """The identities of all three."""
    return identities(folder, OF)
