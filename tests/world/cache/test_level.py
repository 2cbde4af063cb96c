"""A level recalls the newest verdicts of a name, each key once, of its own compiler, and no damaged ones."""

import time as clock

import pytest

from tests.world.cache.shelves import Memory
from tests.world.cache.verdicts import COMPILER, OTHER, many, verdict
from varve.model.memory import Remembered
from varve.world.cache import shelf
from varve.world.cache.level import ENTRIES, Level, opened
from varve.world.cache.limits import Limits
from varve.world.cache.seal import OwnSeal
from varve.world.cache.segment import Kept, pack
from varve.world.cache.shelf import Content, Item, in_memory, segment_name

SEAL = OwnSeal(b"k" * 32)
NAME = verdict().name


def put(place: Memory, time: int, *entries: Remembered, compiler: str = COMPILER, seal: OwnSeal = SEAL) -> str:
    data = pack([Kept(each, time) for each in entries], compiler, seal.sign)
    assert data is not None
    name = segment_name(compiler, time, "00000000")
    place.put(name, data)
    return name


def level(place: Memory, compiler: str = COMPILER) -> Level:
    return opened(place, SEAL, compiler, Limits())


def test_the_newest_comes_first_and_each_key_once() -> None:
    place = Memory()
    put(place, 3, verdict(seed="new"))
    put(place, 1, verdict(seed="old"), *many(2))
    put(place, 2, verdict(seed="middle"), verdict(seed="new", body=b"older"))
    assert [*level(place).recall(NAME)] == [verdict(seed=seed) for seed in ("new", "middle", "old")]
    assert [*level(place).recall("unit t1/dev")] == many(2)[1:]
    assert [*level(place).recall("nothing")] == []


def test_at_most_four_verdicts_are_recalled() -> None:
    place = Memory()
    for time in range(1, 8):
        put(place, time, verdict(seed=time))
    found = [*level(place).recall(NAME)]
    assert ENTRIES == 4
    assert found == [verdict(seed=seed) for seed in (7, 6, 5, 4)]


def test_a_compiler_recalls_only_its_own_verdicts() -> None:
    place = Memory()
    put(place, 1, verdict(), compiler=OTHER)
    assert [*level(place).recall(NAME)] == []
    assert [*level(place, OTHER).recall(NAME)] == [verdict()]


def test_the_compiler_in_a_segments_name_is_not_trusted() -> None:
    place = Memory()
    name = put(place, 1, verdict(), compiler=OTHER)
    place.segments[segment_name(COMPILER, 1, "00000000")] = place.segments.pop(name)
    found = level(place)
    assert [*found.recall(NAME)] == []
    assert len(found.damaged) == 1


def test_a_segment_with_another_seal_is_damaged() -> None:
    place = Memory()
    put(place, 2, verdict(seed=2), seal=OwnSeal(b"o" * 32))
    put(place, 1, verdict(seed=1))
    found = level(place)
    assert [*found.recall(NAME)] == [verdict(seed=1)]
    assert [item.time for item in found.damaged] == [2]


def test_a_verdict_in_a_damaged_block_makes_room_for_an_older_one() -> None:
    place = Memory()
    name = put(place, 2, verdict(seed=2))
    put(place, 1, verdict(seed=1))
    place.segments[name] = place.segments[name][:-1] + b"?"
    assert [*level(place).recall(NAME)] == [verdict(seed=1)]


def test_a_level_knows_its_young_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    now, age = clock.time_ns(), 1000 * 10**9
    monkeypatch.setattr(clock, "time_ns", lambda: now)
    place = Memory()
    put(place, now - age // 2, verdict(seed="young"))
    put(place, now - age // 2 - 1, verdict(seed="old"))
    found = opened(place, SEAL, COMPILER, Limits(age=1000))
    assert found.has(NAME, verdict(seed="young").key)
    assert not found.has(NAME, verdict(seed="old").key)
    assert not found.has("nothing", verdict().key)
    assert len([*found.recall(NAME)]) == 2
    assert found.young == {(NAME, verdict(seed="young").key)}


def test_only_the_newest_segments_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST", 2)
    place = Memory()
    for time in (1, 2, 3):
        put(place, time, verdict(seed=time))
    assert [*level(place).recall(NAME)] == [verdict(seed=3), verdict(seed=2)]


def test_all_contents_are_closed_even_if_the_shelf_fails() -> None:
    closed: list[str] = []

    class Refusing(Memory):
        def open(self, item: Item) -> Content | None:
            if item.time == 1:
                raise OSError
            return in_memory(self.segments[item.name])._replace(close=lambda: closed.append(item.name))

    place = Refusing()
    name = put(place, 2, verdict())
    found = level(place)
    found.close()
    found.close()
    assert closed == [name]
    put(place, 1, verdict())
    with pytest.raises(OSError):  # noqa: PT011 - it is the shelf's
        level(place)
    assert closed == [name, name]


def test_a_segment_removed_meanwhile_is_not_damaged() -> None:
    class Forgetful(Memory):
        def open(self, _: Item) -> None:
            return None

    place = Forgetful()
    put(place, 1, verdict())
    assert level(place).damaged == []
