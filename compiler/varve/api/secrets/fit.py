"""Which sealed files may be passed to SOPS: sound ones whose recipients are known."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from varve import pipeline
from varve.api.opening import Opening
from varve.api.secrets.check import is_selected
from varve.check.secrets import copied, custody, resealed, rotation
from varve.model.diagnostic import Report, Rule
from varve.model.unit import Environment, Selection
from varve.read import repository as shape
from varve.read.sealed.file import Holder, Sealed
from varve.resolve.custody import Custody, all_own_keys, environments_of
from varve.resolve.custody import custody as custody_of
from varve.world.secrets import sealing


class SealedFiles(NamedTuple):
    """The sealed files of the work tree: all readable ones, the sound ones of a selection, and all environments."""

    opening: Opening
    every: Sequence[Sealed]
    files: Sequence[Sealed]
    environments: Sequence[Environment]


def sealed_files(
    opening: Opening, selection: Selection, report: Report, *, tolerated: Collection[Rule] = ()
) -> SealedFiles | None:
    """The sound sealed files of a selection, after reporting the others; None if recipients cannot be determined.

    Platform settings that violate only the `tolerated` rules count as sound.
    """
    opened = pipeline.open_repository(opening.snapshot, report)
    if opened is None or not shape.is_selectable(selection, opened.settings, opened.tenants, report):
        return None
    reading = opened.reading
    names = opened.settings.environments
    found = [pipeline.resolve_environment(opened, name, report, tolerated=tolerated) for name in names]
    environments = [each for each in found if each is not None]
    diagnostics = Report()
    custody.check_recipients_set(environments, diagnostics)
    report.extend(diagnostics)
    if diagnostics.broken or len(environments) < len(found):
        return None
    every = [each for path in reading.all_sealed() if (each := reading.sealed(path, Report()))]
    paths = [path for path in reading.all_sealed() if is_selected(path, selection)]
    files = [each for path in paths if (each := reading.sealed(path, report))]
    return SealedFiles(opening, every, [each for each in files if _custody(each, environments, report)], environments)


def _custody(sealed: Sealed, environments: Sequence[Environment], report: Report) -> Custody | None:
    expected = expected_custody(sealed.holder, environments)
    if expected is None and sealed.holder and environments_of(sealed.holder, environments):
        custody.check(sealed, environments, report)
    return expected


def expected_custody(holder: Holder | None, environments: Sequence[Environment]) -> Custody | None:
    """The required recipients of a holder's files; None if nobody uses them, or the platform does not define any."""
    serving = environments_of(holder, environments) if holder else []
    if holder is None or not serving or not all_own_keys(holder, serving):
        return None
    return custody_of(holder, serving)


def fit(held: SealedFiles, due: date | None, report: Report) -> tuple[list[Sealed], list[str]]:
    """The files to seal anew, and the paths of those that are not due.

    Files that were copied, or that would ask a service outside the platform's list for a key, are reported and left
    out.
    """
    marks = {mark for each in held.files for mark in (*each.marks, each.seal)}
    since = sealing.sealings(held.opening.repository, marks)
    copies = Report()
    copied.check(held.every, since, copies)
    chosen: list[Sealed] = []
    left: list[str] = []
    for each in held.files:
        diagnostics = Report()
        # A copy that is sealed anew could no longer be distinguished from its holder's own file.
        diagnostics.extend(found for found in copies if found.place and found.place.file == each.path)
        resealed.check_foreign_keys(each, held.environments, diagnostics)
        if due:
            rotation.check(each, held.environments, since, due, diagnostics)
        unfit = [found for found in diagnostics if found.rule is not rotation.OVERDUE_ROTATION]
        report.extend(unfit)
        if not unfit and due and not diagnostics.broken:
            left.append(each.path)
        elif not unfit:
            chosen.append(each)
    return chosen, left
