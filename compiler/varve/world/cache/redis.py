"""A shelf in a Redis server: the one door to the library, which is an extra (`varve[redis]`) and is imported late."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from varve.world.cache import shelf
from varve.world.cache.shelf import Content, Item, in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

SCHEMES: Final = ("redis://", "rediss://", "unix://")

_NAMES: Final = "varve:cache:names"
_SEGMENT: Final = "varve:cache:segment:"
_UNEXPECTED: Final = "it sent an unexpected answer"
_SECONDS: Final = 0.5
"""The time-out, in seconds, for connecting and for each answer."""


@dataclass(frozen=True, slots=True)
class Redis:
    """The server at a URL, which may contain a password; a segment there expires after `seconds`."""

    url: str
    seconds: int

    def prepare(self) -> None:
        """Import the library, which takes longer than most requests; raises `OSError` if it is missing."""
        try:
            import redis  # noqa: F401 - only to load it
        except ImportError:
            raise OSError("the library `redis` is missing: install varve with its extra `redis`") from None

    def items(self) -> list[Item]:
        """The newest segments on the server, newest first."""
        with self._connection() as server:
            names: object = server.zrevrange(_NAMES, 0, 4 * shelf.MOST - 1)
            if not isinstance(names, list):
                raise OSError(_UNEXPECTED)
            known = [name for name in map(_text, names) if shelf.is_name(name)]
            sizes = [server.strlen(_SEGMENT + name) for name in known]
        return shelf.newest(
            [Item(name, size) for name, size in zip(known, sizes, strict=True) if isinstance(size, int) and size > 0]
        )

    def open(self, item: Item) -> Content | None:
        """The content of a segment, or None if it is gone."""
        with self._connection() as server:
            # Somebody may have replaced it by something larger meanwhile, so the server is asked only for this much.
            data = server.getrange(_SEGMENT + item.name, 0, item.size)
        return in_memory(data) if isinstance(data, bytes) and data else None

    def put(self, name: str, data: bytes) -> None:
        """Write a segment, which expires after `seconds`."""
        with self._connection() as server:
            server.set(_SEGMENT + name, data, ex=max(self.seconds, 1))
            server.zadd(_NAMES, {name: Item(name, 0).time // 10**9})

    def drop(self, name: str) -> None:
        """Remove a segment."""
        with self._connection() as server:
            server.delete(_SEGMENT + name)
            server.zrem(_NAMES, name)

    @contextmanager
    def _connection(self) -> "Iterator[redis.Redis]":
        """The server, without retries; every failure in the block is raised as an `OSError`."""
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # Every server since 2.8 supports version 2 of the protocol.
        silence = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS}
        try:
            server = redis.Redis.from_url(self.url, protocol=2, retry=Retry(NoBackoff(), 0), **silence)
            # This checks the options in the URL, which `from_url` does not; nothing is connected yet.
            server.connection_pool.make_connection()
        except (TypeError, ValueError):
            raise OSError("its address cannot be read") from None
        try:
            with server:
                yield server
        except redis.RedisError as error:
            raise OSError(_description(error)) from None
        except (TypeError, ValueError, RecursionError):
            # The library raises these for answers of an unexpected form.
            raise OSError(_UNEXPECTED) from None


def _description(error: Exception) -> str:
    """A failure described by its kind alone, because the library's message may contain an address or a password."""
    kind = type(error).__name__
    return {
        "AuthenticationError": "it refuses the password",
        "ConnectionError": "it cannot be reached",
        "TimeoutError": "it did not answer in time",
    }.get(kind, f"it answered with an error ({kind})")


def _text(name: object) -> str:
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)
