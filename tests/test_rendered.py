"""The example's secrets, opened by its own keys, rendered, and read by a real Alertmanager, which tells people."""

import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.keyed import of_example
from tests.live import stage
from tests.live.exporter import Scene
from tests.live.process import until
from tests.live.services import World
from tests.live.stage import DEFAULTS, ROOT, Casting, Tools
from tests.test_example import sources
from tests.workbench import deterministic, shell, varve

SECONDS = 30


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sops: Path) -> Path:
    """A clone of the example whose systems read secrets in a folder of this test, and `sops` on the PATH."""
    deterministic(monkeypatch)
    monkeypatch.setenv("PATH", str(sops.parent), prepend=os.pathsep)
    files = sources()
    files[DEFAULTS] = files[DEFAULTS].replace(ROOT, str(tmp_path / "secrets").encode())
    for path, data in files.items():
        (tmp_path / "example" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "example" / path).write_bytes(data)
    code, words = shell("git init -q --template= && git add -A && git commit -qm Example", tmp_path / "example")
    assert code == 0, words
    return tmp_path / "example"


def test_a_real_alertmanager_tells_people_by_what_was_rendered(
    example: Path, tmp_path: Path, prometheus_newest: Path, alertmanager_newest: Path
) -> None:
    keys, secrets = of_example(tmp_path / "keys"), tmp_path / "secrets"
    code, output = varve(f"secrets verify --identities {keys}", example)
    assert code == 0, output
    code, output = varve(f"secrets render --env production --identities {keys} --to {secrets}", example)
    assert code == 0, output
    code, output = varve("build -e production", example)
    assert code == 0, output
    held = {
        name: (secrets / "tenants/payments" / name).read_text() for name in ("slack/webhook", "pagerduty/routing_key")
    }
    known = {held["slack/webhook"]: "payments/team", held["pagerduty/routing_key"]: "payments/oncall"}
    cast = Casting(World(known), Scene({}, {}), ("alerts", (secrets / "platform/smtp/password").read_text()), ())
    tools = Tools(prometheus_newest, alertmanager_newest)
    alert = {"alertname": "Loud", "tenant": "payments", "service": "ledger", "severity": "critical"}
    with stage.off_work(example / "build/production", tools, cast, "payments") as alertmanager:
        stage.send(alertmanager, [alert], timedelta(hours=1))
        assert until(partial(_is_notified, cast.world), SECONDS), cast.world.refused
    assert {each.where for each in cast.world.taken} == {"payments/oncall", "payments/team"}


def _is_notified(world: World) -> bool:
    return len({each.where for each in world.taken}) > 1
