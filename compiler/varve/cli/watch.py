"""`varve watch`: build again whenever something is saved, and say what came of it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from varve.cli import progress, saying
from varve.cli.effort import effort, options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from varve.api.repository import OpenRepository
    from varve.api.watched import Watched


@click.command
@click.option("-e", "--environment", metavar="ENV", help="Only this environment.")
@click.option("-t", "--tenant", metavar="TENANT", help="Only this tenant.")
@click.option("--check", "checks", is_flag=True, help="Only judge, all of it, and write nothing.")
@options
def watch(environment: str | None, tenant: str | None, *, checks: bool) -> None:
    """Build again whenever something is saved, until Ctrl-C, and say what came of it."""
    from varve.world.watcher import Unwatched

    if checks and (environment or tenant):
        raise click.UsageError("--check judges everything; --environment and --tenant choose what is built")
    with progress.shown() as shown:
        repository = saying.opened().by(effort(shown))
        try:
            for came in _looks(repository, environment, tenant, checks=checks):
                shown.end()
                _say(came)
        except Unwatched as error:
            raise click.ClickException(str(error)) from None
    raise click.ClickException("varve itself is another one by now; begin `varve watch` anew")


def _looks(
    repository: "OpenRepository", environment: str | None, tenant: str | None, *, checks: bool
) -> "Iterator[Watched]":
    try:
        return repository.watch(environment, tenant, checks=checks)
    except ModuleNotFoundError as error:
        raise click.UsageError(str(error)) from None


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
        click.echo("watching what is saved, until Ctrl-C")
