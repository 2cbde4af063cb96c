"""How commands say what they have to say, and with which exit code they end."""

import sys
from typing import TYPE_CHECKING, Final, Literal, NoReturn, TypeAlias

import click

from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot

if TYPE_CHECKING:
    from varve.render.situate import Situated

Format: TypeAlias = Literal["text", "json", "github"]
FORMATS: Final = ("text", "json", "github")
NOTHING: Final = Snapshot({}, {})

FINE: Final = 0
YOURS: Final = 1
OURS: Final = 3


def say(report: Report, snapshot: Snapshot, format_: Format = "text", folder: str = "") -> None:
    """Print what was reported; `folder` is the way from git's top level to the repository, for the CI host's sake."""
    from varve.render import github, json, text
    from varve.world import environment

    situated = _situate(report, snapshot)
    match format_:
        case "json":
            click.echo(json.json(situated), nl=False)
        case "github":
            click.echo(github.github(situated, folder), nl=False)
        case "text":
            terminal = environment.terminal(sys.stdout)
            click.echo(
                text.text(situated, colour=terminal.colour, width=terminal.width), nl=False, color=terminal.colour
            )


def _situate(report: Report, snapshot: Snapshot) -> "list[Situated]":
    from varve.render.situate import situate
    from varve.world.command import GitError
    from varve.world.repository import say_failure

    try:
        return situate(report, snapshot)
    except GitError as error:
        # The files cannot be shown, but what was found in them can be said.
        say_failure(error, report)
        return situate(report, NOTHING)


def count(number: int, what: str) -> str:
    """So many things: `1 unit`, `2 units`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def end(report: Report) -> NoReturn:
    """End the command: with 1 where an error was reported, else with 0."""
    sys.exit(YOURS if report.broken else FINE)
