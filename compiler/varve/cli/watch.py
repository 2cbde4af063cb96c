"""`varve watch`: build after every change of the files, and print the results."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Final

import click

from varve.cli import output, progress
from varve.cli.arguments import EXTRA, refuse_extra
from varve.cli.effort import effort, options

if TYPE_CHECKING:
    from varve.api.watch.watched import Watched


READY: Final = "watching for changes"
"""How the line begins that is printed when the watch has built for the first time."""


@click.command(context_settings=EXTRA)
@click.option("-e", "--environment", metavar="ENV", help="Only this environment.")
@click.option("-t", "--tenant", metavar="TENANT", help="Only this tenant.")
@click.option(
    "--check", "checks", is_flag=True, envvar="VARVE_WATCH_CHECK", help="Check everything instead, and write nothing."
)
@options
def watch(environment: str | None, tenant: str | None, *, checks: bool) -> None:
    """Build again whenever something is saved, until Ctrl-C, and show the result."""
    from varve.world.disk.watcher import Unwatched

    refuse_extra()
    if checks and (environment or tenant):
        raise click.UsageError("--check covers everything; --environment and --tenant choose what is built")
    with progress.shown() as shown, _interruptible() as stop:
        repository = output.opened().by(effort(shown))
        try:
            for watched in repository.watch(environment, tenant, checks=checks, stop=stop):
                shown.end()
                _print(watched)
        except (ModuleNotFoundError, Unwatched) as error:
            raise _mistake(error) from None
    if stop.is_set():
        raise click.Abort
    raise click.ClickException("varve itself has changed; start `varve watch` again")


def _mistake(error: Exception) -> click.ClickException:
    """The user's mistake if nothing can be watched; a missing module of varve's own is not one, and is raised."""
    if isinstance(error, ModuleNotFoundError) and error.name != "watchfiles":
        raise error
    return click.ClickException(str(error))


@contextmanager
def _interruptible() -> Iterator[Event]:
    """An event that Ctrl-C sets, because the exception that it raises can get lost while a process is being forked."""
    stop, before = Event(), signal.getsignal(signal.SIGINT)

    def interrupt(*_: object) -> None:
        stop.set()
        raise KeyboardInterrupt

    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _print(watched: "Watched") -> None:
    output.print_findings(watched.new)
    for line in watched.fixed:
        click.echo(line)
    if not watched.first:
        click.echo(f"{datetime.now(UTC).astimezone():%H:%M:%S}  {watched.summary}")
        return
    if watched.summary:
        click.echo(watched.summary)
    if not watched.is_locked:
        click.echo(f"{READY}, until Ctrl-C")
