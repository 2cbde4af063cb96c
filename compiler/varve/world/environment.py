"""What the machine around varve says: variables, the terminal, the CI host."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TextIO

from varve.model.diagnostic import Report, Rule

UNKNOWN_INPUT = Rule(
    "world/unknown-input",
    "A value was given for a variable that varve.yaml does not name",
    "Sources may use only the environment variables under `inputs.env` of `varve.yaml`, each with the value that a "
    "committed build takes. Another value can be given for one of them, and for no others: a misspelt name would "
    "silently change nothing. Add the name to `inputs.env`, or correct it.",
)

_WIDTH: Final = 100
_NARROWEST: Final = 40


@dataclass(frozen=True, slots=True)
class Terminal:
    """How a stream shows text: `width` in columns, `live` for a person who watches, `unicode` for any character."""

    width: int
    live: bool
    colour: bool
    unicode: bool


def inputs(declared: Mapping[str, str], given: Mapping[str, str], report: Report) -> Mapping[str, str]:
    """The variables that sources may name: as `varve.yaml` declares them, unless another value was `given`.

    The process's own environment has no say, so that a build gives the same bytes on every machine.
    """
    for name in sorted(given.keys() - declared.keys()):
        hint = f"`inputs.env` names {', '.join(f'`{each}`' for each in declared)}" if declared else ""
        report.say(UNKNOWN_INPUT, f"`{name}` is no variable under `inputs.env`", hint=hint)
    return {name: given.get(name, value) for name, value in declared.items()}


def terminal(stream: TextIO) -> Terminal:
    """What `stream` can show: `NO_COLOR` forbids colour, `FORCE_COLOR` wants it also where there is no terminal."""
    live = not stream.closed and stream.isatty()
    dumb = os.environ.get("TERM") == "dumb"
    wanted = (live and not dumb) or bool(os.environ.get("FORCE_COLOR"))
    columns = shutil.get_terminal_size((_WIDTH, 24)).columns if live else _WIDTH
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    colour = wanted and not os.environ.get("NO_COLOR")
    return Terminal(max(columns, _NARROWEST), live and not dumb, colour, encoding.startswith("utf"))


def host_format() -> Literal["text", "github"]:
    """The format of diagnostics that the CI host understands, and text everywhere else."""
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
