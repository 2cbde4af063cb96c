"""Sources that change on disk are told, whoever saves them in whatever way, and nothing is missed on the way."""

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, NoReturn

import pytest

from tests.workbench import shell
from varve.world.disk import watcher

SECONDS: Final = 60


class Watch:
    """Somebody who listens in another thread, and waits for what is told."""

    def __init__(self, root: Path, **asked: Any) -> None:  # noqa: ANN401 - what is asked for
        self._stop, self._more = Event(), Event()
        self._told: list[frozenset[Path]] = []
        self._thread = Thread(target=self._listen, args=(watcher.changes(root, self._stop, **asked),))
        self._thread.start()
        self.wait(bool)

    def _listen(self, changes: Iterator[frozenset[Path]]) -> None:
        for each in changes:
            self._told.append(each)
            self._more.set()

    def wait(self, enough: Callable[[list[frozenset[Path]]], bool]) -> None:
        """Wait until what was told is enough."""
        while not enough(self._told):
            assert self._more.wait(SECONDS), self._told
            self._more.clear()

    def after(self, change: Callable[[], object], *paths: str) -> set[Path]:
        """What is told after a change, as soon as all these paths were, or folders above them."""
        before = len(self._told)
        change()
        wanted = [{Path(path), *Path(path).parents} for path in paths]
        self.wait(lambda told: all(any(each & some for some in told[before:]) for each in wanted))
        return {path for some in self._told[before:] for path in some}

    def end(self) -> None:
        """Listen no more."""
        self._stop.set()
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    for name in ("tenants/acme", "environments", "build/production", ".varve", "docs"):
        (tmp_path / name).mkdir(parents=True)
    assert shell("git init -q --template=", tmp_path)[0] == 0
    watch = Watch(tmp_path)
    yield watch
    watch.end()


def test_the_first_says_that_nothing_is_missed_from_now_on(watch: Watch) -> None:
    watch.wait(lambda told: told == [frozenset()])


def save(path: Path) -> None:
    path.write_text("owner: shop\n")


def swap(path: Path) -> None:
    """As editors save: another file takes the name."""
    beside = path.with_name(path.name + "~")
    beside.write_text("owner: shop\n")
    beside.replace(path)


@pytest.mark.parametrize("way", [save, swap])
@pytest.mark.parametrize("name", ["varve.yaml", "tenants/acme/tenant.yaml", "environments/tiers/gold.yaml"])
def test_a_file_that_is_saved_is_told(name: str, way: Callable[[Path], None], watch: Watch, tmp_path: Path) -> None:
    watch.after((tmp_path / "environments/tiers").mkdir, "environments/tiers")
    for _ in range(3):
        assert Path(name) in watch.after(partial(way, tmp_path / name), name)


def test_a_copy_that_an_editor_makes_is_told_with_the_file(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "tenants/acme/.tenant.yaml.swp").touch()
    told = watch.after(partial(save, tmp_path / "tenants/acme/tenant.yaml"), "tenants/acme/tenant.yaml")
    assert told == {Path("tenants/acme/tenant.yaml"), Path("tenants/acme/.tenant.yaml.swp")}


def test_a_copy_that_is_gone_is_told_by_itself(watch: Watch, tmp_path: Path) -> None:
    link = tmp_path / "tenants/acme/.#tenant.yaml"
    link.symlink_to("ada@shop")
    watch.after(partial(save, tmp_path / "tenants/acme/tenant.yaml"), "tenants/acme/tenant.yaml")
    assert watch.after(link.unlink, "tenants/acme/.#tenant.yaml") == {Path("tenants/acme/.#tenant.yaml")}


def test_a_name_that_is_not_text_ends_no_watch(watch: Watch, tmp_path: Path) -> None:
    for change in (Path.touch, Path.unlink):
        watch.after(partial(change, tmp_path / os.fsdecode(b"tenants/acme/\xff.yaml")), "tenants")
        watch.after(partial(save, tmp_path / "tenants/acme/tenant.yaml"), "tenants/acme/tenant.yaml")


@pytest.mark.parametrize("target", ["../../", "../../tenants", "../beta"])
def test_what_a_link_leads_to_is_told_where_it_stands_and_no_less_when_that_is_gone(
    target: str, tmp_path: Path
) -> None:
    for name in ("tenants/acme", "tenants/beta", ".varve"):
        (tmp_path / name).mkdir(parents=True)
    link, beta = tmp_path / "tenants/acme/link", "tenants/beta/tenant.yaml"
    link.symlink_to(target)
    watch = Watch(tmp_path)
    try:
        (tmp_path / ".varve/lock").touch()
        assert watch.after(partial(save, tmp_path / beta), beta) == {Path(beta)}
        watch.after(link.unlink, "tenants")
        for _ in range(2):
            (tmp_path / ".varve/lock").touch()
            assert Path(beta) in watch.after(partial(save, tmp_path / beta), beta)
    finally:
        watch.end()


def test_a_while_after_a_change_it_is_told_that_there_may_be_more(watch: Watch, tmp_path: Path) -> None:
    watch.after(partial(save, tmp_path / "tenants/acme/tenant.yaml"), "tenants/acme/tenant.yaml")
    watch.wait(lambda told: told[-1] == frozenset() and len(told) > 1)


def test_a_file_that_is_removed_is_told(watch: Watch, tmp_path: Path) -> None:
    file = tmp_path / "tenants/acme/tenant.yaml"
    watch.after(partial(save, file), "tenants/acme/tenant.yaml")
    assert watch.after(file.unlink, "tenants/acme/tenant.yaml") == {Path("tenants/acme/tenant.yaml")}


