"""What every call reports: diagnostics with their places looked up, and the formats to print them in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from varve.language.name import dotted
from varve.model.artifact import NOTHING_PROVEN, Proven
from varve.model.diagnostic import Diagnostic, Report, Severity
from varve.model.situated import Situated, Spot
from varve.model.snapshot import Snapshot
from varve.world.git.command import GitError
from varve.world.git.repository import report_failure

NO_FILES: Final = Snapshot({}, {})
"""The files to look places up in where nothing could be opened."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Diagnostics in the order of files and lines; `situated` has the line, the column and the source text of each.

    A diagnostic that could quote a secret is reduced to the title of its rule.
    """

    situated: tuple[Situated, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics, each with its rule, message, place, notes and hint."""
        return tuple(each.diagnostic for each in self.situated)

    @property
    def broken(self) -> bool:
        """Whether any of the diagnostics is an error."""
        return any(each.diagnostic.rule.severity is Severity.ERROR for each in self.situated)

    @property
    def sound(self) -> bool:
        """Whether none of the diagnostics is an error; there may be warnings."""
        return not self.broken

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """Frames for people, in lines of about `width` columns, and a line that counts them; empty without diagnostics.

        With `colour`, the text contains ANSI escape sequences.
        """
        if not self.situated:
            return ""
        from varve.render import text

        return text.text(self.situated, colour=colour, width=width)

    def json(self) -> str:
        """A JSON list of the diagnostics, as `varve check --format json` prints it."""
        from varve.render import json

        return json.json(self.situated)

    def github(self, folder: str = "") -> str:
        """Workflow commands for GitHub Actions, one for each diagnostic.

        `folder` is the repository's path relative to git's top level, with a slash at its end, or empty.
        """
        from varve.render import github

        return github.github(self.situated, folder)

    def sarif(self, folder: str = "") -> str:
        """A SARIF 2.1.0 log for code scanning; `folder` is as in `github`."""
        from varve.render import sarif

        return sarif.sarif(self.situated, folder)


NO_FINDINGS: Final = Findings()
"""Findings without any diagnostic."""


class Result(Protocol):
    """What the results of all calls have in common: findings, and whether they are sound."""

    findings: Findings

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that the call reported."""
        return self.findings.diagnostics

    @property
    def broken(self) -> bool:
        """Whether any of the diagnostics is an error."""
        return self.findings.broken

    @property
    def sound(self) -> bool:
        """Whether none of the diagnostics is an error; there may be warnings."""
        return self.findings.sound


class Summarised(Result, Protocol):
    """A result with a summary of one line."""

    @property
    def summary(self) -> str:
        """What was done or is sound, in one line without a newline; empty if there is nothing to say."""

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The findings and the summary, as the command prints them."""
        return self.findings.text(colour=colour, width=width) + (f"{self.summary}\n" if self.summary else "")


class ConfigError(Exception):
    """There is nothing to return: the repository cannot be opened, or a unit is broken or does not exist.

    `findings` say why; the text of the exception is theirs.
    """

    def __init__(self, findings: Findings) -> None:
        super().__init__(findings)
        self.findings = findings

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The reasons; at least one of them is an error."""
        return self.findings.diagnostics

    def __str__(self) -> str:
        return self.findings.text()


def gather(report: Report, snapshot: Snapshot = NO_FILES) -> Findings:
    """The findings of a report, with places looked up in `snapshot`; if git cannot read them, that is reported too."""
    if not len(report):
        return NO_FINDINGS
    from varve.render import situate

    try:
        return Findings(tuple(situate.situate(report, snapshot)))
    except GitError as error:
        # The source lines cannot be shown, but the diagnostics can.
        report_failure(error, report)
        return Findings(tuple(situate.situate(report, NO_FILES)))


def with_report(findings: Findings, report: Report) -> Findings:
    """The same findings, after the diagnostics of a report without places."""
    return Findings((*gather(report).situated, *findings.situated)) if len(report) else findings


def without_report(findings: Findings, report: Report) -> Findings:
    """The same findings, without the diagnostics of a report."""
    passing = set(report)
    return Findings(tuple(each for each in findings.situated if each.diagnostic not in passing))


def by_path(findings: Findings, file: str) -> Findings:
    """The same findings, in which places in `file`, which is not a real file, are shown as paths in the data."""
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


def trusted_suffix(units: int) -> str:
    """The end of a summary: how many units were trusted, and not looked at; empty if none was."""
    return f"; {_counted(units, 'unit')} trusted" if units else ""


def count(things: Iterable[object], what: str) -> str:
    """A number of things in words: `1 unit`, `2 units`."""
    return _counted(sum(1 for _ in things), what)


def proven_suffix(looked_at: Proven) -> str:
    """The end of a summary: how much was proven about isolation; empty if nothing was linked."""
    if looked_at == NOTHING_PROVEN:
        return ""
    parts = ((looked_at.rules, "rule"), (looked_at.routes, "route"), (looked_at.alerts, "alert"))
    return f"; proven: {', '.join(_counted(number, what) for number, what in parts)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
