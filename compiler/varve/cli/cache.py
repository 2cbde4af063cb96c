"""`varve cache`: the cached results of earlier builds, which may be deleted at any time."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from varve.cli import output
from varve.cli.output import FORMATS, Format
from varve.world.cache.limits import AGE, DAYS, MEBIBYTES, MOST, SHARED, SIGNERS, SIZE, limits

if TYPE_CHECKING:
    from varve.world.cache.settings import Settings

_SHARED = click.option("--shared", envvar=SHARED, metavar="PLACE", help="The shared cache: a folder, or redis://")
_SIGNERS = click.option(
    "--signers", envvar=SIGNERS, type=click.Path(path_type=Path), metavar="FILE", help="The signers to trust there."
)


@click.group
def cache() -> None:
    """Inspect the results that earlier builds have kept, and free space."""


@cache.command
@_SHARED
@_SIGNERS
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    envvar="VARVE_CACHE_STATS_FORMAT",
    help="Output format.",
)
def stats(shared: str | None, signers: Path | None, format_: str) -> None:
    """Print how much is kept, how old it is, and how much of it belongs to other compilers."""
    from varve.api import cache as api

    found = api.stats(output.opened_for_answer(format_).repository, _settings(shared, signers))
    click.echo(found.json() if format_ == "json" else found.table, nl=False)
    output.print_to_stderr(found.findings)
    output.end(found.findings)


@cache.command
@click.option(
    "--size",
    type=click.IntRange(0, MOST),
    default=MEBIBYTES,
    envvar=SIZE,
    metavar="MIB",
    help=f"Keep at most this many MiB; {MEBIBYTES} by default.",
)
@click.option(
    "--age",
    type=click.IntRange(0, MOST),
    default=DAYS,
    envvar=AGE,
    metavar="DAYS",
    help=f"Keep results for this many days; {DAYS} by default.",
)
@click.option("--all", "everything", is_flag=True, envvar="VARVE_CACHE_PRUNE_ALL", help="Remove everything.")
def prune(size: int, age: int, *, everything: bool) -> None:
    """Remove what is damaged, too old or over the limit; results of other compilers go first."""
    from varve.api import cache as api

    pruned = api.prune(output.opened().repository, limits(size, age), everything=everything)
    output.print_findings(pruned.findings)
    if pruned.summary:
        click.echo(pruned.summary)
    output.end(pruned.findings)


@cache.command
@_SHARED
@_SIGNERS
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    envvar="VARVE_CACHE_VERIFY_FORMAT",
    help="Output format; github in GitHub Actions, else text.",
)
def verify(shared: str | None, signers: Path | None, format_: Format | None) -> None:
    """Read the whole cache, and fail if anything is damaged or was written by somebody else."""
    from varve.api import cache as api
    from varve.world.machine import environment

    format_ = format_ or environment.host_format()
    repository = output.opened(format_).repository
    verified = api.verify(repository, _settings(shared, signers))
    output.print_findings(verified.findings, format_, repository.prefix)
    if verified.summary:
        click.echo(verified.summary, err=format_ != "text")
    output.end(verified.findings)


def _settings(shared: str | None, signers: Path | None) -> "Settings":
    from varve.world.cache.settings import Settings, Shared

    return Settings(shared=Shared(shared or "", signers))
