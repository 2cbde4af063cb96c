"""To verify secrets with the keys that open them: that each seal holds, and that each value is what its use needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from varve.api.findings import Findings, Summed, count, gather
from varve.api.opening import Opening, asking_git, open_view
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
class Verified(Summed):
    """What was opened: the paths of the sealed `files`, and how many `secrets` in them were looked at."""

    findings: Findings
    files: tuple[str, ...] = ()
    secrets: int = 0

    @property
    def summary(self) -> str:
        """What is sound, in one line without an end; empty where anything is not."""
        if self.broken:
            return ""
        if not self.files:
            return "nothing is sealed, and no secret is used"
        held = f"{self.secrets} secret{'' if self.secrets == 1 else 's'}"
        opened = f"{count(self.files, 'sealed file')} opened with {held}"
        return f"{opened}: intact, what their uses need, and nowhere in the clear"


def verify(repository: Repository, selection: Selection, identities: Identities, today: date) -> Verified:
    """Judge the sealed files of the work tree without any key, and open those that are sound to judge what they hold.

    A file of which anything is wrong is never given to `sops`. No value is shown, nor anything that is made of one.
    """
    report = Report()
    opening = open_view(repository, WorkTree(), report)
    if opening is None:
        return Verified(gather(report))
    opened: _Opened = {}
    with asking_git(report):
        judged = check.judge(opening, selection, today, report)
        if judged is not None:
            search = Search(repository, identities, environments(judged, selection))
            opened = unseal(opening, sound(judged, report), search, report)
            _judge(opening, judged, opened, report)
    return Verified(gather(report, opening.snapshot), tuple(opened), sum(map(len, opened.values())))


def environments(judged: Judged, selection: Selection) -> Sequence[str]:
    """The environments whose identities may be at hand."""
    return [selection.environment] if selection.environment else judged.opened.settings.environments


def sound(judged: Judged, report: Report) -> list[Sealed]:
    """Those of the files that were judged by policy, and of which no error was said."""
    errors = (each for each in report if each.rule.severity is Severity.ERROR)
    wrong = {each.place.file for each in errors if each.place}
    files = (each for each in judged.files if each.path not in wrong)
    return [each for each in files if custody.is_judged(each, judged.environments)]


def unseal(opening: Opening, files: Iterable[Sealed], search: Search, report: Report) -> _Opened:
    """The secrets of each file, by its path and their names; of what cannot be opened it is said why."""
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
