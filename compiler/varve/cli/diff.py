"""`varve diff`: what a change means."""

from typing import Final

import click

from varve.cli import progress, saying
from varve.cli.effort import effort, executor, options

FORMATS: Final = ("text", "json")


@click.command
@click.argument("base", default="HEAD")
@click.argument("head", required=False)
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="How to say it."
)
@progress.options
@executor
@options
def diff(base: str, head: str | None, format_: str) -> None:
    """Say what changes from the commit BASE to HEAD, or the work tree: values, alerts, routes, artifacts; for whom."""
    with progress.shown() as shown:
        found = saying.opened_to_answer(format_).by(effort(shown)).diff(base, head)
    click.echo(found.json() if format_ == "json" and (found.sound or found.differences) else found.answer, nl=False)
    saying.say_aside(found.findings)
    saying.end(found.findings)
