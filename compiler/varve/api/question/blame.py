"""Blaming: the sources of an artifact, or of one of its lines."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from typing import Final, NamedTuple

from varve import pipeline
from varve.api.findings import Findings, Result, gather
from varve.api.opening import Opening, open_view, reporting_git_errors
from varve.api.question.resolve import of_unit
from varve.api.question.written import written
from varve.inquire.blame.blame import Blame, Way, blame
from varve.inquire.blame.search import Touch
from varve.inquire.blame.subject import Subject, subject_of
from varve.inquire.blame.trial import split
from varve.model.diagnostic import Place, Report
from varve.model.unit import Selection, Unit
from varve.pipeline.opening import unit_of
from varve.read import repository as shape
from varve.render import blame as rendering
from varve.render.blame import ArtifactBlame, Default, LineBlame, Row, Source, Through
from varve.render.history import Commit
from varve.resolve.history import Contribution
from varve.world.git.repository import Repository
from varve.world.history.latest import latest
from varve.world.snapshot import built
from varve.world.snapshot.views import View
from varve.write import query

_WHERE: Final = re.compile(r"(?P<path>.+?)(?::(?P<line>[0-9]{1,99}))?(?::[0-9]{1,99})?:?", re.DOTALL)


class Question(NamedTuple):
    """An artifact, by its path relative to the folder of `varve.yaml`, and optionally a line of it, from 1."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Blamed(Result):
    """The sources of an artifact or of a line.

    `blame` has, for a line, its `rows`, one for each source word that the line depends on, the most closely related
    first, and the `templates`; without a line, the `sources` of the artifact. It is None if there is no such artifact
    or line, or the artifact does not match its sources, as the findings say.
    """

    findings: Findings
    blame: LineBlame | ArtifactBlame | None = None

    @property
    def answer(self) -> str:
        """The sources, as `varve blame` prints them; empty if there are none."""
        match self.blame:
            case LineBlame():
                return rendering.line_text(self.blame)
            case ArtifactBlame():
                return rendering.artifact_text(self.blame)
        return ""

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The sources, and the findings."""
        return self.answer + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """The sources as one JSON document; empty if there are none."""
        match self.blame:
            case LineBlame():
                return rendering.line_json(self.blame)
            case ArtifactBlame():
                return rendering.artifact_json(self.blame)
        return ""


def read(text: str, root: Path, folder: Path) -> Question:
    """The question in `ARTIFACT[:LINE[:COLUMN]]`, as typed in `folder`.

    A path that begins with `build/` is relative to `root`; any other is relative to `folder`, or absolute.
    """
    found = _WHERE.fullmatch(text)
    path, line = (found["path"], found["line"]) if found else (text, None)
    above, last = os.path.split(normpath(folder / path))
    # Unlike the methods of `Path`, these accept any name; a symbolic link at the end of the path is not followed.
    whole = Path(os.path.realpath(above), last)
    inside = whole.relative_to(root).as_posix() if whole.is_relative_to(root) else path
    plain = normpath(path)
    from_root = plain.startswith("build/") and not (inside.startswith("build/") and os.access(whole, os.F_OK))
    return Question(plain if from_root else inside, int(line) if line else None)


def ask(repository: Repository, question: Question, view: View) -> Blamed:
    """The sources of an artifact or of a line of it, in `view`; nothing is written."""
    report = Report()
    opening = open_view(repository, view, report)
    if opening is None:
        return Blamed(gather(report))
    found = None
    with reporting_git_errors(report):
        found = _answer(opening, question, report)
    return Blamed(gather(report, opening.snapshot), found)


def _answer(opening: Opening, question: Question, report: Report) -> LineBlame | ArtifactBlame | None:
    of_all_units, diagnostics = Report(), Report()
    found = _subject(opening, question, of_all_units, diagnostics)
    report.extend(diagnostics)
    if found is None or diagnostics.broken:
        return None
    if question.line is None:
        return _of_artifact(opening, found)
    return _of_line(opening, found, question.line, of_all_units, report)


def _subject(opening: Opening, question: Question, of_all_units: Report, report: Report) -> Subject | None:
    """How to make the artifact again, if it matches its sources, else None, which is reported.

    `of_all_units` gets the diagnostics about all units, `report` only those about the artifact's unit.
    """
    path, snapshot = question.path, opening.snapshot
    artifacts = [*snapshot.under("build")]
    unit = unit_of(path) if path.startswith("build/") and path.count("/") > 1 else None
    if unit is None:
        query.report_no_artifact(path, artifacts, report)
        return None
    opened = pipeline.open_repository(snapshot, of_all_units)
    whole = opened is not None and _is_known(opened, unit)
    found = subject_of(opened, unit, path, of_all_units) if opened and whole else None
    report.extend(of_unit(of_all_units, unit))
    if opened is None or report.broken:
        return None
    if path not in snapshot and found is None:
        query.report_no_artifact(path, artifacts, report)
        return None
    there = built.standing(opening.repository, snapshot, opening.view)
    made = found.made(Report()) if found else None
    data = snapshot.source(path).data if path in snapshot else None
    if not query.is_up_to_date(path, made, there, data, report):
        return None
    count = len(split(made or b""))
    sound = question.line is None or query.has_line(path, question.line, count, report)
    return found if sound else None


def _is_known(opened: pipeline.Opened, unit: Unit) -> bool:
    wanted = Selection(unit.environment, unit.tenant or None)
    return shape.is_selectable(wanted, opened.settings, opened.tenants, Report())


def _of_line(opening: Opening, found: Subject, number: int, of_all_units: Report, report: Report) -> LineBlame | None:
    blamed = blame(found, number - 1, of_all_units)
    diagnostics = Report()
    diagnostics.extend(of_unit(of_all_units, blamed.unit))
    if diagnostics.broken:
        # The tenant that contributes the line is broken, so its words are not known.
        report.extend(diagnostics)
        return None
    contributions = [(touch.word.keys, _contribution(blamed, touch)) for touch in blamed.touches]
    rows = zip(blamed.touches, written(opening, contributions, report), strict=True)
    text = split(found.made(Report()) or b"")[number - 1]
    words = tuple(Row(touch.relation, line) for touch, line in rows)
    templates = _shipped(opening, blamed.templates)
    defaults = tuple(Default(*each, each.file in opening.snapshot.library) for each in blamed.defaults)
    return LineBlame(found.path, number, text, blamed.unit, words, templates, _through(blamed.way), defaults)


def _contribution(blamed: Blame, touch: Touch) -> Contribution:
    spot = touch.word.spots[0]
    return Contribution(blamed.layers[spot.file], "sets", touch.word.value, Place(spot.file, spot.keys))


def _through(way: Way | None) -> Through | None:
    return Through(way.path, way.line, only=not way.shared) if way else None


def _shipped(opening: Opening, paths: tuple[str, ...]) -> Mapping[str, bool]:
    return {path: path in opening.snapshot.library for path in paths}


def _of_artifact(opening: Opening, found: Subject) -> ArtifactBlame:
    paths = found.sources
    commits = latest(opening.repository, paths, opening.view)
    groups: dict[str, list[Source]] = {}
    for name, path in sorted(_grouped(paths)):
        change = commits.get(path)
        commit = Commit(change.id, change.author, change.date) if change else None
        groups.setdefault(name, []).append(Source(path, commit, beyond=path in commits and not commit))
    return ArtifactBlame(found.path, found.unit, groups, _shipped(opening, found.templates))


def _grouped(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each path with its owner: `tenant` or `platform`."""
    return (("tenant" if path.startswith("tenants/") else "platform", path) for path in paths)
