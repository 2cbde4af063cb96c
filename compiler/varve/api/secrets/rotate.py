"""To give sealed files new data keys, for those whom the platform names now; nothing in them changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from varve.api.findings import Findings, Result, count, gather
from varve.api.opening import asking_git, open_view
from varve.api.secrets.fit import Held, expect, fit, hold
from varve.check.secrets import resealed
from varve.model.diagnostic import Report
from varve.model.unit import Selection
from varve.read.sealed.file import Holder, Sealed
from varve.world.disk import transaction
from varve.world.disk.exchange import exchange
from varve.world.disk.transaction import Lock
from varve.world.git.repository import Repository
from varve.world.secrets import identity, resealing, sops
from varve.world.secrets.identity import Identities, Search
from varve.world.secrets.sops import Sops
from varve.world.secrets.unsealing import Locked
from varve.world.snapshot.views import WorkTree


@dataclass(frozen=True, slots=True)
class Rotated(Result):
    """What was done: the paths of the `files` that have a new data key, and of those that were `left` as not due."""

    findings: Findings
    files: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What was done, in one line without an end."""
        due = f"; not due: {len(self.left)}" if self.left else ""
        if not self.files:
            return f"no sealed file has a new data key{due}"
        have = "has a new data key" if len(self.files) == 1 else "have new data keys"
        return f"{count(self.files, 'sealed file')} {have}{due}"


class Wish(NamedTuple):
    """What is to be rotated, and with what: all, or one tenant's; and only those `due` on a day where one is said."""

    identities: Identities
    tenant: str | None = None
    due: date | None = None


def rotate(repository: Repository, wish: Wish) -> Rotated:
    """Let SOPS seal the chosen files of the work tree anew; each is replaced when it was compared, or stays as it was.

    A file that is not sound is never handed to SOPS. What one file fails by keeps no other from being rotated.
    """
    report = Report()
    with transaction.lock(repository.root, report) as lock:
        opening = open_view(repository, WorkTree(), report) if lock else None
        if lock is None or opening is None:
            return Rotated(gather(report))
        done: list[str] = []
        left: list[str] = []
        with asking_git(report):
            held = hold(opening, Selection(tenant=wish.tenant), report)
            if held is not None:
                chosen, left = fit(held, wish.due, report)
                done = _rotated(held, chosen, wish, lock, report) if chosen else []
        return Rotated(gather(report, opening.snapshot), tuple(done), tuple(left))


def _rotated(held: Held, chosen: Sequence[Sealed], wish: Wish, lock: Lock, report: Report) -> list[str]:
    """The paths of the files that were replaced."""
    names = [each.name for each in held.environments]
    search = Search(held.opening.repository, wish.identities, names)
    done = []
    with sops.ready(report) as tool:
        for each in chosen if tool else ():
            old = held.opening.snapshot.source(each.path).data
            access = identity.access(each, cast("Holder", each.holder), search, report)
            new = _resealed(cast("Sops", tool), Locked(each, old, access), held, report) if access else None
            if new is not None and exchange(lock, each.path, old, new, report):
                done.append(each.path)
    return done


def _resealed(tool: Sops, file: Locked, held: Held, report: Report) -> bytes | None:
    """A file with a new data key, compared with the old one; None after saying why there is none."""
    expected = expect(file.sealed.holder, held.environments)
    made = resealing.reseal(tool, file, expected, report) if expected else None
    if made is None:
        return None
    said = Report()
    resealed.check(made.before, made.now, held.environments, said)
    report.extend(said)
    return None if said.broken else made.data
