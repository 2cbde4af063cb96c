"""The content of a shelf is counted, and damage is found."""

from pathlib import Path

from tests.world.cache.verdicts import COMPILER, OTHER, keep, many, packs, verdict
from varve.world.cache import opening, survey
from varve.world.cache.survey import Stock
from varve.world.git.repository import Repository


def stock(repository: Repository) -> Stock:
    place = opening.own(repository)
    assert place is not None
    return survey.stock(place, COMPILER)


def damage(repository: Repository) -> list[tuple[str, int | None]]:
    """The damaged segments, each with how many of its verdicts are damaged, or None without a valid seal."""
    place = opening.own(repository)
    assert place is not None
    found = survey.examined(place, whole=True)
    return [
        (each.item.name, each.broken if each.segment else None) for each in found if not each.segment or each.broken
    ]


def test_an_empty_cache_has_nothing(repository: Repository) -> None:
    assert stock(repository) == Stock()
    assert damage(repository) == []


def test_segments_and_verdicts_are_counted(repository: Repository) -> None:
    keep(repository, [verdict(seed=1), *many(3)])
    keep(repository, [verdict(seed=2)])
    keep(repository, [verdict()], compiler=OTHER)
    found = stock(repository)
    assert found[:3] == (2, 5, 4)
    assert found.size == sum(each.stat().st_size for each in packs(repository))
    assert found.times is not None
    assert found.times[0] < found.times[1]
    assert (found.others, found.damaged) == (1, 0)
    assert damage(repository) == []


def _bend(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def test_a_damaged_segment_is_found(repository: Repository) -> None:
    keep(repository, many(3))
    (path,) = packs(repository)
    _bend(path, 50)
    assert stock(repository) == Stock(1, size=path.stat().st_size, damaged=1)
    assert damage(repository) == [(path.name, None)]


def test_damaged_verdicts_are_found_when_everything_is_read(repository: Repository) -> None:
    keep(repository, many(10, size=20_000))
    (path,) = packs(repository)
    _bend(path, -1)
    assert stock(repository).damaged == 0
    ((name, broken),) = damage(repository)
    assert name == path.name
    assert broken is not None
    assert 0 < broken < 10


def test_a_segment_under_the_name_of_another_compiler_is_damaged(repository: Repository) -> None:
    keep(repository, [verdict()], compiler=OTHER)
    (path,) = packs(repository)
    path.rename(path.with_name(COMPILER[:16] + path.name[16:]))
    assert stock(repository).damaged == 1
