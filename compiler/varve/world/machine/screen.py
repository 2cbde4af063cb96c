"""The last line of a terminal, on which something is shown for a while."""

import os
from dataclasses import dataclass
from typing import Final, TextIO

_FALLBACK: Final = 80
_CLEAR: Final = "\r\x1b[K"


@dataclass(slots=True)
class Screen:
    """A terminal that shows a line where its cursor is; one that takes nothing more is left alone from then on."""

    stream: TextIO
    live: bool = True
    _shown: bool = False

    @property
    def width(self) -> int:
        """How many columns a line may have, so that it stays one line."""
        try:
            columns = os.get_terminal_size(self.stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return (columns or _FALLBACK) - 1

    def show(self, text: str) -> None:
        """Let `text`, which fits and cannot move the cursor, stand there instead of what does."""
        self._write(_CLEAR + text)
        self._shown = self.live

    def clear(self) -> None:
        """Let nothing stand there."""
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
    """The screen behind a stream; None where there is no terminal, or one that cannot clear a line."""
    if stream is None or stream.closed or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    return Screen(stream)
