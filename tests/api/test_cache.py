"""The contents of a cache are counted and verified, and space is freed; a build goes on in any case."""

import errno
import json
import os
from pathlib import Path

import pytest

from tests.world.cache import signing, verdicts
from tests.world.cache.conftest import unhurried
from tests.world.cache.signing import writing
from tests.world.cache.verdicts import COMPILER, OTHER, keep, many, packs, recalled, settings, verdict
from varve.api import cache
from varve.api.cache import Stocked
from varve.api.findings import NO_FINDINGS, Result
from varve.world.cache.limits import Limits
from varve.world.cache.settings import Settings, Shared
from varve.world.cache.survey import Stock
from varve.world.disk import file
from varve.world.git.repository import Repository
from varve.world.package import digest

__all__ = ("unhurried",)

SECOND = 10**9


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository, and a compiler with the digest `COMPILER`."""
    monkeypatch.setattr(digest, "remembered", lambda _: COMPILER)
    return verdicts.place(tmp_path / "repository")


def bend(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def codes(found: Result) -> list[str]:
    return [each.rule.code for each in found.diagnostics]


def test_an_empty_cache_has_a_row(place: Repository) -> None:
    found = cache.stats(place, Settings())
    assert found.sound
    assert found.stocks == {"own": Stock()}
    assert found.text() == found.table
    assert found.table.splitlines()[1].split() == ["own", "0", "0", "0", "0", "-", "-", "0", "0"]
    assert cache.verify(place, Settings()).summary == "nothing is damaged in 0 segments"
    assert cache.prune(place, Limits()).text() == "0 segments of 0 bytes before, 0 segments of 0 bytes now\n"


def test_both_caches_are_counted(place: Repository, tmp_path: Path) -> None:
    chosen = settings(shared=writing(tmp_path, signing.signers(tmp_path)))
    keep(place, many(3), chosen)
    keep(place, many(2), compiler=OTHER)
    found = cache.stats(place, chosen)
    assert found.sound
    assert [(name, stock[:3], stock.others) for name, stock in found.stocks.items()] == [
        ("own", (2, 3, 3), 1),
        ("shared", (1, 3, 3), 0),
    ]
    assert cache.verify(place, chosen).summary == "nothing is damaged in 3 segments"


def test_ages_are_said_in_words_and_in_seconds() -> None:
    now = 10**18
    ages = {"a": (0, 5), "b": (119, 120), "c": (3600, 86_399), "d": (86_400, 3 * 86_400), "e": (-5, 59)}
    stocks = {name: Stock(times=(now - old * SECOND, now - young * SECOND)) for name, (young, old) in ages.items()}
    found = Stocked(NO_FINDINGS, COMPILER, stocks, now)
    rows = [line.split("  ") for line in found.table.splitlines()[1:]]
    assert [[cell.strip() for cell in row if cell.strip()][5:7] for row in rows] == [
        ["5 s", "0 s"],
        ["2 min", "1 min"],
        ["23 h", "1 h"],
        ["3 d", "1 d"],
        ["59 s", "0 s"],
    ]
    document = json.loads(found.json())
    assert document["compiler"] == COMPILER
    assert document["caches"]["d"]["times"] == {"oldest": 3 * 86_400, "newest": 86_400}


def test_damage_is_reported_with_its_place_and_pruned(place: Repository) -> None:
    keep(place, many(40, size=10_000))
    (large,) = packs(place)
    bend(large, -1)
    keep(place, [verdict()])
    small = next(path for path in packs(place) if path != large)
    bend(small, 40)
    found = cache.verify(place, Settings())
    assert codes(found) == ["world/damaged-cache"] * 2
    assert found.summary == ""
    assert {each.place.file for each in found.diagnostics if each.place} == {
        f".varve/cache/{path.name}" for path in (large, small)
    }
    assert cache.stats(place, Settings()).stocks["own"].damaged == 1
    pruned = cache.prune(place, Limits())
    assert (pruned.before[0], pruned.after[0]) == (2, 1)
    assert cache.verify(place, Settings()).sound
    assert recalled(place, ["unit t1/dev"]) == [many(2, size=10_000)[1]]


def test_damage_of_another_compilers_verdicts_is_pruned_too(place: Repository) -> None:
    keep(place, many(3), compiler=OTHER)
    keep(place, many(3))
    (other,) = [path for path in packs(place) if path.name.startswith(OTHER[:16])]
    bend(other, -1)
    assert codes(cache.verify(place, Settings())) == ["world/damaged-cache"]
    assert cache.prune(place, Limits()).after[0] == 1
    assert recalled(place, ["unit t1/dev"]) == many(2)[1:]


def test_space_is_freed_by_size_and_by_age(place: Repository) -> None:
    for compiler in (COMPILER, OTHER):
        keep(place, many(40, size=10_000), compiler=compiler)
    assert cache.prune(place, Limits(size=200_000)).after[1] <= 200_000
    assert len(recalled(place, [each.name for each in many(40)])) > 10
    assert recalled(place, ["unit t1/dev"], compiler=OTHER) == []
    assert cache.prune(place, Limits(age=0)).after == (0, 0)


def test_the_cache_can_be_emptied(place: Repository) -> None:
    keep(place, many(3))
    keep(place, many(3), compiler=OTHER)
    pruned = cache.prune(place, Limits(), everything=True)
    assert (pruned.before[0], pruned.after) == (2, (0, 0))
    assert [path.name for path in (place.root / ".varve/cache").iterdir()] == [".gitignore"]


def test_a_disk_error_is_reported(place: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(place, many(3))

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(file, "remove", refuse)
    pruned = cache.prune(place, Limits(), everything=True)
    assert codes(pruned) == ["world/cannot-write"]
    assert pruned.summary == ""


def test_an_unreadable_cache_is_reported(place: Repository) -> None:
    (place.root / ".varve").mkdir()
    (place.root / ".varve/cache").symlink_to(place.root)
    for found in (cache.stats(place, Settings()), cache.verify(place, Settings())):
        assert codes(found) == ["world/damaged-cache"]
        assert "`.varve/cache` cannot be read: " in found.diagnostics[0].message
    assert codes(cache.prune(place, Limits())) == ["world/cannot-write"]


def test_a_shared_cache_that_does_not_answer_is_a_warning(place: Repository, tmp_path: Path) -> None:
    chosen = settings(shared=Shared("/nowhere/at/all", signing.signers(tmp_path).file))
    for found in (cache.stats(place, chosen), cache.verify(place, chosen)):
        assert found.sound
        assert codes(found) == ["world/no-shared-cache"]


def test_an_unsigned_segment_of_a_shared_cache_is_named(place: Repository, tmp_path: Path) -> None:
    chosen = settings(shared=writing(tmp_path, signing.signers(tmp_path)))
    keep(place, many(3), chosen)
    (path,) = tmp_path.glob("*.pack")
    bend(path, 60)
    (found,) = cache.verify(place, chosen).diagnostics
    assert found.message == f"`{path.name}` is damaged, or not signed by a trusted signer"
    assert (found.place, found.hint) == (None, "remove it there: its results are computed again")
