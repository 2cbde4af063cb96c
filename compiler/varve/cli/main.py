"""The `varve` command."""

import atexit
import gc
import io
import os
import sys
from contextlib import ExitStack, suppress

import click

from varve import __version__
from varve.cli import ending
from varve.cli.command import Commands

SELDOM = 500_000
"""After so many new objects memory is searched for what nobody needs any more: nearly all is let go of without that."""
_FRAMES = 3
_INDENT = 2


_COMMANDS = Commands(
    (
        "init",
        "build",
        "check",
        "watch",
        "affected",
        "blame",
        "diff",
        "explain",
        "route",
        "secrets",
        "policy",
        "cache",
        "rule",
        "schema",
    )
)


@click.group(
    commands=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "VARVE"}
)
@click.version_option(__version__, prog_name="varve")
def cli() -> None:
    """Compile layered sources of tenants into the configuration of their monitoring, and prove what was compiled."""


def main() -> None:
    """Run the command line, and end: with 0 where all is well, 1 for a user's mistake, 3 for one of varve's own."""
    last = ExitStack()
    # Who asks before all others to be told of the end is told after them, and can cut off nobody.
    if not atexit._ncallbacks():  # noqa: SLF001 - there is no other way to know whether somebody has asked
        atexit.register(last.close)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(SELDOM)
    code = run(sys.argv[1:])
    last.callback(_leave, code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End at once: nobody needs any of it any more, and the interpreter would take it apart piece by piece.

    Where a stream takes no more of what was said, that is left to the interpreter, which tells of it.
    """
    with suppress(OSError, ValueError):
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    try:
        cli.main(arguments, prog_name="varve", standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ending.YOURS
    except click.Abort:
        return ending.INTERRUPTED
    except click.ClickException as mistake:
        _show(mistake)
        return ending.YOURS
    except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, unless a stream refused what was said
        return _fail(error)
    return ending.FINE


def _show(mistake: click.ClickException) -> None:
    """Say what is wrong with a command, which may hold whatever stood in its arguments."""
    from varve.render.escape import escape

    said = io.StringIO()
    mistake.show(said)
    for line in said.getvalue().splitlines():
        # A list of choices is indented with tabs.
        _tell(escape(line.expandtabs(_INDENT)))


def _fail(error: Exception) -> int:
    from varve.world.machine import environment

    words = environment.refusal(error)
    if not words:
        _confess(error)
        return ending.OURS
    # What was left unsaid would be tried once more when the interpreter ends.
    environment.abandon(sys.stdout)
    if not isinstance(error, BrokenPipeError):
        _tell(f"stdout cannot be written: {words}")
    return ending.YOURS


def _confess(error: Exception) -> None:
    """Say that varve itself failed, with what its authors need to know, and nothing that a source holds."""
    import traceback

    _tell(f"varve {__version__} failed because of a mistake of its own: {type(error).__name__}")
    for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]:
        _tell(f"  in {frame.name}, {frame.filename.rpartition('varve/')[2]}:{frame.lineno}")
    _tell("please report it, with these lines and the command; `varve check` shows the state of build/")


def _tell(said: str) -> None:
    try:
        click.echo(said, err=True)
    except OSError:
        # Where stderr takes nothing either, the exit code has to do.
        from varve.world.machine import environment

        environment.abandon(sys.stderr)
