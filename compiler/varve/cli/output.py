"""How commands print their results, and end."""

import sys
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NoReturn, TypeAlias

import click

from varve.cli import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from varve.api.findings import Findings
    from varve.api.opening import Trust
    from varve.api.repository import OpenRepository

Format: TypeAlias = Literal["text", "json", "sarif", "github"]
FORMATS: Final = ("text", "json", "sarif", "github")


def opened(format_: Format = "text") -> "OpenRepository":
    """The repository around the working directory; if there is none, that is printed, and the command ends."""
    return _opened(partial(print_findings, format_=format_))


def opened_for_answer(format_: str | None) -> "OpenRepository":
    """The same for a command that prints an answer in this format, and not just diagnostics."""
    return _opened(partial(print_with_answer, format_=format_))


def _opened(print_: "Callable[[Findings], None]") -> "OpenRepository":
    from varve.api import repository
    from varve.api.findings import ConfigError

    try:
        return repository.open()
    except ConfigError as error:
        print_(error.findings)
        end(error.findings)


def print_findings(findings: "Findings", format_: Format = "text", folder: str = "") -> None:
    """Print findings; `folder` is the repository's path relative to git's top level, which CI hosts need."""
    from varve.world.machine import environment

    match format_:
        case "json":
            click.echo(findings.json(), nl=False)
        case "sarif":
            click.echo(findings.sarif(folder), nl=False)
        case "github":
            click.echo(findings.github(folder), nl=False)
        case "text":
            terminal = environment.terminal(sys.stdout)
            text = findings.text(colour=terminal.colour, width=terminal.width)
            click.echo(text, nl=False, color=terminal.colour)


def print_to_stderr(findings: "Findings") -> None:
    """Print findings to stderr, for people, because stdout is for programs."""
    from varve.world.machine import environment

    terminal = environment.terminal(sys.stderr)
    text = findings.text(colour=terminal.colour, width=terminal.width)
    click.echo(text, nl=False, err=True, color=terminal.colour)


def print_with_answer(findings: "Findings", format_: str | None) -> None:
    """Print findings next to an answer: to stdout, or to stderr if the answer is for programs."""
    (print_findings if format_ == "text" else print_to_stderr)(findings)


def print_trust(trust: "Trust | None") -> None:
    """Print by which commit a change was judged, if by any, to stderr, so that it is in the log with every format."""
    if trust:
        click.echo(trust.summary, err=True)


def end(findings: "Findings") -> NoReturn:
    """End the command: with 1 if there is any error, else with 0."""
    sys.exit(exit_code.USER_ERROR if findings.broken else exit_code.SUCCESS)
