"""A status line at the bottom of a terminal."""

import os
from dataclasses import dataclass
from typing import Final, TextIO

_FALLBACK: Final = 80
_CLEAR: Final = "\r\x1b[K"


@dataclass(slots=True)
class Screen:
    """A terminal that shows a status line at its cursor; after a failed write, nothing more is written (`live`)."""

    stream: TextIO
    live: bool = True
    _shown: bool = False

    @property
    def width(self) -> int:
        """The most columns that the text may have without wrapping."""
        try:
            columns = os.get_terminal_size(self.stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return (columns or _FALLBACK) - 1

    def show(self, text: str) -> None:
        """Replace the line by `text`, which must fit and contain nothing that moves the cursor."""
        self._write(_CLEAR + text)
        self._shown = self.live

    def clear(self) -> None:
        """Clear the line."""
        if self._shown:
            self._write(_CLEAR)
            self._shown = False

    def _write(self, text: str) -> None:
        if self.live:
            try:
                self.stream.write(text)
                self.stream.flush()
            except (OSError, ValueError):
                self.live = False


def screen(stream: TextIO | None) -> Screen | None:
    """The status line of a stream; None if it is no terminal, or one that cannot clear a line."""
    if stream is None or stream.closed or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    return Screen(stream)
