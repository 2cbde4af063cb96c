"""Sealing files anew, with new data keys and for the platform's current recipients; the secrets do not change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

from varve.api.findings import Findings, Result, count, gather
from varve.api.opening import open_view, reporting_git_errors
from varve.api.secrets.fit import SealedFiles, expected_custody, fit, sealed_files
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
    """The paths of the `files` that have a new data key, and of those that were `left` because they were not due."""

    findings: Findings
    files: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What was done, in one line without a newline."""
        due = f"; not due: {len(self.left)}" if self.left else ""
        if not self.files:
            return f"no sealed file has a new data key{due}"
        have = "has a new data key" if len(self.files) == 1 else "have new data keys"
        return f"{count(self.files, 'sealed file')} {have}{due}"


class Request(NamedTuple):
    """The identities to rotate with, whose files to rotate, and on which day they must be `due`, if on any."""

    identities: Identities
    tenant: str | None = None
    due: date | None = None


def rotate(repository: Repository, request: Request) -> Rotated:
    """Have SOPS seal the chosen files of the work tree anew; each is compared before it replaces the old one.

    A broken file is never passed to SOPS. If one file fails, the others are rotated all the same.
    """
    report = Report()
    with transaction.lock(repository.root, report) as lock:
        opening = open_view(repository, WorkTree(), report) if lock else None
        if lock is None or opening is None:
            return Rotated(gather(report))
        done: list[str] = []
        left: list[str] = []
        with reporting_git_errors(report):
            held = sealed_files(opening, Selection(tenant=request.tenant), report)
            if held is not None:
                chosen, left = fit(held, request.due, report)
                done = _rotated(held, chosen, request, lock, report) if chosen else []
        return Rotated(gather(report, opening.snapshot), tuple(done), tuple(left))


def _rotated(held: SealedFiles, chosen: Sequence[Sealed], request: Request, lock: Lock, report: Report) -> list[str]:
    """The paths of the files that were replaced."""
    names = [each.name for each in held.environments]
    search = Search(held.opening.repository, request.identities, names)
    done = []
    with sops.ready(report) as tool:
        for each in chosen if tool else ():
            old = held.opening.snapshot.source(each.path).data
            access = identity.access(each, cast("Holder", each.holder), search, report)
            new = _resealed(cast("Sops", tool), Locked(each, old, access), held, report) if access else None
            if new is not None and exchange(lock, each.path, old, new, report):
                done.append(each.path)
    return done


def _resealed(tool: Sops, file: Locked, held: SealedFiles, report: Report) -> bytes | None:
    """A file with a new data key, compared with the old one; None if that failed, which is reported."""
    expected = expected_custody(file.sealed.holder, held.environments)
    made = resealing.reseal(tool, file, expected, report) if expected else None
    if made is None:
        return None
    diagnostics = Report()
    resealed.check(made.before, made.now, held.environments, diagnostics)
    report.extend(diagnostics)
    return None if diagnostics.broken else made.data
