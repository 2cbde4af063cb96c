"""How commands that compare two sides of a change work, say what they found, and end."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, TypeVar

import click

from varve.cli import effort, progress, saying

if TYPE_CHECKING:
    from varve.api.findings import Findings
    from varve.api.repository import OpenRepository

FORMATS: Final = ("text", "json")

_Command = TypeVar("_Command", bound=Callable[..., object])


class Compared(Protocol):
    """What was found: an answer for people, one for programs, and diagnostics."""

    @property
    def answer(self) -> str:
        """What people read."""

    @property
    def findings(self) -> "Findings":
        """What is wrong on either side."""

    def json(self) -> str:
        """What programs read."""


_Found = TypeVar("_Found", bound=Compared)


def options(command: _Command) -> _Command:
    """Give a command `--format`, and the options of work that compiles."""
    formats = click.option(
        "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format."
    )
    return formats(progress.options(effort.executor(effort.options(command))))


def asked(format_: str, ask: "Callable[[OpenRepository], _Found]") -> _Found:
    """What is found in the repository around the working directory, with the effort that the options say."""
    with progress.shown() as shown:
        return ask(saying.opened_to_answer(format_).by(effort.effort(shown)))


def end(found: Compared, format_: str, *, tells: bool) -> NoReturn:
    """Print what was found, and end the command; programs read nothing where a mistake left nothing to tell."""
    click.echo(found.json() if format_ == "json" and (found.findings.sound or tells) else found.answer, nl=False)
    saying.say_aside(found.findings)
    saying.end(found.findings)
