"""`varve build`: compile, and make `build/` match the sources."""

import sys
from typing import TYPE_CHECKING

import click

from varve.cli import exit_code, output, progress
from varve.cli.arguments import EXTRA, refuse_extra
from varve.cli.effort import effort, executor, options, since

if TYPE_CHECKING:
    from varve.api.findings import Findings


@click.command(context_settings=EXTRA)
@click.option("-e", "--environment", metavar="ENV", help="Only this environment.")
@click.option("-t", "--tenant", metavar="TENANT", help="Only this tenant.")
@click.option("--rev", metavar="REV", help="Compile the sources of a commit instead of those in the work tree.")
@click.option(
    "--trust-base",
    metavar="REV",
    allow_from_autoenv=False,  # an empty variable would count as not set, and the change would not be judged
    help="First check the change against the platform's files of this commit.",
)
@click.option("--hook", is_flag=True, help="Exit with 1 if anything was written, as a pre-commit hook does.")
@progress.options
@since
@executor
@options
def build(environment: str | None, tenant: str | None, rev: str | None, trust_base: str | None, *, hook: bool) -> None:
    """Compile the repository, and write the artifacts into build/."""
    refuse_extra()
    with progress.shown() as shown:

        def announce(found: "Findings") -> None:
            shown.clear()
            output.print_findings(found)

        # The findings are printed before anything is written: if printing fails, nothing has changed.
        built = output.opened().by(effort(shown)).build(environment, tenant, rev, announce, trust_base)
    output.print_trust(built.trust)
    if built.summary:
        click.echo(built.summary)
    output.print_findings(built.refusals)
    if hook and (built.written or built.deleted):
        sys.exit(exit_code.USER_ERROR)
    output.end(built.findings)
