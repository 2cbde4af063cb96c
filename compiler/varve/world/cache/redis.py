"""Segments in a Redis server: the one door to its library, which is an extra (`varve[redis]`) and comes late."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from varve.world.cache import shelf
from varve.world.cache.shelf import Content, Item, held

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

SCHEMES: Final = ("redis://", "rediss://", "unix://")

_NAMES: Final = "varve:cache:names"
_SEGMENT: Final = "varve:cache:segment:"
_NONSENSE: Final = "it sent an unexpected answer"
_SECONDS: Final = 0.5
"""How long the server may be silent."""


@dataclass(frozen=True, slots=True)
class Redis:
    """The server at an address, which may hold a password; what is put there stays for so many seconds."""

    url: str
    seconds: int

    def prepare(self) -> None:
        """Load the library, which takes longer than most answers."""
        try:
            import redis  # noqa: F401 - to have it
        except ImportError:
            raise OSError("the library `redis` is missing: install varve with its extra `redis`") from None

    def items(self) -> list[Item]:
        """The newest segments that it has, newest first."""
        with self._asking() as server:
            names: object = server.zrevrange(_NAMES, 0, 4 * shelf.MOST - 1)
            if not isinstance(names, list):
                raise OSError(_NONSENSE)
            known = [name for name in map(_text, names) if shelf.is_name(name)]
            sizes = [server.strlen(_SEGMENT + name) for name in known]
        return shelf.newest(
            [Item(name, size) for name, size in zip(known, sizes, strict=True) if isinstance(size, int) and size > 0]
        )

    def open(self, item: Item) -> Content | None:
        """The bytes of a segment, or None where it is gone."""
        with self._asking() as server:
            # Who may write there may put anything in its place meanwhile; the server cuts it.
            data = server.getrange(_SEGMENT + item.name, 0, item.size)
        return held(data) if isinstance(data, bytes) and data else None

    def put(self, name: str, data: bytes) -> None:
        """Let a segment stand there, for as long as segments do."""
        with self._asking() as server:
            server.set(_SEGMENT + name, data, ex=max(self.seconds, 1))
            server.zadd(_NAMES, {name: Item(name, 0).time // 10**9})

    def drop(self, name: str) -> None:
        """Take a segment away."""
        with self._asking() as server:
            server.delete(_SEGMENT + name)
            server.zrem(_NAMES, name)

    @contextmanager
    def _asking(self) -> "Iterator[redis.Redis]":
        """The server, which is asked once: whatever it says or does not say is an `OSError`."""
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # Version 2 of the protocol is what every server since 2.8 speaks.
        silence = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS}
        try:
            server = redis.Redis.from_url(self.url, protocol=2, retry=Retry(NoBackoff(), 0), **silence)
            # What an address says beside the place is looked at only here; nothing is connected yet.
            server.connection_pool.make_connection()
        except (TypeError, ValueError):
            raise OSError("its address cannot be read") from None
        try:
            with server:
                yield server
        except redis.RedisError as error:
            raise OSError(_words(error)) from None
        except (TypeError, ValueError, RecursionError):
            # Of what is no answer to the question the library makes what it can.
            raise OSError(_NONSENSE) from None


def _words(error: Exception) -> str:
    """What is said of a failure: its kind alone, for the library's own words may hold an address or a password."""
    kind = type(error).__name__
    return {
        "AuthenticationError": "it refuses the password",
        "ConnectionError": "it cannot be reached",
        "TimeoutError": "it did not answer in time",
    }.get(kind, f"it answered with an error ({kind})")


def _text(name: object) -> str:
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)
