"""To blame: the sources of an artifact, or of one of its lines."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from typing import Final, NamedTuple

from varve import pipeline
from varve.api.findings import Findings, Result, gather
from varve.api.opening import Opening, asking_git, open_view
from varve.api.question.resolve import of_unit
from varve.api.question.written import written
from varve.inquire.blame.asking import Asking, asking
from varve.inquire.blame.blame import Blame, Way, blame
from varve.inquire.blame.search import Touch
from varve.inquire.blame.trial import split
from varve.model.diagnostic import Place, Report
from varve.model.unit import Selection, Unit
from varve.pipeline.opening import unit_of
from varve.read import repository as shape
from varve.render import blame as saying
from varve.render.blame import Default, OfArtifact, OfLine, Row, Source, Through
from varve.render.history import Commit
from varve.resolve.history import Voice
from varve.world.git.repository import Repository
from varve.world.history.latest import latest
from varve.world.snapshot import standing
from varve.world.snapshot.views import View
from varve.write import asked

_WHERE: Final = re.compile(r"(?P<path>.+?)(?::(?P<line>[0-9]{1,99}))?(?::[0-9]{1,99})?:?", re.DOTALL)


class Question(NamedTuple):
    """An artifact by its path from the folder of `varve.yaml`, and which of its lines is meant, from 1, if one is."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Blamed(Result):
    """Who is to blame: for a line its words in `told.rows`, those first that have most to do with it; or all sources.

    `told` is None where there is nothing to ask about: the findings say why.
    """

    findings: Findings
    told: OfLine | OfArtifact | None = None

    @property
    def answer(self) -> str:
        """What `varve blame` prints; empty where nothing could be asked."""
        match self.told:
            case OfLine():
                return saying.line_text(self.told)
            case OfArtifact():
                return saying.artifact_text(self.told)
        return ""

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """Who is to blame, and what was found on the way."""
        return self.answer + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """The same as one JSON document; empty where nothing could be asked."""
        match self.told:
            case OfLine():
                return saying.line_json(self.told)
            case OfArtifact():
                return saying.artifact_json(self.told)
        return ""


def read(text: str, root: Path, folder: Path) -> Question:
    """What `ARTIFACT[:LINE[:COLUMN]]` asks about, as it is written by somebody who stands in `folder`.

    A path that does not begin with `build/` is one from there, or a whole one.
    """
    found = _WHERE.fullmatch(text)
    path, line = (found["path"], found["line"]) if found else (text, None)
    above, last = os.path.split(normpath(folder / path))
    # Unlike those of `Path` these do not fail, whatever the name; what is behind a link at its end is not asked about.
    whole = Path(os.path.realpath(above), last)
    inside = whole.relative_to(root).as_posix() if whole.is_relative_to(root) else path
    plain = normpath(path)
    from_root = plain.startswith("build/") and not (inside.startswith("build/") and os.access(whole, os.F_OK))
    return Question(plain if from_root else inside, int(line) if line else None)


def ask(repository: Repository, question: Question, view: View) -> Blamed:
    """Who is to blame for an artifact or for a line of it, as `view` sees the files; nothing is written."""
    report = Report()
    opening = open_view(repository, view, report)
    if opening is None:
        return Blamed(gather(report))
    told = None
    with asking_git(report):
        told = _told(opening, question, report)
    return Blamed(gather(report, opening.snapshot), told)


def _told(opening: Opening, question: Question, report: Report) -> OfLine | OfArtifact | None:
    heard, said = Report(), Report()
    found = _asking(opening, question, heard, said)
    report.extend(said)
    if found is None or said.broken:
        return None
    if question.line is None:
        return _of_artifact(opening, found)
    return _of_line(opening, found, question.line, heard, report)


def _asking(opening: Opening, question: Question, heard: Report, report: Report) -> Asking | None:
    """How the artifact is made, where it stands as it is made; reported where not. Of all units there is `heard`."""
    path, snapshot = question.path, opening.snapshot
    artifacts = [*snapshot.under("build")]
    unit = unit_of(path) if path.startswith("build/") and path.count("/") > 1 else None
    if unit is None:
        asked.say_no_artifact(path, artifacts, report)
        return None
    opened = pipeline.open_repository(snapshot, heard)
    whole = opened is not None and _is_known(opened, unit)
    found = asking(opened, unit, path, heard) if opened and whole else None
    report.extend(of_unit(heard, unit))
    if opened is None or report.broken:
        return None
    if path not in snapshot and found is None:
        asked.say_no_artifact(path, artifacts, report)
        return None
    there = standing.standing(opening.repository, snapshot, opening.view)
    made = found.made(Report()) if found else None
    data = snapshot.source(path).data if path in snapshot else None
    if not asked.holds(path, made, there, data, report):
        return None
    count = len(split(made or b""))
    sound = question.line is None or asked.has_line(path, question.line, count, report)
    return found if sound else None


def _is_known(opened: pipeline.Opened, unit: Unit) -> bool:
    wanted = Selection(unit.environment, unit.tenant or None)
    return shape.is_selectable(wanted, opened.settings, opened.tenants, Report())


def _of_line(opening: Opening, found: Asking, number: int, heard: Report, report: Report) -> OfLine | None:
    blamed = blame(found, number - 1, heard)
    said = Report()
    said.extend(of_unit(heard, blamed.unit))
    if said.broken:
        # The tenant that brings the line is broken: of its words nothing is known.
        report.extend(said)
        return None
    voices = [(touch.word.keys, _voice(blamed, touch)) for touch in blamed.touches]
    rows = zip(blamed.touches, written(opening, voices, report), strict=True)
    text = split(found.made(Report()) or b"")[number - 1]
    words = tuple(Row(touch.relation, line) for touch, line in rows)
    templates = _shipped(opening, blamed.templates)
    defaults = tuple(Default(*each, each.file in opening.snapshot.library) for each in blamed.defaults)
    return OfLine(found.path, number, text, blamed.unit, words, templates, _through(blamed.way), defaults)


def _voice(blamed: Blame, touch: Touch) -> Voice:
    spot = touch.word.spots[0]
    return Voice(blamed.layers[spot.file], "says", touch.word.value, Place(spot.file, spot.keys))


def _through(way: Way | None) -> Through | None:
    return Through(way.path, way.line, only=not way.shared) if way else None


def _shipped(opening: Opening, paths: tuple[str, ...]) -> Mapping[str, bool]:
    return {path: path in opening.snapshot.library for path in paths}


def _of_artifact(opening: Opening, found: Asking) -> OfArtifact:
    paths = found.sources
    commits = latest(opening.repository, paths, opening.view)
    groups: dict[str, list[Source]] = {}
    for name, path in sorted(_grouped(paths)):
        change = commits.get(path)
        commit = Commit(change.id, change.author, change.date) if change else None
        groups.setdefault(name, []).append(Source(path, commit, beyond=path in commits and not commit))
    return OfArtifact(found.path, found.unit, groups, _shipped(opening, found.templates))


def _grouped(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Paths with whose they are: a tenant's own, or the platform's."""
    return (("tenant" if path.startswith("tenants/") else "platform", path) for path in paths)
