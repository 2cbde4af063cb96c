"""The shelf in a Redis server works, and handles every answer that it may get, or none."""

import itertools
import sys
import time
from collections.abc import Iterator

import pytest

from tests.world.cache import resp
from tests.world.cache.verdicts import COMPILER
from varve.world.cache import redis
from varve.world.cache.redis import Redis
from varve.world.cache.shelf import Item, segment_name
from varve.world.cache.time_limit import TimeLimited

NAME = segment_name(COMPILER, 5 * 10**9, "00000000")


def test_segments_expire() -> None:
    with resp.serving() as server:
        Redis(server.url, 60).put(NAME, b"data")
        assert set(server.seconds.values()) == {60}
        assert server.names == {NAME: 5.0}


def test_expired_segments_and_other_keys_are_not_listed() -> None:
    with resp.serving() as server:
        Redis(server.url, 60).put(NAME, b"data")
        server.names |= {segment_name(COMPILER, 7, "00000000"): 9.0, "../../etc/passwd": 8.0, "\u00e9": 7.0}
        assert Redis(server.url, 60).items() == [Item(NAME, 4)]
        server.values.clear()
        assert Redis(server.url, 60).items() == []


def test_a_segment_replaced_by_a_larger_one_is_not_fetched_whole() -> None:
    with resp.serving() as server:
        Redis(server.url, 60).put(NAME, b"x" * 100)
        content = Redis(server.url, 60).open(Item(NAME, 10))
        assert content is not None
        assert content.size == 11


def test_the_password_is_sent_and_never_shown() -> None:
    with resp.serving("pass-word") as server:
        Redis(server.url, 60).put(NAME, b"data")
        assert Redis(server.url, 60).items() == [Item(NAME, 4)]
        wrong = server.url.replace("pass-word", "other-word")
        with pytest.raises(OSError, match="refuses the password") as raised:
            Redis(wrong, 60).items()
        assert "word@" not in str(raised.value)
        with pytest.raises(OSError, match=r"refuses the password|answered with an error"):
            Redis(wrong.replace(":other-word@", ""), 60).items()


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:99999",
        "redis://[",
        "redis://127.0.0.1/?speed=1",
        "redis://127.0.0.1:1",
        "unix:///nowhere/socket",
    ],
)
def test_a_bad_address_is_an_error(url: str) -> None:
    with pytest.raises(OSError, match=r"address|reached"):
        Redis(url, 60).items()


WORDS = {
    "nothing": lambda: iter(()),
    "the end": lambda: iter((b"",)),
    "another protocol": lambda: iter((b"HTTP/1.1 400 Bad Request\r\n\r\n",)),
    "a number that is none": lambda: iter((b"*x\r\n",)),
    "a list of lists": lambda: iter((b"*1\r\n" * 5000,)),
    "an error": lambda: iter((b"-WRONGTYPE no list\r\n" * 9,)),
    "a word for a list": lambda: iter((b"+OK\r\n",)),
    "a number for a list": lambda: iter((b":7\r\n",)),
    "no list": lambda: iter((b"*-1\r\n",)),
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_unexpected_answer_is_an_error(words: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "_SECONDS", 0.1)
    with resp.saying(words) as url, pytest.raises(OSError):  # type: ignore[arg-type]  # noqa: PT011 - its kind is what counts
        Redis(url, 60).items()


def test_a_server_that_answers_slowly_for_ever_times_out() -> None:
    def drops() -> Iterator[bytes]:
        yield b"*9\r\n$99\r\n"
        for _ in itertools.count():
            time.sleep(0.05)
            yield b"x"

    begun = time.monotonic()
    with resp.saying(drops) as url, pytest.raises(TimeoutError):
        TimeLimited(Redis(url, 60), 0.2, 5).items()
    assert time.monotonic() - begun < 3


def test_a_missing_library_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(OSError, match=r"install varve with its extra `redis`"):
        Redis("redis://127.0.0.1:1", 60).prepare()
