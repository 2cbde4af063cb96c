"""`varve explain`: the history of a value, or of all values of a unit."""

from typing import Final

import click

from varve.cli import output

FORMATS: Final = ("text", "json")


@click.command(epilog="A PATH is written like services.checkout.slos or tenant.owners[0].")
@click.argument("tenant")
@click.argument("environment")
@click.argument("path", required=False)
@click.option("--rev", metavar="REV", help="Explain the values of a commit.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    envvar="VARVE_EXPLAIN_FORMAT",
    help="Output format.",
)
def explain(tenant: str, environment: str, path: str | None, rev: str | None, format_: str) -> None:
    """Show where a value was set, what it overrode, and who wrote it; without PATH, where every value comes from."""
    from varve.language import name

    if path and name.keys(path) is None:
        raise click.UsageError(f"`{path}` is not a path; write it like `services.checkout.slos` or `tenant.owners[0]`")
    explained = output.opened_for_answer(format_).unit(tenant, environment).explain(path or "", rev)
    click.echo(explained.json() if format_ == "json" else explained.history, nl=False)
    output.print_with_answer(explained.findings, format_)
    output.end(explained.findings)
