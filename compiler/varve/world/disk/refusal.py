"""A failed write, with the path to name in the diagnostic."""

from collections.abc import Iterator
from contextlib import contextmanager


class Refusal(Exception):  # noqa: N818 - not a mistake of varve's
    """The operating system refused an operation that was needed to write `path`."""

    def __init__(self, path: str, error: OSError) -> None:
        """`path` is the file or folder to name to people, even if `error` is about a temporary one."""
        super().__init__(path, error)
        self.path = path
        self.error = error

    def __str__(self) -> str:
        """The text of the diagnostic."""
        return f"`{self.path}` cannot be written: {self.error.strerror or type(self.error).__name__}"


@contextmanager
def about(path: str) -> Iterator[None]:
    """Turn an `OSError` of the block into a `Refusal` of `path`."""
    try:
        yield
    except OSError as error:
        raise Refusal(path, error) from error
