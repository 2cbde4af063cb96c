"""Verifying secrets with the keys that open them: each seal is intact, and each value fits its uses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from varve.api.findings import Findings, Summarised, count, gather
from varve.api.opening import Opening, open_view, reporting_git_errors
from varve.api.secrets import check
from varve.api.secrets.check import Judged
from varve.check.secrets import custody, leak, misshapen
from varve.model.diagnostic import Report, Severity
from varve.model.secret import Secret
from varve.model.unit import Selection
from varve.read.sealed.file import Sealed
from varve.world.git.repository import Repository
from varve.world.secrets import identity, sops, unsealing
from varve.world.secrets.identity import Identities, Search
from varve.world.secrets.unsealing import Locked
from varve.world.snapshot.views import WorkTree

_Opened: TypeAlias = Mapping[str, Mapping[str, Secret]]


@dataclass(frozen=True, slots=True)
class Verified(Summarised):
    """The paths of the sealed `files` that were opened, and how many `secrets` in them were verified."""

    findings: Findings
    files: tuple[str, ...] = ()
    secrets: int = 0

    @property
    def summary(self) -> str:
        """What is sound, in one line without a newline; empty if there is any error."""
        if self.broken:
            return ""
        if not self.files:
            return "nothing is sealed, and no secret is used"
        held = f"{self.secrets} secret{'' if self.secrets == 1 else 's'}"
        opened = f"{count(self.files, 'sealed file')} opened with {held}"
        return f"{opened}: intact, what their uses need, and nowhere in the clear"


def verify(repository: Repository, selection: Selection, identities: Identities, today: date) -> Verified:
    """Judge the sealed files of the work tree without any key, then open the sound ones and judge their values.

    A file with an error is never passed to SOPS. The result contains no value, and nothing derived from one.
    """
    report = Report()
    opening = open_view(repository, WorkTree(), report)
    if opening is None:
        return Verified(gather(report))
    opened: _Opened = {}
    with reporting_git_errors(report):
        judged = check.judge(opening, selection, today, report)
        if judged is not None:
            search = Search(repository, identities, environments(judged, selection))
            opened = unseal(opening, sound(judged, report), search, report)
            _judge(opening, judged, opened, report)
    return Verified(gather(report, opening.snapshot), tuple(opened), sum(map(len, opened.values())))


def environments(judged: Judged, selection: Selection) -> Sequence[str]:
    """The names of the environments whose identities may be available."""
    return [selection.environment] if selection.environment else judged.opened.settings.environments


def sound(judged: Judged, report: Report) -> list[Sealed]:
    """The files that were judged by their recipients, and have no errors."""
    errors = (each for each in report if each.rule.severity is Severity.ERROR)
    wrong = {each.place.file for each in errors if each.place}
    files = (each for each in judged.files if each.path not in wrong)
    return [each for each in files if custody.is_judged(each, judged.environments)]


def unseal(opening: Opening, files: Iterable[Sealed], search: Search, report: Report) -> _Opened:
    """The secrets of each file, by its path and their names; files that cannot be opened are reported."""
    locked = []
    for each in files:
        holder = each.holder
        access = identity.access(each, holder, search, report) if holder else None
        if access:
            locked.append(Locked(each, opening.snapshot.source(each.path).data, access))
    if not locked:
        return {}
    with sops.ready(report) as tool:
        return unsealing.unseal(tool, locked, report) if tool else {}


def _judge(opening: Opening, judged: Judged, opened: _Opened, report: Report) -> None:
    misshapen.check(judged.using, {each.path: each for each in judged.files}, opened, report)
    if opened:
        snapshot = opening.snapshot
        files = [snapshot.source(path) for path in snapshot.entries if path not in snapshot.library]
        leak.check_known(opened, files, report)
