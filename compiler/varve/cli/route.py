"""`varve route`: who is notified of an alert, by which route, and when."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

import click

from varve.cli import output
from varve.cli.arguments import gathered

FORMATS: Final = ("text", "json")


class _Arguments(NamedTuple):
    """The arguments of the command, which are too many for parameters of one function."""

    tenant: str
    environment: str
    labels: tuple[str, ...]
    at: str | None
    firing: tuple[str, ...]
    every: bool
    tree: bool
    rev: str | None
    format_: str


_HELP: Final = (
    "Show who is notified of an alert with these labels, by which route, with which others, and what inhibits it."
)


def _answer(arguments: _Arguments) -> None:
    labels, at, firing = _question(arguments)
    repository = output.opened_for_answer(arguments.format_)
    routed = repository.unit(arguments.tenant, arguments.environment).route(labels, at, firing, arguments.rev)
    if arguments.format_ == "json":
        click.echo(routed.json(tree=arguments.tree), nl=False)
    else:
        click.echo(routed.branch if arguments.tree else routed.answer, nl=False)
    output.print_with_answer(routed.findings, arguments.format_)
    output.end(routed.findings)


def _question(arguments: _Arguments) -> tuple[dict[str, str] | None, str | datetime, list[dict[str, str]]]:
    from varve.language.time import instant

    if bool(arguments.labels) + arguments.every + arguments.tree != 1:
        raise click.UsageError("give one of three: the labels of an alert, --all, or --tree")
    if arguments.at and (wrong := instant.fault(arguments.at)):
        raise click.UsageError(f"`{arguments.at}` is not a time; {wrong}")
    firing = [_labels(each.split(","), arguments.tenant) for each in arguments.firing]
    labels = None if arguments.every else _labels(arguments.labels, arguments.tenant)
    return labels, arguments.at or datetime.now(UTC), firing


def _labels(texts: Iterable[str], tenant: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in texts:
        name, sign, value = each.partition("=")
        if not name or not sign:
            raise click.UsageError(f"`{each}` is not a label; write it like `severity=critical`")
        if name in found:
            raise click.UsageError(f"an alert has a label once, but `{name}` is given twice")
        found[name] = value
    if found.get("tenant", tenant) != tenant:
        raise click.UsageError(f"an alert of `{tenant}` cannot have another tenant; leave the label out, varve adds it")
    return found


route = click.Command(
    "route",
    callback=gathered(_Arguments, _answer),
    help=_HELP,
    params=[
        click.Argument(["tenant"]),
        click.Argument(["environment"]),
        click.Argument(["labels"], nargs=-1, metavar="[LABEL=VALUE]..."),
        click.Option(["--at"], metavar="TIME", help="At this time instead of now, such as 2026-11-21T03:00."),
        click.Option(["--firing"], metavar="LABEL=VALUE,...", multiple=True, help="Another alert that fires."),
        click.Option(
            ["--all", "every"],
            is_flag=True,
            envvar="VARVE_ROUTE_ALL",
            help="Every alert that the unit's rules can fire.",
        ),
        click.Option(["--tree"], is_flag=True, help="Print the tenant's routes."),
        click.Option(["--rev"], metavar="REV", help="Route by the sources of a commit."),
        click.Option(
            ["--format", "format_"],
            type=click.Choice(FORMATS),
            default="text",
            envvar="VARVE_ROUTE_FORMAT",
            help="Output format.",
        ),
    ],
)
