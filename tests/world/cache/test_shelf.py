"""Every shelf contains exactly the segments that were put there and not dropped."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.world.cache import resp
from tests.world.cache.shelves import Memory
from varve.world.cache import shelf
from varve.world.cache.folder import Folder
from varve.world.cache.redis import Redis
from varve.world.cache.shelf import Item, Shelf, is_name, segment_name
from varve.world.cache.time_limit import TimeLimited

OLD, NEW, OTHER = (
    segment_name("ab" * 32, 5, "00000001"),
    segment_name("ab" * 32, 300, "00000000"),
    segment_name("cd" * 32, 7, "00000000"),
)


@contextmanager
def own(folder: Path) -> Iterator[Shelf]:
    yield Folder(folder, ".varve/cache", own=True)


@contextmanager
def mounted(folder: Path) -> Iterator[Shelf]:
    yield TimeLimited(Folder(folder), 60, 60)


@contextmanager
def remote(_: Path) -> Iterator[Shelf]:
    with resp.serving() as server:
        yield Redis(server.url, 60)
        assert server.refused == []


@contextmanager
def in_memory(_: Path) -> Iterator[Shelf]:
    yield Memory()


@pytest.fixture(params=[own, mounted, remote, in_memory], ids=lambda each: each.__name__)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    make: Callable[[Path], AbstractContextManager[Shelf]] = request.param
    with make(tmp_path) as made:
        yield made


def test_segments_are_listed_newest_first_until_they_are_dropped(place: Shelf) -> None:
    assert place.items() == []
    for name, data in ((OLD, b"old"), (NEW, b"newer"), (OTHER, b"another's")):
        place.put(name, data)
    assert place.items() == [Item(NEW, 5), Item(OTHER, 9), Item(OLD, 3)]
    place.drop(OTHER)
    place.drop(OTHER)
    assert [item.name for item in place.items()] == [NEW, OLD]


def test_a_segment_is_read_part_by_part_even_if_it_is_dropped_meanwhile(place: Shelf) -> None:
    place.put(NEW, b"0123456789")
    (item,) = place.items()
    content = place.open(item)
    assert content is not None
    place.drop(NEW)
    assert (content.size, content.read(2, 3), content.read(8, 9)) == (10, b"234", b"89")
    content.close()
    assert place.open(item) is None


def test_a_segment_replaces_one_of_the_same_name(place: Shelf) -> None:
    place.put(NEW, b"one")
    place.put(NEW, b"another")
    assert place.items() == [Item(NEW, 7)]


def test_a_name_contains_compiler_and_time() -> None:
    item = Item(segment_name("ab" * 32, 1_800_000_000_000_000_000, "0a1b2c3d"), 1)
    assert item.time == 1_800_000_000_000_000_000
    assert item.is_of("ab" * 32)
    assert not item.is_of("cd" * 32)
    assert is_name(item.name)


@pytest.mark.parametrize(
    "name", ["", "x.pack", "../" + NEW, NEW + "\n", NEW.upper(), NEW[:-5], f"new-{5:016x}-00000000"]
)
def test_other_names_are_no_names_of_segments(name: str) -> None:
    assert not is_name(name)


def test_segments_of_the_same_time_have_a_stable_order() -> None:
    items = [Item(segment_name("ab" * 32, 5, f"0000000{number}"), 1) for number in range(4)]
    assert shelf.newest(items) == shelf.newest(items[::-1])
