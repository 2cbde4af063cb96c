import threading
import time
from collections.abc import Iterator

import pytest

from tests.world.cache.shelves import Memory
from varve.world.cache import time_limit
from varve.world.cache.shelf import Item, in_memory, segment_name
from varve.world.cache.time_limit import TimeLimited, within

NAME = segment_name("ab" * 32, 1, "00000000")


@pytest.fixture
def for_ever() -> Iterator[threading.Event]:
    """Something to wait for until the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_a_result_in_time_is_returned() -> None:
    assert within(5, lambda: 7) == 7


def test_an_exception_is_raised_in_the_waiting_thread() -> None:
    def refuse() -> None:
        raise PermissionError("no")

    with pytest.raises(PermissionError, match="no"):
        within(5, refuse)


def test_a_call_that_hangs_times_out(for_ever: threading.Event) -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        within(0.05, for_ever.wait)
    assert time.monotonic() - begun < 2
    with pytest.raises(TimeoutError):
        within(0, lambda: 7)


def test_a_time_limited_shelf_behaves_like_the_shelf() -> None:
    shelf = TimeLimited(Memory(), 5, 5)
    shelf.put(NAME, b"data")
    (item,) = shelf.items()
    content = shelf.open(item)
    assert content is not None
    assert content.read(1, 2) == b"at"
    shelf.drop(NAME)
    assert shelf.items() == []
    assert shelf.open(item) is None


def test_all_calls_share_one_time_limit() -> None:
    class Slow(Memory):
        def open(self, _: Item) -> None:
            time.sleep(0.06)

    shelf = TimeLimited(Slow(), 5, 0.1)
    shelf.open(Item(NAME, 1))
    with pytest.raises(TimeoutError):
        shelf.open(Item(NAME, 1))
    with pytest.raises(TimeoutError):
        shelf.put(NAME, b"")


def test_listing_has_its_own_time_limit(for_ever: threading.Event) -> None:
    class Stuck(Memory):
        def items(self) -> list[Item]:
            for_ever.wait()
            return []

    with pytest.raises(TimeoutError):
        TimeLimited(Stuck(), 0.05, 5).items()


USUAL = time_limit.ANSWER, time_limit.RUN


def test_the_time_limits_are_short() -> None:
    answer, run = USUAL
    assert answer <= 0.5
    assert run <= 5


def test_preparing_does_not_count_as_time_of_the_shelf() -> None:
    class Heavy(Memory):
        def prepare(self) -> None:
            time.sleep(0.06)

    shelf = TimeLimited(Heavy(), 0.05, 0.05)
    shelf.prepare()
    assert shelf.left == 0.05


def test_content_in_memory_is_read_part_by_part() -> None:
    content = in_memory(b"abc")
    assert (content.size, content.read(1, 9), content.read(5, 1)) == (3, b"bc", b"")
    content.close()
