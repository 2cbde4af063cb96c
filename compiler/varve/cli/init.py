"""`varve init`: a new repository, small and commented, that builds."""

import sys
from pathlib import Path

import click

from varve.cli import saying
from varve.model.diagnostic import Report


@click.command
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Begin a repository in DIR, or right here: small, commented, and ready to build."""
    from varve.world import seed

    report = Report()
    written = seed.sow(folder, report)
    saying.say(report, saying.NOTHING)
    if report.broken:
        sys.exit(saying.YOURS)
    for path in written:
        click.echo(f"wrote {path}")
    click.echo("next: varve build")
