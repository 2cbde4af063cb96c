"""The cache as a compile uses it: it recalls what was kept, or nothing, and no failure of it stops a compile."""

import errno
import os
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.world.cache.shelves import Memory
from tests.world.cache.verdicts import COMPILER, FOLDER, OTHER, keep, many, packs, recalled, settings, verdict
from tests.world.disk.test_transaction import _watch
from tests.world.work import codes
from varve.model.diagnostic import Report
from varve.model.memory import Memory as Remembering
from varve.model.memory import Remembered
from varve.world.cache.level import Level, opened
from varve.world.cache.limits import Limits
from varve.world.cache.opening import open_cache
from varve.world.cache.seal import OwnSeal
from varve.world.cache.shelf import in_memory
from varve.world.cache.store import Store
from varve.world.disk import file
from varve.world.git.repository import Repository

NAME = verdict().name


def test_the_next_run_recalls_what_a_run_has_kept(repository: Repository) -> None:
    entries = [*many(20), verdict()]
    assert recalled(repository, [NAME]) == []
    assert codes(keep(repository, entries)) == []
    assert recalled(repository, [each.name for each in entries]) == entries
    assert recalled(repository, ["unit nobody/dev"]) == []


def test_a_store_implements_the_memory_protocol(repository: Repository) -> None:
    with open_cache(repository, lambda: COMPILER, settings(), Report()) as store:
        assert _recalled(store, NAME) == []


def _recalled(memory: Remembering, name: str) -> list[Remembered]:
    return [*memory.recall(name)]


def test_another_compiler_recalls_nothing(repository: Repository) -> None:
    keep(repository, [verdict()])
    assert recalled(repository, [NAME], compiler=OTHER) == []
    keep(repository, [verdict(seed=1)], compiler=OTHER)
    assert recalled(repository, [NAME], compiler=OTHER) == [verdict(seed=1)]
    assert recalled(repository, [NAME]) == [verdict()]


def test_switching_between_branches_still_hits_the_cache(repository: Repository) -> None:
    for seed in (1, 2, 1, 2):
        keep(repository, [verdict(seed=seed)])
    assert set(recalled(repository, [NAME])) == {verdict(seed=1), verdict(seed=2)}


def test_young_verdicts_are_not_written_again(repository: Repository) -> None:
    keep(repository, many(5))
    before = packs(repository)
    keep(repository, many(5))
    keep(repository, [])
    assert packs(repository) == before


def test_verdicts_are_written_again_after_half_of_their_lifetime(repository: Repository) -> None:
    keep(repository, many(5))
    before = packs(repository)
    chosen = settings(age=0)
    keep(repository, many(5), chosen)
    assert packs(repository) != before
    assert recalled(repository, ["unit t1/dev"]) == many(2)[1:]


def test_recalling_young_verdicts_gives_no_older_ones(repository: Repository) -> None:
    keep(repository, [verdict()])
    for age, young in ((30, [verdict()]), (0, [])):
        with open_cache(repository, lambda: COMPILER, settings(age=age), Report()) as store:
            assert [*store.recall_young(NAME)] == young
            assert [*store.recall(NAME)] == [verdict()]


def test_a_run_recalls_its_own_verdicts_and_may_keep_more(repository: Repository) -> None:
    keep(repository, [verdict("unit before/dev")])
    with open_cache(repository, lambda: COMPILER, settings(), Report()) as store:
        store.keep([verdict(seed=1)])
        assert [*store.recall(NAME)] == [verdict(seed=1)]
        store.keep([verdict(seed=2)])
        store.keep([verdict(seed=1), verdict(seed=2)])
        assert [*store.recall(NAME)] == [verdict(seed=2), verdict(seed=1)]
    assert len(packs(repository)) == 1
    assert recalled(repository, ["unit before/dev", NAME])[1:] == [verdict(seed=2), verdict(seed=1)]


def test_a_verdict_that_cannot_be_stored_is_left_out(repository: Repository) -> None:
    assert codes(keep(repository, [verdict(body=b" " * (5 << 20)), *many(2)])) == []
    assert recalled(repository, [NAME, "unit t1/dev"]) == many(2)[1:]


