"""Every change of a source on disk is reported, however it is saved."""

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
    """A watch in another thread that collects the reported batches."""

    def __init__(self, root: Path, **options: Any) -> None:  # noqa: ANN401 - what is asked for
        self._stop, self._more = Event(), Event()
        self._told: list[frozenset[Path]] = []
        self._thread = Thread(target=self._listen, args=(watcher.changes(root, self._stop, **options),))
        self._thread.start()
        self.wait(bool)

    def _listen(self, changes: Iterator[frozenset[Path]]) -> None:
        for each in changes:
            self._told.append(each)
            self._more.set()

    def wait(self, enough: Callable[[list[frozenset[Path]]], bool]) -> None:
        """Wait until the batches satisfy `enough`."""
        while not enough(self._told):
            assert self._more.wait(SECONDS), self._told
            self._more.clear()

    def after(self, change: Callable[[], object], *paths: str) -> set[Path]:
        """What is reported after a change, as soon as all these paths, or folders above them, have been."""
        before = len(self._told)
        change()
        wanted = [{Path(path), *Path(path).parents} for path in paths]
        self.wait(lambda batches: all(any(each & some for some in batches[before:]) for each in wanted))
        return {path for some in self._told[before:] for path in some}

    def end(self) -> None:
        """End the watch."""
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


def test_the_first_batch_is_empty(watch: Watch) -> None:
    watch.wait(lambda batches: batches == [frozenset()])


def save(path: Path) -> None:
    path.write_text("owner: shop\n")


def swap(path: Path) -> None:
    """Save as editors do: write another file, and move it to the name."""
    copy = path.with_name(path.name + "~")
    copy.write_text("owner: shop\n")
    copy.replace(path)


@pytest.mark.parametrize("way", [save, swap])
@pytest.mark.parametrize("name", ["varve.yaml", "tenants/acme/tenant.yaml", "environments/tiers/gold.yaml"])
def test_a_saved_file_is_reported(name: str, way: Callable[[Path], None], watch: Watch, tmp_path: Path) -> None:
    watch.after((tmp_path / "environments/tiers").mkdir, "environments/tiers")
    for _ in range(3):
        assert Path(name) in watch.after(partial(way, tmp_path / name), name)


def test_an_editors_copy_is_reported_with_the_file(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "tenants/acme/.tenant.yaml.swp").touch()
    batches = watch.after(partial(save, tmp_path / "tenants/acme/tenant.yaml"), "tenants/acme/tenant.yaml")
    assert batches == {Path("tenants/acme/tenant.yaml"), Path("tenants/acme/.tenant.yaml.swp")}


def test_a_removed_copy_is_reported_by_itself(watch: Watch, tmp_path: Path) -> None:
    link = tmp_path / "tenants/acme/.#tenant.yaml"
    link.symlink_to("ada@shop")
    watch.after(partial(save, tmp_path / "tenants/acme/tenant.yaml"), "tenants/acme/tenant.yaml")
    assert watch.after(link.unlink, "tenants/acme/.#tenant.yaml") == {Path("tenants/acme/.#tenant.yaml")}


def test_a_name_that_is_not_utf8_does_not_end_the_watch(watch: Watch, tmp_path: Path) -> None:
    for change in (Path.touch, Path.unlink):
        watch.after(partial(change, tmp_path / os.fsdecode(b"tenants/acme/\xff.yaml")), "tenants")
        watch.after(partial(save, tmp_path / "tenants/acme/tenant.yaml"), "tenants/acme/tenant.yaml")


