"""Writing to a shelf keeps it within its limits, however often and by whatever compilers it is written."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world.cache.shelves import Memory
from tests.world.cache.verdicts import COMPILER, OTHER, many, verdict
from varve.model.memory import Remembered
from varve.world.cache import keeping
from varve.world.cache.level import opened
from varve.world.cache.limits import Limits
from varve.world.cache.seal import OwnSeal
from varve.world.cache.segment import Kept
from varve.world.cache.signature import Signature

SEAL = OwnSeal(b"k" * 32)
SECOND = 10**9
NOW = 1_800_000_000 * SECOND
LIMITS = Limits(size=1 << 20, age=1000)


def keep(
    place: Memory, now: int, entries: Sequence[Remembered], limits: Limits = LIMITS, compiler: str = COMPILER
) -> None:
    level = opened(place, SEAL, compiler, limits)
    assert keeping.keep(level, [Kept(each, now) for each in entries], now)


def found(place: Memory, name: str, compiler: str = COMPILER) -> list[Remembered]:
    return [*opened(place, SEAL, compiler, LIMITS).recall(name)]


def test_small_segments_are_merged() -> None:
    place = Memory()
    for number in range(20):
        keep(place, NOW + number, [verdict(f"unit {number}/dev")])
    assert len(place.segments) == 1
    assert all(found(place, f"unit {number}/dev") == [verdict(f"unit {number}/dev")] for number in range(20))


def test_a_large_segment_is_left_until_it_would_grow_by_half() -> None:
    place = Memory()
    keep(place, NOW, many(40, size=10_000))
    (large,) = place.segments
    keep(place, NOW + 1, many(3, "again", size=10_000))
    assert large in place.segments
    assert len(place.segments) == 2
    keep(place, NOW + 2, many(20, "anew", size=10_000))
    assert len(place.segments) == 1
    assert found(place, "unit t1/dev") == [many(2, seed, size=10_000)[1] for seed in ("anew", "again", 0)]


def test_the_newest_four_verdicts_of_a_name_are_kept() -> None:
    place = Memory()
    for number in range(7):
        keep(place, NOW + number, [verdict(seed=number)])
    assert found(place, verdict().name) == [verdict(seed=seed) for seed in (6, 5, 4, 3)]
    (segment,) = opened(place, SEAL, COMPILER, LIMITS).segments.values()
    assert len(segment) == 4


def test_expired_verdicts_are_removed() -> None:
    place = Memory()
    keep(place, NOW, [verdict("unit old/dev")])
    keep(place, NOW + 600 * SECOND, [verdict("unit young/dev")])
    keep(place, NOW + 1200 * SECOND, [verdict("unit new/dev")])
    names = [found(place, f"unit {name}/dev") != [] for name in ("old", "young", "new")]
    assert names == [False, True, True]


def test_expired_segments_are_removed() -> None:
    place = Memory()
    keep(place, NOW, many(40, size=10_000))
    keep(place, NOW + 1200 * SECOND, [verdict()])
    assert len(place.segments) == 1


def test_damaged_segments_are_removed() -> None:
    place = Memory()
    keep(place, NOW, many(5))
    (name,) = place.segments
    place.segments[name] = place.segments[name][:100]
    keep(place, NOW + 1, [verdict()])
    assert name not in place.segments
    assert found(place, verdict().name) == [verdict()]


def test_segments_of_other_compilers_are_removed_first_oldest_first() -> None:
    place, limits = Memory(), Limits(size=100_000, age=10**9)
    keep(place, NOW, many(10, size=3000), limits, OTHER)
    keep(place, NOW + 1, many(10, size=4500), limits, "ef" * 32)
    keep(place, NOW + 2, many(10, size=4000), limits)
    assert found(place, "unit t1/dev", OTHER) == []
    assert found(place, "unit t1/dev", "ef" * 32) != []
    keep(place, NOW + 3, many(15, "more", size=4000), limits)
    assert found(place, "unit t1/dev", "ef" * 32) == []
    assert found(place, "unit t1/dev")[0] == many(2, "more", size=4000)[1]


def test_the_oldest_verdicts_are_dropped_to_fit_the_size() -> None:
    place, limits = Memory(), Limits(size=50_000, age=10**9)
    keep(place, NOW, many(25, "old", size=1000), limits)
    keep(place, NOW + 1, many(25, "new", size=1000), limits)
    assert sum(map(len, place.segments.values())) <= 50_000
    fresh = [found(place, f"unit t{number}/dev")[:1] for number in range(25)]
    assert fresh == [[each] for each in many(25, "new", size=1000)]


def test_questions_count_if_there_is_little_room() -> None:
    place, limits = Memory(), Limits(size=20_000, age=10**9)
    wide = [each._replace(questions=(f"{each.name}/{'x' * 3000}",)) for each in many(20)]
    keep(place, NOW, wide, limits)
    (data,) = place.segments.values()
    assert len(data) <= 20_000
    assert 0 < sum(found(place, each.name) == [each] for each in wide) < 20


def test_a_verdict_beyond_the_size_is_not_kept() -> None:
    place = Memory()
    keep(place, NOW, many(3, size=3000), Limits(size=1000))
    assert place.segments == {}
    keep(place, NOW, many(3, size=3000), Limits(size=0))
    assert place.segments == {}


def test_nothing_is_changed_if_nothing_can_be_signed() -> None:
    place = Memory()
    keep(place, NOW, [verdict()])
    before = dict(place.segments)
    unable = opened(place, SEAL, COMPILER, LIMITS)._replace(seal=Signature())
    assert not keeping.keep(unable, [Kept(verdict(seed=1), NOW)], NOW)
    assert place.segments == before


def test_two_simultaneous_writers_lose_nothing() -> None:
    place = Memory()
    keep(place, NOW, [verdict("unit before/dev")])
    one, other = (opened(place, SEAL, COMPILER, LIMITS) for _ in range(2))
    keeping.keep(one, [Kept(verdict("unit one/dev"), NOW + 1)], NOW + 1)
    keeping.keep(other, [Kept(verdict("unit other/dev"), NOW + 1)], NOW + 2)
    names = [f"unit {name}/dev" for name in ("before", "one", "other")]
    assert [found(place, name) for name in names] == [[verdict(name)] for name in names]
    keep(place, NOW + 3, [verdict()])
    assert len(place.segments) == 1
    assert [found(place, name) for name in names] == [[verdict(name)] for name in names]


def test_compacting_merges_all_segments_without_damaged_ones() -> None:
    place = Memory()
    keep(place, NOW, many(40, size=10_000))
    (large,) = place.segments
    keep(place, NOW + 1, [verdict()])
    place.segments[large] = place.segments[large][:-1] + b"?"
    assert keeping.compact(opened(place, SEAL, COMPILER, LIMITS), NOW + 2)
    (segment,) = opened(place, SEAL, COMPILER, LIMITS).segments.values()
    assert segment.broken() == 0
    assert 1 < len(segment) < 41
    keeping.clear(place)
    assert place.segments == {}


@settings(max_examples=25)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8), max_size=8),
    st.sampled_from([3000, 20_000]),
)
def test_the_verdicts_kept_last_are_found(runs: list[list[tuple[int, int]]], size: int) -> None:
    """A model has the keys of each name by the time they were last kept; those found must be the newest of them."""
    place, limits = Memory(), Limits(size=size, age=10**9)
    known: dict[str, list[Remembered]] = {}
    for time, run in enumerate(runs):
        entries = list({(name, seed): verdict(f"unit {name}/dev", seed) for name, seed in run}.values())
        keep(place, NOW + time, entries, limits)
        for each in entries:
            earlier = [other for other in known.get(each.name, []) if other != each]
            known[each.name] = [each, *earlier]
    assert sum(map(len, place.segments.values())) <= size
    for name, expected in known.items():
        given_ = found(place, name)
        assert set(given_) <= set(expected)
        assert len(given_) <= 4
        if size == 20_000:
            assert set(given_) == set(found(place, name))
            assert len(given_) == min(4, len(expected))


@pytest.mark.parametrize("step", ["put", "drop", "items"])
def test_errors_of_a_shelf_are_raised(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Memory()
    keep(place, NOW, [verdict()])
    level = opened(place, SEAL, COMPILER, LIMITS)

    def refuse(*_: object) -> None:
        raise OSError("refused")

    monkeypatch.setattr(place, step, refuse)
    with pytest.raises(OSError, match="refused"):
        keeping.keep(level, [Kept(verdict(seed=1), NOW)], NOW)
    monkeypatch.undo()
    assert verdict() in found(place, verdict().name)
