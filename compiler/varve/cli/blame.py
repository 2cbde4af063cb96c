"""`varve blame`: the sources of an artifact, or of one of its lines."""

from pathlib import Path
from typing import Final

import click

from varve.cli import output

FORMATS: Final = ("text", "json")


@click.command(epilog="An ARTIFACT is a path below build/; a column after the line, as editors copy it, is ignored.")
@click.argument("artifact", metavar="ARTIFACT[:LINE]")
@click.option("--rev", metavar="REV", help="Use the artifact and the sources of a commit.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    envvar="VARVE_BLAME_FORMAT",
    help="Output format.",
)
def blame(artifact: str, rev: str | None, format_: str) -> None:
    """Show what in the sources produces a line of an artifact, and who wrote it; without a line, all of its sources."""
    repository = output.opened_for_answer(format_)
    from varve.api.question.blame import read

    path, line = read(artifact, repository.root, Path.cwd())
    blamed = repository.blame(path, line, rev)
    click.echo(blamed.json() if format_ == "json" else blamed.answer, nl=False)
    output.print_with_answer(blamed.findings, format_)
    output.end(blamed.findings)
