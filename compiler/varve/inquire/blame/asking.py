"""An artifact that is asked about: how it is made, and on which files it rests."""

from dataclasses import replace
from typing import NamedTuple

from varve.emit.template.code import Codes
from varve.inquire.blame import remake
from varve.inquire.blame.remake import Remake
from varve.inquire.blame.template import Asked, try_templates, watched
from varve.inquire.blame.trial import Trial, split
from varve.model.artifact import Artifact
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline.opening import Opened
from varve.read import repository


class Asking(NamedTuple):
    """An artifact that is asked about: of which unit it is, for which target it is made, and how.

    It is its unit's `own` where nobody links it. `asked` knows the templates that are asked for.
    """

    opened: Opened
    asked: Asked
    unit: Unit
    path: str
    target: str
    remake: Remake
    own: bool

    def made(self, report: Report) -> bytes | None:
        """What it says by the sources; None where these are broken."""
        return self.remake(self.opened, report)

    @property
    def sources(self) -> tuple[str, ...]:
        """The paths of the settings and of all sources looked at to make it; artifacts of tenants are none."""
        desk = self.opened.reading.watched(Report())
        self.remake(replace(self.opened, reading=desk), Report())
        settings = self.opened.reading.find(repository.SETTINGS)
        paths = {path for question in desk.asked for path in desk.paths(question)}
        # Which layers there are is said there.
        paths |= {settings.path} if settings else set()
        return tuple(sorted(path for path in paths if not path.startswith("build/")))

    @property
    def templates(self) -> tuple[str, ...]:
        """The paths of the templates without which it would be another."""
        made = self.made(Report()) or b""
        return tuple(try_templates(Trial(self.opened, self.remake, split(made), None), self.asked))


def asking(before: Opened, unit: Unit, path: str, report: Report, codes: Codes | None = None) -> Asking | None:
    """How an artifact is made, of a unit or of what its environment's tenants share.

    None where nothing makes it, or where the unit or its environment is broken, or would have it hold a credential,
    which is reported. `codes` may know what templates were compiled to.
    """
    asked = Asked(codes)
    opened = watched(before, asked)
    if not remake.is_sound(opened, unit, report):
        return None
    own = remake.target_of(opened, unit, path) if unit.tenant else None
    target = own or remake.link_of(opened, unit, path)
    if target is None:
        # Where it is broken, nobody knows what it would make.
        remake.emit(opened, unit, report)
        return None
    how = remake.quickest(opened, unit, path, target) if own else remake.of_environment(unit.environment, path, target)
    found = Asking(opened, asked, unit, path, target, how, bool(own))
    data = found.made(report)
    if data is None or report.broken or remake.leaks(opened, unit, Artifact(path, data), report):
        return None
    return found
