"""`varve init`: a new repository, small and commented, that builds."""

import shlex
import sys
from pathlib import Path

import click

from varve.cli import exit_code, output
from varve.model.diagnostic import Report
from varve.render.escape import escape


@click.command
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Create a repository in DIR, or in the current folder: small, commented, and ready to build."""
    from varve.api.findings import gather
    from varve.world.package import seed

    report = Report()
    initialised = seed.initialise(folder, report)
    output.print_findings(gather(report))
    if initialised is None or report.broken:
        sys.exit(exit_code.USER_ERROR)
    for path in initialised.paths:
        click.echo(f"wrote {escape((folder / path).as_posix())}")
    if initialised.git:
        click.echo("created a git repository, because there was none")
    cd = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    click.echo(f"next: {escape(cd)}varve build")