@pytest.mark.parametrize("target", ["../../", "../../tenants", "../beta"])
def test_the_target_of_a_link_is_reported_under_its_real_path_even_when_the_link_is_gone(
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


def test_an_empty_batch_follows_after_a_change(watch: Watch, tmp_path: Path) -> None:
    watch.after(partial(save, tmp_path / "tenants/acme/tenant.yaml"), "tenants/acme/tenant.yaml")
    watch.wait(lambda batches: batches[-1] == frozenset() and len(batches) > 1)


def test_a_removed_file_is_reported(watch: Watch, tmp_path: Path) -> None:
    file = tmp_path / "tenants/acme/tenant.yaml"
    watch.after(partial(save, file), "tenants/acme/tenant.yaml")
    assert watch.after(file.unlink, "tenants/acme/tenant.yaml") == {Path("tenants/acme/tenant.yaml")}


def test_other_files_are_not_reported(watch: Watch, tmp_path: Path) -> None:
    def change() -> None:
        for name in ("build/a.yaml", ".varve/written", "docs/a.md", "watch.log", ".git/HEAD", ".git/index.lock"):
            (tmp_path / name).touch()
        os.utime(tmp_path / "build")
        save(tmp_path / "tenants/acme/tenant.yaml")

    assert watch.after(change, "tenants/acme/tenant.yaml") == {Path("tenants/acme/tenant.yaml")}


def test_a_replaced_folder_is_watched(watch: Watch, tmp_path: Path) -> None:
    tenants, elsewhere = tmp_path / "tenants", tmp_path / "elsewhere"
    watch.after(partial((tmp_path / "templates/packs").mkdir, parents=True), "templates")
    watch.after(partial(tenants.rename, elsewhere), "tenants")
    watch.after(partial(elsewhere.rename, tenants), "tenants")
    for name in ("tenants/acme/tenant.yaml", "templates/packs/pack.yaml", "varve.yaml") * 2:
        watch.after(partial(save, tmp_path / name), name)


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes"])
def test_git_files_in_the_root_are_reported(name: str, watch: Watch, tmp_path: Path) -> None:
    watch.after((tmp_path / name).touch, name)


def test_artifacts_are_reported_on_request(tmp_path: Path) -> None:
    (tmp_path / "build/production").mkdir(parents=True)
    watch = Watch(tmp_path, artifacts=True)
    try:
        watch.after(partial(save, tmp_path / "build/production/a.yaml"), "build/production/a.yaml")
    finally:
        watch.end()


def test_an_empty_batch_follows_after_a_change_of_the_index(tmp_path: Path) -> None:
    (tmp_path / "tenants").mkdir()
    assert shell("git init -q --template=", tmp_path)[0] == 0
    watch = Watch(tmp_path, index=tmp_path / ".git/index")
    try:
        # The first says it too.
        for count in (2, 3):
            watch.wait(lambda batches, count=count: batches == [frozenset()] * count)  # type: ignore[misc]
            assert shell("git read-tree --empty", tmp_path)[0] == 0
    finally:
        watch.end()


def test_a_deleted_repository_ends_the_watch(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / "tenants").mkdir(parents=True)
    batches = watcher.changes(root, Event())
    assert next(batches) == frozenset()
    root.rename(tmp_path / "elsewhere")
    with pytest.raises(watcher.Unwatched, match="is gone"):
        list(batches)


def test_a_system_that_cannot_watch_more_folders_ends_the_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **_options: object) -> NoReturn:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr("watchfiles.watch", refuse)
    with pytest.raises(watcher.Unwatched, match="the system can no longer watch: OS file watch limit reached"):
        next(watcher.changes(tmp_path, Event()))


def test_a_missing_library_is_reported_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(ModuleNotFoundError, match=r"install varve with its extra `watch`"):
        watcher.changes(tmp_path, Event())


def test_a_change_in_the_root_waits_for_changes_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With simulated events: a folder that is replaced together with a change is not forgotten."""
    above, below = ((), ("varve.yaml", "tenants"), (), ()), ((), (), ("tenants/a.yaml",), ("tenants/b.yaml",))

    def tell(*_: Path, recursive: bool = True, **_options: object) -> Iterator[set[tuple[int, str]]]:
        yield from ({(1, str(tmp_path / path)) for path in paths} for paths in (below if recursive else above))

    monkeypatch.setattr("watchfiles.watch", tell)
    (tmp_path / "tenants").mkdir()
    batches = [{path.as_posix() for path in each} for each in islice(watcher.changes(tmp_path, Event()), 3)]
    assert batches == [set(), {"varve.yaml", "tenants", "tenants/a.yaml"}, {"tenants"}]


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
        "a file is reported at once",
        "not one that is gone, which may come back",
        "nor where a copy of it is all that is there",
        "but where another one has taken its place",
        "until nothing more has come",
        "nor are many",
        "but a few",
    ],
)
def test_an_incomplete_change_is_reported_with_what_follows(
    below: list[list[str]], bursts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(*_: Path, recursive: bool = True, **_options: object) -> Iterator[set[tuple[int, str]]]:
        yield from ({(1, str(tmp_path / path)) for path in paths if recursive} for paths in ([], *below, []))

    monkeypatch.setattr("watchfiles.watch", tell)
    (tmp_path / "tenants").mkdir()
    for path in (*MANY, "tenants/0.yaml~"):
        (tmp_path / path).touch()
    first, *batches = islice(watcher.changes(tmp_path, Event()), 1 + bursts)
    assert first == frozenset()
    assert {path.as_posix() for each in batches for path in each} == {path for paths in below for path in paths}
    assert all(batches)
