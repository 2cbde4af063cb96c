"""`varve affected`: what a change touches."""

from typing import Final

import click

from varve.cli import progress, saying
from varve.cli.effort import effort, executor, options

FORMATS: Final = ("text", "json")


@click.command
@click.argument("base")
@click.argument("head", required=False)
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="How to say it."
)
@progress.options
@executor
@options
def affected(base: str, head: str | None, format_: str) -> None:
    """List the units and artifacts that change from the commit BASE to HEAD, or to the work tree, and why."""
    with progress.shown() as shown:
        found = saying.opened_to_answer(format_).by(effort(shown)).affected(base, head)
    click.echo(found.json() if format_ == "json" and (found.sound or found.touched) else found.answer, nl=False)
    saying.say_aside(found.findings)
    saying.end(found.findings)
