"""`varve policy report` and `evidence`: how tenants stand to frameworks, and the evidence of that for others."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import click

from varve.cli import exit_code, output
from varve.cli.arguments import gathered
from varve.cli.output import FORMATS, Format

if TYPE_CHECKING:
    from varve.api.policy.assessment import Assessed, Request

_ELSEWHERE: Final = "`varve check`, `varve secrets check` and `varve policy test` show them with their places"


class _Arguments(NamedTuple):
    """The arguments of both commands, which are too many for parameters of one function."""

    framework: str | None
    tenant: str | None
    rev: str | None
    today: datetime | None
    history: int | None
    format_: str | None
    output: Path | None = None
    out: Path | None = None
    verify: Path | None = None


def _request(arguments: _Arguments) -> "Request":
    from varve.api.policy.assessment import Request

    today: date = (arguments.today or datetime.now(UTC)).date()
    wanted = Request(today, arguments.framework, arguments.tenant, arguments.rev)
    return wanted if arguments.history is None else wanted._replace(history=arguments.history)


def _report(arguments: _Arguments) -> None:
    assessed = output.opened_for_answer(arguments.format_).report_policies(_request(arguments))
    if assessed.assessment is None:
        output.print_with_answer(assessed.findings, arguments.format_)
        output.end(assessed.findings)
    if arguments.output is None:
        _show(assessed, arguments.format_)
    else:
        _write(arguments.output, _formatted(assessed, arguments.format_))
    output.print_to_stderr(assessed.past)
    elsewhere = [each for each in assessed.findings.situated if each not in assessed.past.situated]
    if elsewhere:
        from varve.render import text

        click.echo(f"{text.count(elsewhere)}; {_ELSEWHERE}", err=True)
    sys.exit(exit_code.USER_ERROR if assessed.failing else exit_code.SUCCESS)


def _show(assessed: "Assessed", format_: str | None) -> None:
    from varve.world.machine import environment

    terminal = environment.terminal(sys.stdout)
    if format_ == "text":
        text = assessed.text(colour=terminal.colour, width=terminal.width)
        click.echo(text, nl=False, color=terminal.colour)
    else:
        click.echo(_formatted(assessed, format_), nl=False)


def _formatted(assessed: "Assessed", format_: str | None) -> str:
    match format_:
        case "json":
            return assessed.json()
        case "html":
            return assessed.html()
    return assessed.text()


def _write(path: Path, text: str) -> None:
    from varve.world.disk.output import put
    from varve.world.disk.refusal import Refusal

    try:
        put(path, text.encode())
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None


def _evidence(arguments: _Arguments) -> None:
    from varve.world.machine import environment as world

    format_ = cast("Format", arguments.format_) if arguments.format_ else world.host_format()
    if (arguments.out is None) == (arguments.verify is None):
        raise click.UsageError("use `--out DIR` to write evidence, or `--verify DIR` to verify it")
    if arguments.verify is not None:
        _verify(arguments, arguments.verify, format_)
    elif arguments.out is not None:
        repository = output.opened(format_)
        written = repository.write_evidence(arguments.out, _request(arguments))
        output.print_findings(written.findings, format_, repository.repository.prefix)
        _sum_up(written.summary, format_)
        output.end(written.findings)


def _verify(arguments: _Arguments, folder: Path, format_: Format) -> None:
    from varve.api.policy.evidence import verify_evidence

    if any(
        each is not None
        for each in (arguments.framework, arguments.tenant, arguments.rev, arguments.today, arguments.history)
    ):
        raise click.UsageError("`--verify` takes the commit, day, framework and tenant from the evidence itself")
    reproduced = verify_evidence(folder)
    output.print_findings(reproduced.findings, format_)
    _sum_up(reproduced.summary, format_)
    output.end(reproduced.findings)


def _sum_up(summary: str, format_: Format) -> None:
    if summary:
        click.echo(summary, err=format_ != "text")


def _options() -> list[click.Parameter]:
    return [
        click.Option(["--framework"], metavar="F", help="Only this framework."),
        click.Option(["--tenant", "-t"], metavar="TENANT", help="Only this tenant."),
        click.Option(["--rev"], metavar="REV", help="Use the sources of a commit."),
        click.Option(
            ["--today"],
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="DATE",
            help="Assume this day, such as 2026-11-21, in UTC.",
        ),
        click.Option(
            ["--history"],
            type=click.IntRange(0),
            metavar="N",
            help="Apply the policies on changes to the newest N changes; 50 by default.",
        ),
    ]


report = click.Command(
    "report",
    callback=gathered(_Arguments, _report),
    help="Report which checks of their frameworks tenants pass, and fail if one of them fails.",
    params=[
        *_options(),
        click.Option(
            ["--format", "format_"],
            type=click.Choice(("text", "json", "html")),
            default="text",
            envvar="VARVE_POLICY_REPORT_FORMAT",
            help="Output format.",
        ),
        click.Option(
            ["--output"],
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Write the report to a file.",
        ),
    ],
)

evidence = click.Command(
    "evidence",
    callback=gathered(_Arguments, _evidence),
    help="Write the report of a commit with everything that it is based on, or reproduce it and compare.",
    params=[
        *_options(),
        click.Option(["--out"], type=click.Path(path_type=Path), metavar="DIR", help="Write evidence into a folder."),
        click.Option(["--verify"], type=click.Path(path_type=Path), metavar="DIR", help="Verify a folder of evidence."),
        click.Option(
            ["--format", "format_"],
            type=click.Choice(FORMATS),
            envvar="VARVE_POLICY_EVIDENCE_FORMAT",
            help="Format of diagnostics; github in GitHub Actions, else text.",
        ),
    ],
)
