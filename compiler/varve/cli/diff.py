"""`varve diff`: what a change means."""

import click

from varve.cli import comparing


@click.command
@click.argument("base", default="HEAD")
@click.argument("head", required=False)
@click.option("-e", "--environment", metavar="ENV", help="Only this environment.")
@click.option("-t", "--tenant", metavar="TENANT", help="Only this tenant.")
@comparing.options("diff")
def diff(base: str, head: str | None, environment: str | None, tenant: str | None, format_: str) -> None:
    """Show what changes from the commit BASE to HEAD, or the work tree: values, alerts, routes, artifacts; for whom."""
    found = comparing.compared(format_, lambda repository: repository.diff(base, head, environment, tenant))
    comparing.end(found, format_, has_answer=bool(found.differences))
