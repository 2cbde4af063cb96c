"""`varve check`: everything that `varve build` does, except writing."""

from datetime import UTC, datetime

import click

from varve.cli import output, progress
from varve.cli.effort import effort, executor, options, since
from varve.cli.output import FORMATS, Format


@click.command
@click.option("--staged", is_flag=True, help="Check what is about to be committed.")
@click.option("--rev", metavar="REV", help="Check a commit.")
@click.option(
    "--trust-base",
    metavar="REV",
    allow_from_autoenv=False,  # an empty variable would count as not set, and the change would not be judged
    help="Check the change against the platform's files of this commit.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    envvar="VARVE_CHECK_FORMAT",
    help="Output format; github in GitHub Actions, else text.",
)
@progress.options
@since
@executor
@options
def check(rev: str | None, trust_base: str | None, format_: Format | None, *, staged: bool) -> None:
    """Compile the repository, and fail if a source is wrong or build/ does not match the sources."""
    from varve.world.machine import environment

    if staged and rev is not None:
        raise click.UsageError("--staged and --rev look at different files; use only one of them")
    format_ = format_ or environment.host_format()
    today = datetime.now(UTC).date()
    with progress.shown() as shown:
        repository = output.opened(format_).by(effort(shown))
        checked = repository.check(rev, staged=staged, trust_base=trust_base, today=today)
    output.print_trust(checked.trust)
    output.print_findings(checked.findings, format_, repository.repository.prefix)
    if checked.summary:
        # Programs and CI hosts read stdout; on stderr, the summary still appears in the log.
        click.echo(checked.summary, err=format_ != "text")
    output.end(checked.findings)
