"""What the disk refuses, with the path that it was refused for."""

from collections.abc import Iterator
from contextlib import contextmanager


class Refusal(Exception):  # noqa: N818 - it is no error of ours
    """Ends what is being written, up to where the refusal is reported."""

    def __init__(self, path: str, error: OSError) -> None:
        """`path` is the file or folder that people know, whatever was being written for its sake."""
        super().__init__(path, error)
        self.path = path
        self.error = error

    def __str__(self) -> str:
        """What a message says of it."""
        return f"`{self.path}` cannot be written: {self.error.strerror or type(self.error).__name__}"


@contextmanager
def about(path: str) -> Iterator[None]:
    """Turn what the operating system refuses in the block into a `Refusal` of `path`."""
    try:
        yield
    except OSError as error:
        raise Refusal(path, error) from error
