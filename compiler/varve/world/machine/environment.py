"""What the machine around varve says: the terminal, the CI host."""

import contextlib
import errno
import os
import shutil
from typing import Final, Literal, NamedTuple, TextIO

_WIDTH: Final = 100
_NARROWEST: Final = 40
_FULL: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class Terminal(NamedTuple):
    """How a stream shows text: `width` in columns, and whether in `colour`."""

    width: int
    colour: bool


def terminal(stream: TextIO | None) -> Terminal:
    """What `stream` can show: `NO_COLOR` forbids colour, `FORCE_COLOR` wants it also where there is no terminal."""
    live = stream is not None and not stream.closed and stream.isatty()
    dumb = os.environ.get("TERM") == "dumb"
    wanted = (live and not dumb) or bool(os.environ.get("FORCE_COLOR"))
    columns = shutil.get_terminal_size((_WIDTH, 24)).columns if live else _WIDTH
    return Terminal(max(columns, _NARROWEST), wanted and not os.environ.get("NO_COLOR"))


def refusal(error: Exception) -> str:
    """Why a stream took nothing more, where that is what `error` says, else nothing.

    What writes files tells itself why the disk refuses one, so these errors are left to streams.
    """
    if isinstance(error, OSError) and error.errno in _FULL and not error.filename:
        return os.strerror(error.errno or 0)
    return ""


def abandon(stream: TextIO) -> None:
    """Let nothing more be written to a stream that nobody reads."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def host_format() -> Literal["text", "github"]:
    """The format of diagnostics that the CI host understands, and text everywhere else."""
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
