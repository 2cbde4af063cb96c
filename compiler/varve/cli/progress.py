"""Progress of long work, and what it took: a line on a terminal, `--stats`, `--profile`."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from pathlib import Path

    from varve.model.progress import Spent
    from varve.model.unit import Unit
    from varve.world.machine.screen import Screen

_Command = TypeVar("_Command", bound=Callable[..., object])

_LONG: Final = 0.5
"""After this many seconds, progress is shown."""
_PAUSE: Final = 0.1
"""The least number of seconds between two updates of the line."""
_STATS: Final = "varve.stats"
_PROFILE: Final = "varve.profile"


class Progress:
    """Counts the seconds of each stage, and draws a line on a screen, if there is one; satisfies `Observer`."""

    def __init__(self, screen: "Screen | None" = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self._screen, self._clock = screen, clock
        self._began = self._since = clock()
        self._drawn = self._began
        self._compiling = self._began
        self._stage, self._stages = "start", defaultdict[str, float](float)
        self._count = self._done = self._remembered = 0

    def begin(self, count: int) -> None:
        """Record the number of units that will be compiled or recalled."""
        self._count, self._compiling = count, self._clock()

    def entered(self, stage: str) -> None:
        """Begin a stage: the time from now on counts for it."""
        now = self._count_time()
        self._stage = stage
        # A stage that is entered for the first time may be long, and may not draw anything else until it ends.
        self._draw(now, pause=_PAUSE if stage in self._stages else 0)

    def finished(self, unit: "Unit", *, remembered: bool) -> None:
        """Record that a unit is done."""
        self._done += 1
        self._remembered += remembered
        self._draw(self._clock(), unit)

    def clear(self) -> None:
        """Remove the line, because something else will be printed."""
        if self._screen:
            self._screen.clear()

    def end(self) -> None:
        """Stop drawing; the time from now on counts for printing the result."""
        self.clear()
        self._screen = None
        self.entered("report")

    def spent(self) -> "Spent":
        """What the work has taken so far."""
        from varve.model.progress import Spent
        from varve.world.machine import usage

        seconds = self._count_time() - self._began
        return Spent(seconds, dict(self._stages), self._done, self._remembered, usage.memory())

    def _count_time(self) -> float:
        now = self._clock()
        self._stages[self._stage] += now - self._since
        self._since = now
        return now

    def _draw(self, now: float, unit: "Unit | None" = None, pause: float = _PAUSE) -> None:
        if self._screen is None or now - self._began < _LONG or now - self._drawn < pause:
            return
        from varve.model.progress import Status
        from varve.render.progress import line

        self._drawn = now
        standing = Status(self._stage, self._count, self._done, now - self._compiling, unit)
        self._screen.show(line(standing, self._screen.width))


def options(command: _Command) -> _Command:
    """Add `--stats` and `--profile`, which `shown` reads, to a command."""
    stats = click.option(
        "--stats",
        is_flag=True,
        expose_value=False,
        callback=keep(_STATS),
        help="Print the time and memory it took, on stderr.",
    )
    profile = click.option(
        "--profile",
        metavar="FILE",
        type=click.Path(dir_okay=False),
        expose_value=False,
        callback=keep(_PROFILE),
        help="Write a profile for pstats into a new file.",
    )
    return stats(profile(command))


def keep(name: str) -> Callable[[click.Context, click.Parameter, object], None]:
    """A callback that stores the value of an option in the context of its command, under a name."""

    def put(context: click.Context, _parameter: click.Parameter, value: object) -> None:
        context.meta[name] = value

    return put


@contextmanager
def shown() -> Iterator[Progress]:
    """Show the progress of the work in the block, and handle `--stats` and `--profile`."""
    from pathlib import Path

    from varve.world.machine import screen

    context = click.get_current_context()
    progress = Progress(screen.screen(sys.stderr))
    with ExitStack() as stack:
        if file := context.meta.get(_PROFILE):
            _profile(Path(file), stack, context)
        stack.callback(progress.end)
        yield progress
    if context.meta.get(_STATS):
        context.call_on_close(partial(_print, progress))


def _profile(file: "Path", stack: ExitStack, context: click.Context) -> None:
    from varve.world.machine.profile import profiled

    def refuse(error: OSError) -> NoReturn:
        raise click.BadParameter(f"`{file}`: {error.strerror}", param_hint="--profile") from None

    try:
        # A failure to write the profile is reported after the result of the work.
        stack.enter_context(profiled(file, lambda error: context.call_on_close(partial(refuse, error))))
    except OSError as error:
        refuse(error)


def _print(progress: Progress) -> None:
    from varve.render.progress import spent

    click.echo(spent(progress.spent()), nl=False, err=True)