def test_without_settings_there_is_no_cache(repository: Repository) -> None:
    keep(repository, [verdict()])
    with open_cache(repository, lambda: COMPILER, None, Report()) as store:
        assert [*store.recall(NAME)] == []
        store.keep([verdict(seed=1)])
    assert recalled(repository, [NAME]) == [verdict()]


def test_without_room_there_is_no_cache(repository: Repository) -> None:
    assert codes(keep(repository, [verdict()], settings(size=0))) == []
    assert not (repository.root / ".varve").exists()


def test_every_file_is_closed_afterwards(repository: Repository) -> None:
    keep(repository, many(40, size=10_000))
    keep(repository, [verdict()])
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - only their number counts
    recalled(repository, [NAME])
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above


# Faults of the disk


def emptied(root: Path) -> None:
    for each in (root / FOLDER).iterdir():
        each.unlink()


def cut(root: Path) -> None:
    for each in (root / FOLDER).glob("*.pack"):
        os.truncate(each, each.stat().st_size // 2)


def swapped(root: Path) -> None:
    for each in (root / FOLDER).glob("*.pack"):
        data = each.read_bytes()
        each.unlink()
        each.write_bytes(data[::-1])


def replaced(root: Path) -> None:
    emptied(root)
    (root / FOLDER).rmdir()
    (root / FOLDER).write_text("a file")


def led_away(root: Path) -> None:
    (root / FOLDER).rename(root / "elsewhere")
    (root / FOLDER).symlink_to(root / "elsewhere")


def without_secret(root: Path) -> None:
    (root / ".git/varve/cache-key").unlink()


@pytest.mark.parametrize("damage", [emptied, cut, swapped, replaced, led_away, without_secret])
def test_damage_is_only_a_cache_miss(repository: Repository, damage: Callable[[Path], None]) -> None:
    keep(repository, [verdict(), *many(3)])
    damage(repository.root)
    assert recalled(repository, [NAME, "unit t1/dev"]) == []
    assert codes(keep(repository, [verdict(seed=1)])) == []
    assert set(recalled(repository, [NAME])) <= {verdict(seed=1)}


@pytest.mark.parametrize("step", ["create_private", "move", "make_private", "inside", "names", "remove"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
def test_errors_of_the_disk_are_ignored(
    repository: Repository, step: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(repository, [verdict()])

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(file, step, refuse)
        assert codes(keep(repository, [verdict(seed=1)])) == []
        assert set(recalled(repository, [NAME])) <= {verdict(), verdict(seed=1)}
    assert verdict() in recalled(repository, [NAME])


def test_a_run_killed_at_any_change_leaves_only_complete_verdicts(tmp_path: Path) -> None:
    from tests.world.cache import verdicts

    ends = set()
    for number in range(1, 40):
        repository = verdicts.place(tmp_path / str(number))
        keep(repository, [verdict(), *many(2)])
        code = _killed(repository, number)
        ends.add(code)
        found = recalled(repository, [NAME])
        assert found in ([verdict()], [verdict(seed=1), verdict()]), number
        keep(repository, [verdict(seed=2)])
        assert recalled(repository, [NAME])[0] == verdict(seed=2), number
        if code == 0:
            break
    assert ends == {0, 9}


def _killed(repository: Repository, number: int) -> int:
    count = 0

    def reached(_: object) -> None:
        nonlocal count
        count += 1
        if count == number:
            os._exit(9)

    def work() -> int:
        _watch(reached)
        keep(repository, [verdict(seed=1)])
        return 0

    return _ended(work)


def test_simultaneous_readers_and_writers_find_only_complete_verdicts(repository: Repository) -> None:
    """Several processes keep verdicts of their own, and meanwhile read those of all."""
    keep(repository, many(3, "first"))

    def mine(me: int, turn: int) -> Remembered:
        return verdict(f"unit p{me}/dev", turn, body=bytes([me]) * (turn * 37_000 + me))

    def work(me: int) -> int:
        for turn in range(6):
            keep(repository, [mine(me, turn)])
            for other in range(4):
                for found in recalled(repository, [f"unit p{other}/dev"]):
                    if found not in [mine(other, seed) for seed in range(6)]:
                        return 1
        return 0 if recalled(repository, [f"unit p{me}/dev"])[:1] == [mine(me, 5)] else 2

    children = [_started(partial(work, me)) for me in range(4)]
    assert [_waited(child) for child in children] == [0, 0, 0, 0]
    assert recalled(repository, ["unit t1/dev"]) == [many(2, "first")[1]]


def _ended(work: Callable[[], int]) -> int:
    return _waited(_started(work))


def _waited(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _started(work: Callable[[], int]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other tests may have left a thread behind
        child = os.fork()
    if child == 0:
        code = 99
        try:
            code = work()
        finally:
            os._exit(code)
    return child


# Two levels

SEAL = OwnSeal(b"k" * 32)


def level(place: Memory) -> Level:
    return opened(place, SEAL, COMPILER, Limits())


def two(own: Memory, shared: Memory, *, writes: bool = True) -> Store:
    return Store(Report(), lambda: level(own), lambda: level(shared), writes=writes)


def test_the_shared_level_provides_what_the_own_one_lacks() -> None:
    own, shared = Memory(), Memory()
    two(Memory(), shared).keep([verdict(seed=1), *many(2)])
    two(own, Memory()).keep([verdict(seed=2)])
    store = two(own, shared)
    assert [*store.recall(NAME)] == [verdict(seed=2), verdict(seed=1)]
    assert [*store.recall("unit t1/dev")] == many(2)[1:]


def test_a_verdict_in_both_levels_is_recalled_once() -> None:
    own, shared = Memory(), Memory()
    two(own, shared).keep([verdict()])
    assert (len(own.segments), len(shared.segments)) == (1, 1)
    assert [*two(own, shared).recall(NAME)] == [verdict()]


def test_the_shared_level_is_asked_only_for_what_the_own_one_lacks() -> None:
    own, shared = Memory(), Memory(refuses=OSError("nobody may ask"))
    two(own, Memory()).keep([verdict()])
    store = two(own, shared)
    assert next(store.recall(NAME)) == verdict()
    assert codes(store.report) == []
    assert next(store.recall("unit t1/dev"), None) is None
    assert codes(store.report) == [("world/no-shared-cache", "")]


def test_the_shared_level_is_not_opened_only_to_write_without_a_key() -> None:
    own, shared = Memory(), Memory(refuses=OSError("nobody may ask"))
    store = two(own, shared, writes=False)
    store.keep([verdict()])
    assert codes(store.report) == []
    assert len(own.segments) == 1


def test_a_failing_shared_level_is_opened_once_and_reported_once() -> None:
    attempts = []

    def further() -> Level:
        attempts.append(1)
        raise TimeoutError

    store = Store(Report(), lambda: level(Memory()), further, writes=True)
    for name in (NAME, "unit t1/dev"):
        assert [*store.recall(name)] == []
    store.keep([verdict()])
    store.close()
    assert attempts == [1]
    assert [each.message for each in store.report] == [
        "the shared cache cannot be used: it did not answer in time",
    ]


def test_a_shared_level_that_cannot_be_written_is_a_warning() -> None:
    shared = Memory()
    store = two(Memory(), shared)
    assert [*store.recall(NAME)] == []
    shared.refuses = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    store.keep([verdict()])
    assert [each.message for each in store.report] == ["the shared cache cannot be used: No space left on device"]


def test_a_key_that_signs_nothing_is_a_warning() -> None:
    from varve.world.cache.signature import Signature

    store = Store(Report(), None, lambda: opened(Memory(), Signature(), COMPILER, Limits()), writes=True)
    store.keep([verdict()])
    assert codes(store.report) == [("world/no-shared-cache", "")]


def test_all_levels_are_closed() -> None:
    closed: list[str] = []
    store = two(Memory(), Memory())
    assert [*store.recall(NAME)] == []
    for name, each in (("own", store.local), ("shared", store.shared)):
        assert each is not None
        each.contents.append(in_memory(b"")._replace(close=partial(closed.append, name)))
    store.close()
    assert closed == ["own", "shared"]
