"""What the terminal and the CI host can show."""

import contextlib
import errno
import os
import shutil
from typing import Final, Literal, NamedTuple, TextIO

_WIDTH: Final = 100
_NARROWEST: Final = 40
_FULL: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class Terminal(NamedTuple):
    """What a stream can show: its `width` in columns, and whether text may be in `colour`."""

    width: int
    colour: bool


def terminal(stream: TextIO | None) -> Terminal:
    """What `stream` can show: `NO_COLOR` disables colour, and `FORCE_COLOR` enables it even without a terminal."""
    live = stream is not None and not stream.closed and stream.isatty()
    dumb = os.environ.get("TERM") == "dumb"
    wanted = (live and not dumb) or bool(os.environ.get("FORCE_COLOR"))
    columns = shutil.get_terminal_size((_WIDTH, 24)).columns if live else _WIDTH
    return Terminal(max(columns, _NARROWEST), wanted and not os.environ.get("NO_COLOR"))


def refusal(error: Exception) -> str:
    """Why a stream could not be written to, if that is what `error` is about; otherwise empty.

    An error that names a file is not about a stream: code that writes files reports it itself.
    """
    if isinstance(error, OSError) and error.errno in _FULL and not error.filename:
        return os.strerror(error.errno or 0)
    return ""


def abandon(stream: TextIO) -> None:
    """Redirect a stream that nobody reads any more to the null device."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def host_format() -> Literal["text", "github"]:
    """The format of diagnostics that the CI host understands; `text` outside of one."""
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
