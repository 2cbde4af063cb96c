"""Which sealed files may be handed to SOPS at all: sound ones, of which it is known for whom they have to be sealed."""

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
from varve.resolve.custody import Custody, own_of, served
from varve.resolve.custody import custody as custody_of
from varve.world.secrets import sealing


class Held(NamedTuple):
    """What stands in the work tree: all sealed files that are sound, the chosen ones, and who may read them."""

    opening: Opening
    every: Sequence[Sealed]
    files: Sequence[Sealed]
    environments: Sequence[Environment]


def hold(opening: Opening, selection: Selection, report: Report, *, tolerated: Collection[Rule] = ()) -> Held | None:
    """The files of a selection that are sound, after saying which are not; None where nobody can say for whom.

    That is said also by a platform of which nothing is wrong but by the `tolerated` rules.
    """
    opened = pipeline.open_repository(opening.snapshot, report)
    if opened is None or not shape.is_selectable(selection, opened.settings, opened.tenants, report):
        return None
    desk = opened.reading
    names = opened.settings.environments
    found = [pipeline.resolve_environment(opened, name, report, tolerated=tolerated) for name in names]
    environments = [each for each in found if each is not None]
    said = Report()
    custody.check_said(environments, said)
    report.extend(said)
    if said.broken or len(environments) < len(found):
        return None
    every = [each for path in desk.all_sealed() if (each := desk.sealed(path, Report()))]
    paths = [path for path in desk.all_sealed() if is_selected(path, selection)]
    files = [each for path in paths if (each := desk.sealed(path, report))]
    return Held(opening, every, [each for each in files if _custody(each, environments, report)], environments)


def _custody(sealed: Sealed, environments: Sequence[Environment], report: Report) -> Custody | None:
    expected = expect(sealed.holder, environments)
    if expected is None and sealed.holder and served(sealed.holder, environments):
        custody.check(sealed, environments, report)
    return expected


def expect(holder: Holder | None, environments: Sequence[Environment]) -> Custody | None:
    """For whom the files of a holder have to be sealed; None where nobody reads them, or nobody says it."""
    serving = served(holder, environments) if holder else []
    if holder is None or not serving or not own_of(holder, serving):
        return None
    return custody_of(holder, serving)


def fit(held: Held, due: date | None, report: Report) -> tuple[list[Sealed], list[str]]:
    """The files to be rotated, none that was copied or would ask a stranger, and the paths of those not due."""
    marks = {mark for each in held.files for mark in (*each.marks, each.seal)}
    since = sealing.sealings(held.opening.repository, marks)
    copies = Report()
    copied.check(held.every, since, copies)
    chosen: list[Sealed] = []
    left: list[str] = []
    for each in held.files:
        said = Report()
        # A copy that is sealed anew would look like its holder's own, and nobody could tell any more.
        said.extend(found for found in copies if found.place and found.place.file == each.path)
        resealed.check_asked(each, held.environments, said)
        if due:
            rotation.check(each, held.environments, since, due, said)
        unfit = [found for found in said if found.rule is not rotation.OVERDUE_ROTATION]
        report.extend(unfit)
        if not unfit and due and not said.broken:
            left.append(each.path)
        elif not unfit:
            chosen.append(each)
    return chosen, left
