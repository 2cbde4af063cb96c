"""`varve cache`: what earlier builds have left for later ones, which may always be thrown away."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from varve.cli import saying
from varve.cli.saying import FORMATS, Format
from varve.world.cache.limits import AGE, DAYS, MEBIBYTES, MOST, SHARED, SIGNERS, SIZE, limits

if TYPE_CHECKING:
    from varve.world.cache.settings import Settings

_SHARED = click.option(
    "--shared", envvar=SHARED, metavar="PLACE", help="The cache that many share: a folder, or redis://"
)
_SIGNERS = click.option(
    "--signers", envvar=SIGNERS, type=click.Path(path_type=Path), metavar="FILE", help="Whom to believe there."
)


@click.group
def cache() -> None:
    """Look at the verdicts that earlier builds have left, and make room."""


@cache.command
@_SHARED
@_SIGNERS
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    envvar="VARVE_CACHE_STATS_FORMAT",
    help="How to say it.",
)
def stats(shared: str | None, signers: Path | None, format_: str) -> None:
    """Print how much there is, how old it is, and how much of it is of other compilers."""
    from varve.api import cache as api

    found = api.stats(saying.opened_to_answer(format_).repository, _settings(shared, signers))
    click.echo(found.json() if format_ == "json" else found.table, nl=False)
    saying.say_aside(found.findings)
    saying.end(found.findings)


@cache.command
@click.option(
    "--size",
    type=click.IntRange(0, MOST),
    default=MEBIBYTES,
    envvar=SIZE,
    metavar="MIB",
    help=f"How many mebibytes may stay; {MEBIBYTES} unless said.",
)
@click.option(
    "--age",
    type=click.IntRange(0, MOST),
    default=DAYS,
    envvar=AGE,
    metavar="DAYS",
    help=f"How many days a verdict is kept; {DAYS} unless said.",
)
@click.option("--all", "everything", is_flag=True, help="Let nothing stay.")
def prune(size: int, age: int, *, everything: bool) -> None:
    """Remove what is damaged, too old or too much, and what is of other compilers first."""
    from varve.api import cache as api

    pruned = api.prune(saying.opened().repository, limits(size, age), everything=everything)
    saying.say(pruned.findings)
    if pruned.summary:
        click.echo(pruned.summary)
    saying.end(pruned.findings)


@cache.command
@_SHARED
@_SIGNERS
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    envvar="VARVE_CACHE_VERIFY_FORMAT",
    help="How to say it; github in its CI, else text.",
)
def verify(shared: str | None, signers: Path | None, format_: Format | None) -> None:
    """Read all of it, and fail where anything is damaged or was written by somebody else."""
    from varve.api import cache as api
    from varve.world.machine import environment

    format_ = format_ or environment.host_format()
    repository = saying.opened(format_).repository
    verified = api.verify(repository, _settings(shared, signers))
    saying.say(verified.findings, format_, repository.prefix)
    if verified.summary:
        click.echo(verified.summary, err=format_ != "text")
    saying.end(verified.findings)


def _settings(shared: str | None, signers: Path | None) -> "Settings":
    from varve.world.cache.settings import Settings, Shared

    return Settings(shared=Shared(shared or "", signers))
