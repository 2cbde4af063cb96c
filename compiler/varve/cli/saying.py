"""How commands say what they have to say, and end."""

import sys
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NoReturn, TypeAlias

import click

from varve.cli import ending

if TYPE_CHECKING:
    from collections.abc import Callable

    from varve.api.findings import Findings
    from varve.api.opening import Trust
    from varve.api.repository import OpenRepository

Format: TypeAlias = Literal["text", "json", "sarif", "github"]
FORMATS: Final = ("text", "json", "sarif", "github")


def opened(format_: Format = "text") -> "OpenRepository":
    """The repository around the working directory; where there is none, that is said, and the command ends."""
    return _opened(partial(say, format_=format_))


def opened_to_answer(format_: str | None) -> "OpenRepository":
    """The same for a command that prints an answer in this format, which is something else than diagnostics."""
    return _opened(partial(say_beside, format_=format_))


def _opened(tell: "Callable[[Findings], None]") -> "OpenRepository":
    from varve.api import repository
    from varve.api.findings import ConfigError

    try:
        return repository.open()
    except ConfigError as error:
        tell(error.findings)
        end(error.findings)


def say(findings: "Findings", format_: Format = "text", folder: str = "") -> None:
    """Print what was found; `folder` is the way from git's top level to the repository, for the CI host's sake."""
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
            said = findings.text(colour=terminal.colour, width=terminal.width)
            click.echo(said, nl=False, color=terminal.colour)


def say_aside(findings: "Findings") -> None:
    """Print what was found to stderr, for people, where stdout is for programs."""
    from varve.world.machine import environment

    terminal = environment.terminal(sys.stderr)
    said = findings.text(colour=terminal.colour, width=terminal.width)
    click.echo(said, nl=False, err=True, color=terminal.colour)


def say_beside(findings: "Findings", format_: str | None) -> None:
    """Print what was found beside an answer: with it, or aside where the answer is for programs."""
    (say if format_ == "text" else say_aside)(findings)


def say_trust(trust: "Trust | None") -> None:
    """Say by which commit a change was judged, if by any: on stderr, so that it stands in the log of any format."""
    if trust:
        click.echo(trust.summary, err=True)


def end(findings: "Findings") -> NoReturn:
    """End the command: with 1 where an error was found, else with 0."""
    sys.exit(ending.YOURS if findings.broken else ending.FINE)
