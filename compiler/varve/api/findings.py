"""What is found in sources, as every call gives it: diagnostics with their places, and ways to say them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from varve.language.name import dotted
from varve.model.artifact import NOTHING as NOTHING_PROVEN
from varve.model.artifact import Proven
from varve.model.diagnostic import Diagnostic, Report, Severity
from varve.model.situated import Situated, Spot
from varve.model.snapshot import Snapshot
from varve.world.git.command import GitError
from varve.world.git.repository import say_failure

NOTHING: Final = Snapshot({}, {})
"""What is looked at where nothing could be opened."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that is to be said, in the order of files and lines; `situated` knows line, column and text of each.

    A diagnostic that could quote a secret is here only as the title of its rule.
    """

    situated: tuple[Situated, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is said: rule, message, place, notes and hint of each."""
        return tuple(each.diagnostic for each in self.situated)

    @property
    def broken(self) -> bool:
        """Whether anything said is an error."""
        return any(each.diagnostic.rule.severity is Severity.ERROR for each in self.situated)

    @property
    def sound(self) -> bool:
        """Whether nothing said is an error; there may be warnings."""
        return not self.broken

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """Frames for people, in lines of about `width` columns, and a line that counts them; empty for nothing."""
        if not self.situated:
            return ""
        from varve.render import text

        return text.text(self.situated, colour=colour, width=width)

    def json(self) -> str:
        """A JSON list, as `varve check --format json` prints it."""
        from varve.render import json

        return json.json(self.situated)

    def github(self, folder: str = "") -> str:
        """Commands for GitHub Actions; `folder` is the way from git's top level to the repository, slash included."""
        from varve.render import github

        return github.github(self.situated, folder)

    def sarif(self, folder: str = "") -> str:
        """A log of SARIF 2.1.0 for code scanning; `folder` is as for `github`."""
        from varve.render import sarif

        return sarif.sarif(self.situated, folder)


NONE: Final = Findings()
"""Where there is nothing to be said."""


class Result(Protocol):
    """What every result of a call knows: what was found on the way, and whether that is sound."""

    findings: Findings

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was said on the way."""
        return self.findings.diagnostics

    @property
    def broken(self) -> bool:
        """Whether anything said is an error."""
        return self.findings.broken

    @property
    def sound(self) -> bool:
        """Whether nothing said is an error; there may be warnings."""
        return self.findings.sound


class Summed(Result, Protocol):
    """A result that a line sums up."""

    @property
    def summary(self) -> str:
        """What was done, or what is sound, in one line without an end; empty where there is nothing to say of it."""

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """What was found, and the summary, as the command prints them."""
        return self.findings.text(colour=colour, width=width) + (f"{self.summary}\n" if self.summary else "")


class ConfigError(Exception):
    """There is nothing to give: no repository can be opened, or a unit is broken. Its text is that of its findings."""

    def __init__(self, findings: Findings) -> None:
        super().__init__(findings)
        self.findings = findings

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Why: at least one of them is an error."""
        return self.findings.diagnostics

    def __str__(self) -> str:
        return self.findings.text()


def gather(report: Report, snapshot: Snapshot = NOTHING) -> Findings:
    """What was reported, with the places that `snapshot` holds; where git cannot show them, that is reported too."""
    if not len(report):
        return NONE
    from varve.render import situate

    try:
        return Findings(tuple(situate.situate(report, snapshot)))
    except GitError as error:
        # The files cannot be shown, but what was found in them can be said.
        say_failure(error, report)
        return Findings(tuple(situate.situate(report, NOTHING)))


def beside(findings: Findings, aside: Report) -> Findings:
    """The same, after what is said aside, which has no place."""
    return Findings((*gather(aside).situated, *findings.situated)) if len(aside) else findings


def lasting(findings: Findings, aside: Report) -> Findings:
    """The same without what was said aside."""
    passing = set(aside)
    return Findings(tuple(each for each in findings.situated if each.diagnostic not in passing))


def by_path(findings: Findings, file: str) -> Findings:
    """The same, with what was found in `file`, which nobody wrote, shown by its path in the data."""
    return Findings(tuple(_by_path(each, file) for each in findings.situated))


def _by_path(found: Situated, file: str) -> Situated:
    place = found.diagnostic.place
    notes = zip(found.diagnostic.notes, found.notes, strict=True)
    shown = tuple(
        Spot(dotted(note.place.keys)) if note.place and note.place.file == file and note.place.keys else spot
        for note, spot in notes
    )
    path = Spot(dotted(place.keys)) if place and place.file == file and place.keys else found.spot
    return found._replace(spot=path, notes=shown)


def trusting(units: int) -> str:
    """How many units were not looked at, at the end of a line; nothing where all were."""
    return f"; {_counted(units, 'unit')} trusted" if units else ""


def count(things: Iterable[object], what: str) -> str:
    """So many things: `1 unit`, `2 units`."""
    return _counted(sum(1 for _ in things), what)


def proven(looked_at: Proven) -> str:
    """The end of a line, which says how much was proven of what was built; empty where nothing was linked."""
    if looked_at == NOTHING_PROVEN:
        return ""
    parts = ((looked_at.rules, "rule"), (looked_at.routes, "route"), (looked_at.alerts, "alert"))
    return f"; proven: {', '.join(_counted(number, what) for number, what in parts)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
