"""Configuration is read from memory, by many threads, and looked at anew only when that is asked for."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import varve
from tests.workbench import shell
from varve import pipeline
from varve.model.diagnostic import Report
from varve.model.unit import Resolved, Unit
from varve.pipeline import Opened


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[Unit]:
    """The units that were resolved, in their order."""
    done: list[Unit] = []
    known = pipeline.resolve_unit

    def resolve(opened: Opened, unit: Unit, report: Report) -> Resolved | None:
        done.append(unit)
        return known(opened, unit, report)

    monkeypatch.setattr(pipeline, "resolve_unit", resolve)
    return done


def test_a_unit_is_plain_data(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    assert (manager.tenants(), manager.environments()) == (("acme",), ("staging", "production"))
    assert manager.load("acme", "production") == varve.open(repository).unit("acme", "production").resolve().value


def test_a_unit_is_resolved_once_and_belongs_to_whoever_asked(repository: Path, resolved: list[Unit]) -> None:
    manager = varve.ConfigManager(repository)
    first = manager.load("acme", "production")
    before = str(first)
    first["services"] = {}
    first["tenant"]["owners"].append("nobody")  # type: ignore[index,call-overload,union-attr]
    assert str(manager.load("acme", "production")) == before
    assert resolved == [Unit("acme", "production")]


def test_files_that_change_are_read_when_it_reloads(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    path = repository / "environments/defaults.yaml"
    path.write_text(path.read_text().replace("UTC", "Europe/Paris"))
    assert manager.load("acme", "production")["timezone"] == "UTC"
    manager.reload()
    assert manager.load("acme", "production")["timezone"] == "Europe/Paris"


def test_a_reload_that_fails_changes_nothing(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    (repository / "varve.yaml").write_text("layers: [\n")
    with pytest.raises(varve.ConfigError, match="read/syntax"):
        manager.reload()
    assert manager.load("acme", "production")["timezone"] == "UTC"
    with pytest.raises(varve.ConfigError, match="read/syntax"):
        varve.ConfigManager(repository)


def test_a_broken_unit_says_why_every_time_and_others_are_not_touched(two: Path) -> None:
    (two / "tenants/umbra/services/checkout.yaml").write_text("owner: [\n")
    (two / "tenants/umbra/services/link.yaml").symlink_to("checkout.yaml")
    manager = varve.ConfigManager(two)
    assert manager.load("acme", "production")
    said = []
    for environment in ("production", "staging", "production"):
        with pytest.raises(varve.ConfigError) as error:
            manager.load("umbra", environment)
        said.append([each.rule.code for each in error.value.diagnostics])
    assert said[0] == said[1] == said[2]
    assert "world/symbolic-link" in said[0]


def test_a_file_that_units_share_is_named_for_each_of_them(two: Path) -> None:
    (two / "environments/defaults.yaml").write_text("platform: {}\nlocale: fr\n")
    manager = varve.ConfigManager(two)
    for tenant in manager.tenants():
        with pytest.raises(varve.ConfigError, match="check/bad-locale"):
            manager.load(tenant, "production")


def test_a_unit_that_is_not_there_is_said(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    with pytest.raises(varve.ConfigError, match="there is no tenant `amce`"):
        manager.load("amce", "production")
    with pytest.raises(varve.ConfigError, match="there is no environment `moon`"):
        manager.load("acme", "moon")


def test_it_is_not_made_without_a_repository(tmp_path: Path) -> None:
    with pytest.raises(varve.ConfigError, match="world/no-settings"):
        varve.ConfigManager(tmp_path)
    assert shell("git init -q && touch varve.yaml", tmp_path)[0] == 0
    with pytest.raises(varve.ConfigError):
        varve.ConfigManager(tmp_path)


def test_many_threads_read_the_same_while_one_reloads(two: Path, resolved: list[Unit]) -> None:
    manager = varve.ConfigManager(two)
    units = [Unit(tenant, environment) for tenant in manager.tenants() for environment in manager.environments()]
    with ThreadPoolExecutor(8) as threads:
        first = list(threads.map(lambda unit: manager.load(*unit), units * 16))
        assert sorted(resolved) == sorted(units)
        again = [threads.submit(manager.load, *unit) for unit in units * 8]
        threads.submit(manager.reload).result()
        again += [threads.submit(manager.load, *unit) for unit in units * 8]
        assert [each.result() for each in again] == first
