"""The options and exit codes of `varve cache`."""

import json
from pathlib import Path

import click
import pytest

from tests.workbench import varve
from tests.world.cache import signing
from tests.world.cache.conftest import unhurried
from varve.cli.cache import cache
from varve.world.cache.limits import AGE, SHARED, SIGNERS, SIZE

__all__ = ("unhurried",)

DAMAGED = ".varve/cache/0123456789abcdef-0123456789abcdef-01234567.pack"


@pytest.fixture
def damaged(repository: Path) -> Path:
    assert varve("cache prune --all", repository)[0] == 0
    (repository / DAMAGED).parent.mkdir(parents=True, exist_ok=True)
    (repository / DAMAGED).write_text("this is no segment\n")
    return repository


def test_stats_are_a_table_or_json(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = varve("cache stats", damaged)
    assert code == 0
    assert [line.split() for line in output.splitlines()] == [
        ["CACHE", "SEGMENTS", "VERDICTS", "NAMES", "BYTES", "OLDEST", "NEWEST", "OTHERS", "DAMAGED"],
        ["own", "1", "0", "0", "19", "-", "-", "0", "1"],
    ]
    code, output = varve("cache stats --format json", damaged)
    assert code == 0
    assert json.loads(output)["caches"]["own"]["damaged"] == 1
    monkeypatch.setenv("VARVE_CACHE_STATS_FORMAT", "json")
    assert varve("cache stats", damaged) == (0, output)


def test_damage_ends_with_1_until_it_is_pruned(damaged: Path) -> None:
    code, output = varve("cache verify", damaged)
    assert code == 1
    assert "error[world/damaged-cache]" in output
    assert varve("cache prune", damaged) == (0, "1 segment of 19 bytes before, 0 segments of 0 bytes now\n")
    assert varve("cache verify", damaged) == (0, "nothing is damaged in 0 segments\n")


def test_damage_is_reported_in_every_format(damaged: Path) -> None:
    code, output = varve("cache verify --format json", damaged)
    assert (code, [each["file"] for each in json.loads(output)]) == (1, [DAMAGED])
    code, output = varve("cache verify --format github", damaged)
    assert code == 1
    assert output.startswith("::error ")
    assert DAMAGED in output


def test_everything_is_removed_on_request(damaged: Path) -> None:
    assert varve("cache prune --all", damaged)[0] == 0
    assert not list((damaged / ".varve/cache").glob("*.pack"))


@pytest.mark.parametrize("words", ["--size -1", "--size 2049", "--size x", "--age -1", "--age 2049"])
def test_limits_are_whole_numbers(repository: Path, words: str) -> None:
    code, output = varve(f"cache prune {words}", repository)
    assert code == 1
    assert "Usage:" in output


def test_options_have_the_variables_that_a_build_uses() -> None:
    variables = {
        (name, option.name): option.envvar
        for name, command in cache.commands.items()
        for option in command.params
        if isinstance(option, click.Option)
    }
    assert {variables["prune", "size"], variables["prune", "age"]} == {SIZE, AGE}
    assert {variables[name, "shared"] for name in ("stats", "verify")} == {SHARED}
    assert {variables[name, "signers"] for name in ("stats", "verify")} == {SIGNERS}


def test_the_shared_cache_is_looked_at_too(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signers = signing.signers(tmp_path)
    (tmp_path / "mount").mkdir()
    options = f"--shared {tmp_path}/mount --signers {signers.file}"
    code, output = varve(f"cache stats {options}", repository)
    assert code == 0
    assert output.splitlines()[-1].split()[:2] == ["shared", "0"]
    monkeypatch.setenv(SHARED, f"{tmp_path}/mount")
    monkeypatch.setenv(SIGNERS, str(signers.file))
    assert varve("cache stats", repository) == (0, output)
    (tmp_path / "mount" / Path(DAMAGED).name).write_text("rubbish")
    code, output = varve("cache verify", repository)
    assert code == 1
    assert "not signed by a trusted signer" in output


@pytest.mark.parametrize("command", ["stats", "verify"])
def test_unusable_settings_are_a_warning(repository: Path, command: str) -> None:
    code, output = varve(f"cache {command} --shared ftp://somebody:word@host", repository)
    assert code == 0
    assert "warning[world/cache-setting]" in output
    assert "word@" not in output


def test_outside_a_repository_the_command_fails(tmp_path: Path) -> None:
    for command in ("stats", "verify", "prune"):
        code, output = varve(f"cache {command}", tmp_path)
        assert code == 1
        assert "error[world/no-settings]" in output
