"""`varve policy`: the rules that an organisation writes as data, and how tenants stand to them."""

import click

from varve.cli import output
from varve.cli.assessing import evidence, report
from varve.cli.output import FORMATS, Format


@click.group
def policy() -> None:
    """List, test and report on policies, and write evidence of what was reported."""


policy.add_command(report)
policy.add_command(evidence)


@policy.command("list")
@click.option("--rev", metavar="REV", help="List the policies of a commit.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    envvar="VARVE_POLICY_LIST_FORMAT",
    help="Output format.",
)
def list_(rev: str | None, format_: str) -> None:
    """Print every policy, the repository's own and those that varve ships, and where it applies."""
    listed = output.opened_for_answer(format_).policies(rev)
    click.echo(listed.json() if format_ == "json" else listed.table, nl=False)
    output.print_with_answer(listed.findings, format_)
    output.end(listed.findings)


@policy.command
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--rev", metavar="REV", help="Test the policies of a commit.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    envvar="VARVE_POLICY_TEST_FORMAT",
    help="Output format; github in GitHub Actions, else text.",
)
def test(ids: tuple[str, ...], rev: str | None, format_: Format | None) -> None:
    """Test each policy on its own examples, and fail if it does not find what they expect."""
    from varve.world.machine import environment as world

    format_ = format_ or world.host_format()
    repository = output.opened(format_)
    tested = repository.test_policies(ids, rev)
    output.print_findings(tested.findings, format_, repository.repository.prefix)
    if tested.summary:
        click.echo(tested.summary, err=format_ != "text")
    output.end(tested.findings)