def test_what_is_no_source_is_not_told(watch: Watch, tmp_path: Path) -> None:
    def change() -> None:
        for name in ("build/a.yaml", ".varve/written", "docs/a.md", "watch.log", ".git/HEAD", ".git/index.lock"):
            (tmp_path / name).touch()
        os.utime(tmp_path / "build")
        save(tmp_path / "tenants/acme/tenant.yaml")

    assert watch.after(change, "tenants/acme/tenant.yaml") == {Path("tenants/acme/tenant.yaml")}


def test_a_folder_that_is_made_anew_is_watched(watch: Watch, tmp_path: Path) -> None:
    tenants, elsewhere = tmp_path / "tenants", tmp_path / "elsewhere"
    watch.after(partial((tmp_path / "templates/packs").mkdir, parents=True), "templates")
    watch.after(partial(tenants.rename, elsewhere), "tenants")
    watch.after(partial(elsewhere.rename, tenants), "tenants")
    for name in ("tenants/acme/tenant.yaml", "templates/packs/pack.yaml", "varve.yaml") * 2:
        watch.after(partial(save, tmp_path / name), name)


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_what_decides_which_files_are_sources_is_told(name: str, watch: Watch, tmp_path: Path) -> None:
    watch.after((tmp_path / name).touch, name)


def test_artifacts_are_told_to_those_who_ask_for_them(tmp_path: Path) -> None:
    (tmp_path / "build/production").mkdir(parents=True)
    watch = Watch(tmp_path, artifacts=True)
    try:
        watch.after(partial(save, tmp_path / "build/production/a.yaml"), "build/production/a.yaml")
    finally:
        watch.end()


def test_a_while_after_another_index_it_is_told_that_there_may_be_more(tmp_path: Path) -> None:
    (tmp_path / "tenants").mkdir()
    assert shell("git init -q --template=", tmp_path)[0] == 0
    watch = Watch(tmp_path, index=tmp_path / ".git/index")
    try:
        # The first says it too.
        for count in (2, 3):
            watch.wait(lambda told, count=count: told == [frozenset()] * count)  # type: ignore[misc]
            assert shell("git read-tree --empty", tmp_path)[0] == 0
    finally:
        watch.end()


def test_a_repository_that_is_gone_is_watched_no_more(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / "tenants").mkdir(parents=True)
    told = watcher.changes(root, Event())
    assert next(told) == frozenset()
    root.rename(tmp_path / "elsewhere")
    with pytest.raises(watcher.Unwatched, match="is gone"):
        list(told)


def test_a_system_that_watches_no_more_folders_is_no_mistake_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **_options: object) -> NoReturn:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr("watchfiles.watch", refuse)
    with pytest.raises(watcher.Unwatched, match="the system can no longer watch: OS file watch limit reached"):
        next(watcher.changes(tmp_path, Event()))


def test_without_its_library_that_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(ModuleNotFoundError, match=r"install varve with its extra `watch`"):
        watcher.changes(tmp_path, Event())


def test_what_is_saved_above_waits_for_what_is_saved_below_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a system: a folder that is made anew beside a change is not forgotten while that is waited for."""
    above, below = ((), ("varve.yaml", "tenants"), (), ()), ((), (), ("tenants/a.yaml",), ("tenants/b.yaml",))

    def tell(*_: Path, recursive: bool = True, **_options: object) -> Iterator[set[tuple[int, str]]]:
        yield from ({(1, str(tmp_path / path)) for path in paths} for paths in (below if recursive else above))

    monkeypatch.setattr("watchfiles.watch", tell)
    (tmp_path / "tenants").mkdir()
    told = [{path.as_posix() for path in each} for each in islice(watcher.changes(tmp_path, Event()), 3)]
    assert told == [set(), {"varve.yaml", "tenants", "tenants/a.yaml"}, {"tenants"}]


MANY: Final = tuple(f"tenants/{number}.yaml" for number in range(watcher._FEW + 1))  # noqa: SLF001 - one more


@pytest.mark.parametrize(
    ("below", "bursts"),
    [
        ([["tenants/0.yaml"], ["tenants/1.yaml"]], 2),
        ([["tenants/gone.yaml"], ["tenants/0.yaml"]], 1),
        ([["tenants/gone.yaml", "tenants/0.yaml~"], ["tenants/0.yaml"]], 1),
        ([["tenants/gone.yaml", "tenants/0.yaml"], ["tenants/1.yaml"]], 2),
        ([["tenants/gone.yaml"], [], ["tenants/0.yaml"]], 2),
        ([MANY, ["tenants/gone.yaml"]], 1),
        ([MANY[:-1], MANY[-1:]], 2),
    ],
    ids=[
        "a file is told at once",
        "not one that is gone, which may come back",
        "nor where a copy of it is all that is there",
        "but where another one has taken its place",
        "until nothing more has come",
        "nor are many",
        "but a few",
    ],
)
def test_what_may_be_a_part_is_told_with_what_follows(
    below: list[list[str]], bursts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(*_: Path, recursive: bool = True, **_options: object) -> Iterator[set[tuple[int, str]]]:
        yield from ({(1, str(tmp_path / path)) for path in paths if recursive} for paths in ([], *below, []))

    monkeypatch.setattr("watchfiles.watch", tell)
    (tmp_path / "tenants").mkdir()
    for path in (*MANY, "tenants/0.yaml~"):
        (tmp_path / path).touch()
    first, *told = islice(watcher.changes(tmp_path, Event()), 1 + bursts)
    assert first == frozenset()
    assert {path.as_posix() for each in told for path in each} == {path for paths in below for path in paths}
    assert all(told)
