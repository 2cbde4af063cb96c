"""The `varve` command."""

import atexit
import io
import os
import sys
from contextlib import ExitStack, suppress

import click

from varve import __version__
from varve.cli import exit_code
from varve.cli.command import Commands

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
@click.version_option(__version__, prog_name="varve", allow_from_autoenv=False)  # many set `VARVE_VERSION` in CI
def cli() -> None:
    """Compile layered sources of tenants into the configuration of their monitoring, and prove what was compiled."""


def main() -> None:
    """Run the command line, and end the process: with 0 for success, 1 for a user's mistake, 3 for a bug of varve's."""
    last = ExitStack()
    # `atexit` calls in reverse order: only what is registered first may end the process without skipping others.
    if not atexit._ncallbacks():  # noqa: SLF001 - there is no other way to know whether anything is registered
        atexit.register(last.close)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    last.callback(_exit_at_once, code)
    sys.exit(code)


def _exit_at_once(code: int) -> None:
    """End the process at once, without the interpreter's clean-up of every object.

    If a stream cannot be flushed, that is left to the interpreter, which reports it.
    """
    with suppress(OSError, ValueError):
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command, and return its exit code."""
    try:
        cli.main(arguments, prog_name="varve", standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else exit_code.USER_ERROR
    except click.Abort:
        return exit_code.INTERRUPTED
    except click.ClickException as mistake:
        _show(mistake)
        return exit_code.USER_ERROR
    except Exception as error:  # noqa: BLE001 - anything else is a bug, unless a stream cannot be written
        return _fail(error)
    return exit_code.SUCCESS


def _show(mistake: click.ClickException) -> None:
    """Print what is wrong with a command; the message may contain any text from its arguments."""
    from varve.render.escape import escape

    message = io.StringIO()
    mistake.show(message)
    for line in message.getvalue().splitlines():
        # click indents lists of choices with tabs.
        _print_error(escape(line.expandtabs(_INDENT)))


def _fail(error: Exception) -> int:
    from varve.world.machine import environment, limit

    if shortage := limit.shortage(error):
        _print_error(shortage)
        return exit_code.USER_ERROR
    words = environment.refusal(error)
    if not words:
        _report_bug(error)
        return exit_code.INTERNAL_ERROR
    # The interpreter would try to flush the stream again when it ends.
    environment.abandon(sys.stdout)
    if not isinstance(error, BrokenPipeError):
        _print_error(f"stdout cannot be written: {words}")
    return exit_code.USER_ERROR


def _report_bug(error: Exception) -> None:
    """Report that varve itself failed, with what its authors need to know, and nothing from a source."""
    import traceback

    _print_error(f"varve {__version__} failed because of a mistake of its own: {type(error).__name__}")
    for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]:
        _print_error(f"  in {frame.name}, {frame.filename.rpartition('varve/')[2]}:{frame.lineno}")
    _print_error("please report it, with these lines and the command; `varve check` shows the state of build/")


def _print_error(text: str) -> None:
    try:
        click.echo(text, err=True)
    except OSError:
        # If stderr cannot be written either, only the exit code remains.
        from varve.world.machine import environment

        environment.abandon(sys.stderr)
