from pathlib import Path

import pytest

from tests.world.work import codes
from varve.model.diagnostic import Report
from varve.world.cache.limits import AGE, KEY_FILE, SHARED, SIGNERS, SIZE, Limits, limits
from varve.world.cache.settings import Settings, Shared, settings


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SIZE, AGE, SHARED, SIGNERS, KEY_FILE):
        monkeypatch.delenv(name, raising=False)


def test_the_defaults_apply_without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    report = Report()
    assert settings(report) == Settings(Limits(), Shared())
    monkeypatch.setenv(SIZE, "")
    assert settings(report) == Settings()
    assert codes(report) == []


def test_variables_set_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {SIZE: "1", AGE: "2", SHARED: "/mnt/x", SIGNERS: "/etc/signers", KEY_FILE: "/run/key"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    report = Report()
    assert settings(report) == Settings(limits(1, 2), Shared("/mnt/x", Path("/etc/signers"), Path("/run/key")))
    assert codes(report) == []


@pytest.mark.parametrize("text", ["a", "-1", "1.5", "2049", "9" * 5000, "\u0661", "1 "])
def test_an_invalid_number_is_reported_and_not_used(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIZE, text)
    monkeypatch.setenv(AGE, text)
    report = Report()
    assert settings(report).limits == Limits()
    assert [(each.rule.code, each.message) for each in report] == [
        ("world/cache-setting", f"`{name}` is not a whole number from 0 to 2048") for name in (SIZE, AGE)
    ]
