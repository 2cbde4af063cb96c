"""What the commands that compare two sides of a change have in common: options, output and exit code."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, TypeVar

import click

from varve.cli import effort, output, progress

if TYPE_CHECKING:
    from varve.api.findings import Findings
    from varve.api.repository import OpenRepository

FORMATS: Final = ("text", "json")

_Command = TypeVar("_Command", bound=Callable[..., object])


class Compared(Protocol):
    """The result of a comparison: an answer for people, one for programs, and findings."""

    @property
    def answer(self) -> str:
        """The answer for people."""

    @property
    def findings(self) -> "Findings":
        """The findings about either side."""

    def json(self) -> str:
        """The answer for programs."""


_Found = TypeVar("_Found", bound=Compared)


def options(name: str) -> Callable[[_Command], _Command]:
    """Add `--format`, and the options of commands that compile, to the command of this name."""
    formats = click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        envvar=f"VARVE_{name.upper()}_FORMAT",
        help="Output format.",
    )
    return lambda command: formats(progress.options(effort.executor(effort.options(command))))


def compared(format_: str, ask: "Callable[[OpenRepository], _Found]") -> _Found:
    """The result of `ask` for the repository around the working directory, with the effort given by the options."""
    with progress.shown() as shown:
        return ask(output.opened_for_answer(format_).by(effort.effort(shown)))


def end(found: Compared, format_: str, *, has_answer: bool) -> NoReturn:
    """Print the result, and end the command; without an answer because of errors, programs get an empty output."""
    click.echo(found.json() if format_ == "json" and (found.findings.sound or has_answer) else found.answer, nl=False)
    output.print_to_stderr(found.findings)
    output.end(found.findings)
