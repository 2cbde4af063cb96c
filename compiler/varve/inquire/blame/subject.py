"""The artifact of a question: how it is made, and from which files."""

from typing import NamedTuple

from varve.emit.template.code import Codes
from varve.inquire.blame import remake
from varve.inquire.blame.remake import Remake
from varve.inquire.blame.template import UsedTemplates, try_templates, watched
from varve.inquire.blame.trial import Trial, split
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline.opening import Opened
from varve.read import repository


class Subject(NamedTuple):
    """The artifact of a question, with its unit, its target, and the function that makes it again.

    `own` is False if the artifact is made by linking. `used` records which templates are used.
    """

    opened: Opened
    used: UsedTemplates
    unit: Unit
    path: str
    target: str
    remake: Remake
    own: bool

    def made(self, report: Report) -> bytes | None:
        """The content of the artifact as the sources compile to it; None where they are broken."""
        return self.remake(self.opened, report)

    @property
    def sources(self) -> tuple[str, ...]:
        """The paths of the settings and of all sources read to make the artifact, without artifacts of tenants."""
        reading = self.opened.reading.recording(Report())
        self.remake(self.opened._replace(reading=reading), Report())
        settings = self.opened.reading.find(repository.SETTINGS)
        paths = {path for question in reading.questions for path in reading.paths(question)}
        # The settings define the layers.
        paths |= {settings.path} if settings else set()
        return tuple(sorted(path for path in paths if not path.startswith("build/")))

    @property
    def templates(self) -> tuple[str, ...]:
        """The paths of the templates without which the artifact would differ."""
        made = self.made(Report()) or b""
        return tuple(try_templates(Trial(self.opened, self.remake, split(made), None), self.used))


def subject_of(before: Opened, unit: Unit, path: str, report: Report, codes: Codes | None = None) -> Subject | None:
    """How an artifact of a unit, or one that the tenants of an environment share, is made.

    None if nothing makes it, and also if the unit or its environment is broken or the artifact would contain a
    credential, which is reported. `codes` contains templates that earlier runs compiled.
    """
    used = UsedTemplates(codes)
    opened = watched(before, used)
    if not remake.is_sound(opened, unit, report):
        return None
    own = remake.target_of(opened, unit, path) if unit.tenant else None
    target = own or remake.link_of(opened, unit, path)
    if target is None:
        # A broken unit might make the artifact if it were sound: report why it is broken.
        remake.emit(opened, unit, report)
        return None
    how = remake.quickest(opened, unit, path, target) if own else remake.of_environment(unit.environment, path, target)
    found = Subject(opened, used, unit, path, target, how, bool(own))
    data = found.made(report)
    if data is None or report.broken or remake.leaks(opened, unit, Artifact(path, data), report):
        return None
    return found
