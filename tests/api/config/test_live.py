"""Configuration is read from memory, by many threads, and the files are looked at only on request."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from queue import Queue
from threading import Event, ExceptHookArgs

import pytest

import varve
from tests.emit.repository import SEALED
from tests.workbench import shell
from varve import pipeline
from varve.api.config import live
from varve.api.config.reload import Reloaded
from varve.api.looking import Looked
from varve.api.opening import Opening, open_looked
from varve.model.diagnostic import Report
from varve.model.unit import Resolved, Unit
from varve.pipeline import Opened
from varve.world.disk import watcher
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[Unit]:
    """The units that were resolved, in order."""
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


def test_a_reload_that_fails_changes_nothing_and_says_why(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    received: list[Reloaded] = []
    manager.subscribe(received.append)
    assert manager.get("acme", "production", "timezone") == "UTC"
    settings = (repository / "varve.yaml").read_text()
    (repository / "varve.yaml").write_text("layers: [\n")
    reloaded = manager.reload()
    assert (reloaded.done, [each.rule.code for each in reloaded.diagnostics]) == (False, ["read/syntax"])
    assert manager.get("acme", "production", "timezone") == "UTC"
    assert manager.findings == reloaded.findings
    manager.reload()
    (repository / "varve.yaml").write_text(settings)
    assert manager.reload().done
    assert not manager.findings.situated
    assert [each.done for each in received] == [False, True]  # the same findings are not reported again


def test_a_repository_that_is_broken_is_not_opened(repository: Path) -> None:
    (repository / "varve.yaml").write_text("layers: [\n")
    with pytest.raises(varve.ConfigError, match="read/syntax"):
        varve.ConfigManager(repository)


def test_a_broken_unit_says_why_every_time_and_others_are_not_touched(two: Path) -> None:
    (two / "tenants/umbra/services/checkout.yaml").write_text("owner: [\n")
    (two / "tenants/umbra/services/link.yaml").symlink_to("checkout.yaml")
    manager = varve.ConfigManager(two)
    assert manager.load("acme", "production")
    found = []
    for environment in ("production", "staging", "production"):
        with pytest.raises(varve.ConfigError) as error:
            manager.load("umbra", environment)
        found.append([each.rule.code for each in error.value.diagnostics])
    assert found[0] == found[1] == found[2]
    assert "world/symbolic-link" in found[0]


def test_a_file_that_units_share_is_named_for_each_of_them(two: Path) -> None:
    (two / "environments/defaults.yaml").write_text("platform: {}\nlocale: fr\n")
    manager = varve.ConfigManager(two)
    for tenant in manager.tenants():
        with pytest.raises(varve.ConfigError, match="check/bad-locale"):
            manager.load(tenant, "production")


def test_an_unknown_unit_is_reported(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    with pytest.raises(varve.ConfigError, match="there is no tenant `amce`"):
        manager.load("amce", "production")
    with pytest.raises(varve.ConfigError, match="there is no environment `moon`"):
        manager.load("acme", "moon")


def test_there_is_no_manager_without_a_repository(tmp_path: Path) -> None:
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


OWNER = "services.checkout.owner"


def write(path: Path, before: str, after: str) -> None:
    """Replace the text `before` in a file."""
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_a_value_is_read_by_its_path(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    assert manager.get("acme", "production", OWNER) == "payments"
    assert manager.get("acme", "production", "tenant.owners[0]") == "sre@acme.example"
    assert manager.get("acme", "production", "tenant.owners") == ("sre@acme.example",)
    assert manager.get("acme", "production") == manager.unit("acme", "production")
    assert manager.get("acme", "production", "services.search", "none") == "none"
    assert manager.get("acme", "production", "tenant.owners[1]") is None
    with pytest.raises(ValueError, match=r"`services\.\.checkout` is not a path"):
        manager.get("acme", "production", "services..checkout")
    with pytest.raises(varve.ConfigError, match="there is no tenant `amce`"):
        manager.get("amce", "production", OWNER, "a default is no tenant")


def test_a_secret_is_read_as_the_reference_that_it_is(repository: Path) -> None:
    secrets = repository / "tenants/acme/secrets/keys.sops.yaml"
    secrets.parent.mkdir()
    secrets.write_text(SEALED)
    app = '{targets: ["a.example:1"], basic_auth: {username: u, password: {secret: keys/token}}}'
    (repository / "tenants/acme/services/search.yaml").write_text(f"scrape: {{app: {app}}}\n")
    manager = varve.ConfigManager(repository)
    found = manager.get("acme", "production", "services.search.scrape.app.basic_auth.password")
    assert found == {"secret": "keys/token"}
    assert "ENC[" not in str(manager.load("acme", "production"))


def test_a_revision_is_read_as_it_was_committed(repository: Path) -> None:
    write(repository / "tenants/acme/services/checkout.yaml", "payments", "shop")
    assert varve.ConfigManager(repository).get("acme", "production", OWNER) == "shop"
    manager = varve.ConfigManager(repository, "main")
    assert manager.get("acme", "production", OWNER) == "payments"
    assert shell("git commit -aqm Shop", repository)[0] == 0
    assert [each[1:] for each in manager.reload().differences] == [(OWNER, "changed", "payments", "shop")]
    with pytest.raises(varve.ConfigError, match="world/unknown-revision"):
        varve.ConfigManager(repository, "nowhere")


def test_a_reload_reports_the_values_that_differ(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    received: list[Reloaded] = []
    end = manager.subscribe(received.append)
    manager.get("acme", "production")
    assert manager.reload().differences == ()
    assert received == []
    write(repository / "tenants/acme/services/checkout.yaml", "owner: payments", "owner: shop\ndescription: Shop")
    reloaded = manager.reload()
    assert received == [reloaded]
    assert reloaded.done
    assert sorted(reloaded.differences, key=lambda each: each.path) == [
        (Unit("acme", "production"), "services.checkout.description", "added", None, "Shop"),
        (Unit("acme", "production"), OWNER, "changed", "payments", "shop"),
    ]
    end()
    end()
    write(repository / "tenants/acme/services/checkout.yaml", "owner: shop", "owner: payments")
    assert manager.reload().differences
    assert received == [reloaded]


def test_only_what_a_change_touches_is_resolved_anew(two: Path, resolved: list[Unit]) -> None:
    manager = varve.ConfigManager(two)
    manager.warm()
    everything = [Unit(tenant, name) for tenant in manager.tenants() for name in manager.environments()]
    assert sorted(resolved) == sorted(everything)
    resolved.clear()
    (two / "README.md").write_text("no source\n")
    (two / "build/production/shared/prometheus.yaml").unlink()
    assert manager.reload().differences == ()
    assert resolved == []
    write(two / "tenants/umbra/services/checkout.yaml", "payments", "shop")
    assert {each.unit.tenant for each in manager.reload().differences} == {"umbra"}
    assert {each.tenant for each in resolved} == {"umbra"}
    resolved.clear()
    write(two / "environments/defaults.yaml", "UTC", "Europe/Paris")
    assert [each.unit for each in manager.reload().differences] == sorted(everything)
    assert sorted(resolved) == sorted(everything)


def test_a_unit_that_breaks_keeps_its_values_and_others_go_on(two: Path) -> None:
    manager = varve.ConfigManager(two)
    manager.warm()
    write(two / "environments/defaults.yaml", "UTC", "Europe/Paris")
    write(two / "tenants/umbra/services/checkout.yaml", "owner: payments", "owner: [")
    reloaded = manager.reload()
    assert (reloaded.done, reloaded.broken) == (True, True)
    assert reloaded.kept == (Unit("umbra", "production"), Unit("umbra", "staging"))
    assert manager.findings == reloaded.findings
    assert {each.rule.code for each in reloaded.diagnostics} == {"read/syntax"}
    assert manager.get("umbra", "production", "timezone") == "UTC"
    assert manager.get("umbra", "production", OWNER) == "payments"
    assert manager.get("acme", "production", "timezone") == "Europe/Paris"
    write(two / "tenants/umbra/services/checkout.yaml", "owner: [", "owner: shop")
    reloaded = manager.reload()
    assert (reloaded.sound, reloaded.kept) == (True, ())
    assert manager.get("umbra", "production", "timezone") == "Europe/Paris"
    assert {(each.path, each.after) for each in reloaded.differences} == {("timezone", "Europe/Paris"), (OWNER, "shop")}


def test_files_that_are_what_they_were_are_not_opened(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = varve.ConfigManager(repository)
    opened: list[Opening | None] = []

    def count(repository: Repository, view: View, looked: Looked | None, report: Report) -> Opening | None:
        opened.append(open_looked(repository, view, looked, report))
        return opened[-1]

    monkeypatch.setattr(live, "open_looked", count)
    assert manager.reload().done
    assert not opened
    (repository / "build/production/shared/prometheus.yaml").unlink()
    for _ in range(2):
        assert manager.reload().done
    assert len(opened) == 1
    write(repository / "environments/defaults.yaml", "UTC", "Europe/Paris")
    for _ in range(2):
        assert manager.reload().done
    assert len(opened) == 2


def test_units_come_and_go(two: Path) -> None:
    manager = varve.ConfigManager(two)
    manager.warm()
    umbra = manager.unit("umbra", "production")
    (two / "tenants/umbra").rename(two / "elsewhere")
    gone = manager.reload().differences
    assert [(each.unit.tenant, each.path, each.kind, each.after) for each in gone] == [
        ("umbra", "", "removed", None)
    ] * 2
    assert manager.tenants() == ("acme",)
    with pytest.raises(varve.ConfigError, match="no tenant"):
        manager.get("umbra", "production", OWNER)
    (two / "elsewhere").rename(two / "tenants/umbra")
    differences = manager.reload().differences
    assert [(each.unit.tenant, each.path, each.kind, each.before) for each in differences] == [
        ("umbra", "", "added", None)
    ] * 2
    assert differences[0].after == umbra


def test_a_snapshot_stays_as_it_is(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    before = manager.snapshot()
    write(repository / "environments/defaults.yaml", "UTC", "Europe/Paris")
    assert manager.reload().done
    assert before.get("acme", "production", "timezone") == "UTC"
    assert manager.get("acme", "production", "timezone") == "Europe/Paris"


def test_all_subscribers_are_called_before_their_exceptions_are_raised(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    manager.warm()
    received: list[Reloaded] = []

    def fail(_: Reloaded) -> None:
        raise LookupError("of the program")

    manager.subscribe(fail)
    manager.subscribe(received.append)
    write(repository / "environments/defaults.yaml", "UTC", "Europe/Paris")
    with pytest.raises(ExceptionGroup) as error:
        manager.reload()
    assert [str(each) for each in error.value.exceptions] == ["of the program"]
    assert len(received) == 1
    assert manager.get("acme", "production", "timezone") == "Europe/Paris"


def test_readers_never_see_two_states_at_once(repository: Path) -> None:
    manager = varve.ConfigManager(repository)
    both = ("timezone", "locale")
    defaults, pairs = repository / "environments/defaults.yaml", (("UTC", "en_GB"), ("Europe/Paris", "fr_FR"))
    done, seen = Event(), set()

    def read() -> None:
        while not done.is_set():
            now = manager.snapshot()
            seen.add(tuple(now.get("acme", "production", path) for path in both))

    with ThreadPoolExecutor(4) as threads:
        reading = [threads.submit(read) for _ in range(2)]
        for before, after in pairwise(pairs * 2):
            for old, new in zip(before, after, strict=True):
                write(defaults, old, new)
            manager.reload()
        done.set()
        assert not [each.result() for each in reading if each.exception()]
    assert seen == set(pairs)


@pytest.fixture(params=[None, 0.02], ids=["told by the system", "looked for every now and then"])
def watched(
    repository: Path, request: pytest.FixtureRequest
) -> Iterator[tuple[varve.ConfigManager, "Queue[Reloaded]"]]:
    """A manager that watches, and its reloads."""
    manager = varve.ConfigManager(repository)
    manager.get("acme", "production")
    received: Queue[Reloaded] = Queue()
    manager.subscribe(received.put)
    with manager.watching(request.param) as same:
        assert same is manager
        yield manager, received
    assert not [each for each in threading.enumerate() if each.name == "varve-watching"]


def test_files_that_are_saved_are_reloaded(
    watched: tuple[varve.ConfigManager, "Queue[Reloaded]"], repository: Path
) -> None:
    manager, received = watched
    write(repository / "environments/defaults.yaml", "UTC", "Europe/Paris")
    assert [each.after for each in received.get(timeout=60).differences] == ["Europe/Paris"]
    (repository / "varve.yaml").rename(repository / "settings.yaml")
    assert not received.get(timeout=60).done
    (repository / "settings.yaml").rename(repository / "varve.yaml")
    assert received.get(timeout=60).done
    assert manager.get("acme", "production", "timezone") == "Europe/Paris"


def test_an_exception_of_a_subscriber_does_not_end_the_watch(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = varve.ConfigManager(repository)
    manager.get("acme", "production")
    wrong: Queue[ExceptHookArgs] = Queue()
    monkeypatch.setattr(threading, "excepthook", wrong.put)

    def fail(_: Reloaded) -> None:
        raise LookupError

    manager.subscribe(fail)
    with manager.watching(every=0.02):
        write(repository / "environments/defaults.yaml", "UTC", "Europe/Paris")
        assert wrong.get(timeout=60).exc_type is ExceptionGroup
        write(repository / "environments/defaults.yaml", "Europe/Paris", "Europe/Berlin")
        assert wrong.get(timeout=60).exc_type is ExceptionGroup
    assert manager.get("acme", "production", "timezone") == "Europe/Berlin"


def test_a_revision_is_only_watched_at_intervals(repository: Path) -> None:
    manager = varve.ConfigManager(repository, "main")
    with pytest.raises(ValueError, match="pass `every`"), manager.watching():
        pass
    received: Queue[Reloaded] = Queue()
    manager.subscribe(received.put)
    owner = manager.get("acme", "production", OWNER)
    with manager.watching(every=0.02):
        write(repository / "tenants/acme/services/checkout.yaml", "payments", "shop")
        assert shell("git commit -aqm Shop", repository)[0] == 0
        assert received.get(timeout=60).differences[0][1:] == (OWNER, "changed", owner, "shop")


@pytest.mark.parametrize("every", [0, -1.5])
def test_an_interval_must_be_above_zero(repository: Path, every: float) -> None:
    manager = varve.ConfigManager(repository)
    with pytest.raises(ValueError, match="above 0"), manager.watching(every=every):
        pass


def test_a_watch_that_the_system_refuses_is_raised_at_its_beginning(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_root: Path, _stop: Event) -> Iterator[frozenset[Path]]:
        raise watcher.Unwatched("there are too many")
        yield frozenset()

    monkeypatch.setattr(watcher, "changes", full)
    manager = varve.ConfigManager(repository)
    with pytest.raises(watcher.Unwatched, match="too many"), manager.watching():
        pass


def test_without_its_library_nothing_is_watched(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_root: Path, _stop: Event) -> Iterator[frozenset[Path]]:
        raise ModuleNotFoundError("install varve with its extra `watch`")

    monkeypatch.setattr(watcher, "changes", missing)
    manager = varve.ConfigManager(repository)
    with pytest.raises(ModuleNotFoundError, match=r"extra `watch`"), manager.watching():
        pass
