"""`varve affected`: what a change touches."""

import click

from varve.cli import comparing


@click.command
@click.argument("base")
@click.argument("head", required=False)
@comparing.options("affected")
def affected(base: str, head: str | None, format_: str) -> None:
    """List the units and artifacts that change from the commit BASE to HEAD, or to the work tree, and why."""
    found = comparing.compared(format_, lambda repository: repository.affected(base, head))
    comparing.end(found, format_, has_answer=bool(found.touched))
