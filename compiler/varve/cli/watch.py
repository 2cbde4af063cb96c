"""`varve watch`: build again whenever something is saved, and say what came of it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import click

from varve.cli import progress, saying
from varve.cli.effort import effort, options

if TYPE_CHECKING:
    from varve.api.watch.watched import Watched


@click.command
@click.option("-e", "--environment", metavar="ENV", help="Only this environment.")
@click.option("-t", "--tenant", metavar="TENANT", help="Only this tenant.")
@click.option("--check", "checks", is_flag=True, help="Check everything instead, and write nothing.")
@options
def watch(environment: str | None, tenant: str | None, *, checks: bool) -> None:
    """Build again whenever something is saved, until Ctrl-C, and show the result."""
    from varve.world.disk.watcher import Unwatched

    if checks and (environment or tenant):
        raise click.UsageError("--check covers everything; --environment and --tenant choose what is built")
    with progress.shown() as shown, _interruptible() as stop:
        repository = saying.opened().by(effort(shown))
        try:
            for came in repository.watch(environment, tenant, checks=checks, stop=stop):
                shown.end()
                _say(came)
        except (ModuleNotFoundError, Unwatched) as error:
            raise _mistake(error) from None
    if stop.is_set():
        raise click.Abort
    raise click.ClickException("varve itself has changed; start `varve watch` again")


def _mistake(error: Exception) -> click.ClickException:
    """What is wrong where nothing can be watched; a module of varve's own that is not there is no such thing."""
    if isinstance(error, ModuleNotFoundError) and error.name != "watchfiles":
        raise error
    return click.ClickException(str(error))


@contextmanager
def _interruptible() -> Iterator[Event]:
    """What Ctrl-C sets, because the exception that it raises is lost where a process is just being forked."""
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


def _say(came: "Watched") -> None:
    saying.say(came.new)
    for line in came.relieved:
        click.echo(line)
    if not came.first:
        click.echo(f"{datetime.now(UTC).astimezone():%H:%M:%S}  {came.summary}")
        return
    if came.summary:
        click.echo(came.summary)
    if not came.waits:
        click.echo("watching for changes, until Ctrl-C")
