"""Editing a sealed file, or creating one, in SOPS's own editor, for the recipients that the platform names."""

from dataclasses import dataclass, replace
from datetime import date
from posixpath import normpath
from typing import Final, NamedTuple, cast

from varve.api.findings import Findings, Result, gather
from varve.api.opening import Opening, open_view, reporting_git_errors
from varve.api.secrets import check
from varve.api.secrets.fit import SealedFiles, expected_custody, fit, sealed_files
from varve.check.secrets import custody, resealed, typed
from varve.check.unit.reference import UNKNOWN_SECRET
from varve.language.blob import identify
from varve.model.diagnostic import Place, Report
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Source
from varve.model.unit import Selection
from varve.read.sealed.file import Holder, Sealed, holder, is_sealed_file, sealed
from varve.resolve.custody import Custody
from varve.world.disk import transaction
from varve.world.disk.exchange import exchange
from varve.world.git.content import Chained
from varve.world.git.repository import Repository
from varve.world.secrets import editor, identity, resealing, sops
from varve.world.secrets.identity import Identities, Search
from varve.world.secrets.sops import Access, Failure, Sops
from varve.world.secrets.unsealing import Locked
from varve.world.snapshot.views import WorkTree

_FORMATS: Final = (".yaml", ".yml", ".json")
_DISCARDED: Final = "the file stays as it was, and what was typed is discarded"


@dataclass(frozen=True, slots=True)
class Edited(Result):
    """Whether the file at `path` was `changed` or created; the findings are those of the check that follows."""

    findings: Findings
    path: str
    changed: bool = False

    @property
    def summary(self) -> str:
        """What was done, in one line without a newline."""
        return f"`{self.path}` is sealed" if self.changed else f"nothing was changed in `{self.path}`"


class Request(NamedTuple):
    """What to edit, with which identities, and the day by which the age of data keys is judged."""

    path: str
    identities: Identities
    today: date


class _Task(NamedTuple):
    """What the editor is opened on, an existing sound file or None for a new one, and who may open it."""

    request: Request
    held: SealedFiles
    custody: Custody
    file: Sealed | None

    @property
    def data(self) -> bytes | None:
        """The existing file, sealed."""
        return self.held.opening.snapshot.source(self.file.path).data if self.file else None


def locate(target: str, environment: str | None = None) -> str | None:
    """The path of the sealed file named by `<tenant>/<name>` or by its own path; None if there can be no such file.

    With an environment, it is the file for that environment only.
    """
    match target.split("/"):
        case [tenant, name]:
            folder = f"{environment}/" if environment else ""
            return _editable(f"tenants/{tenant}/secrets/{folder}{name}.sops.yaml")
    return None if environment else _editable(normpath(target))


def _editable(path: str) -> str | None:
    """`path`, if a sealed file may be there, in a format that SOPS knows; else None."""
    plain = not {"", ".", ".."}.intersection(path.split("/"))
    return path if plain and holder(path) and is_sealed_file(path) and path.endswith(_FORMATS) else None


def edit(repository: Repository, request: Request) -> Edited:
    """Open SOPS's editor on a file of the work tree, or on a new one, and write the result if it is sound.

    The files of its holder are then judged as `check` does. A broken file is never passed to SOPS.
    """
    report = Report()
    opening = open_view(repository, WorkTree(), report) if editor.is_possible(request.path, report) else None
    if opening is None:
        return Edited(gather(report), request.path)
    changed, snapshot = False, opening.snapshot
    with reporting_git_errors(report):
        task = _task(opening, request, report)
        data = _edited(task, report) if task else None
        if task is not None and data is not None:
            snapshot = _with_file(snapshot, request.path, data, repository)
            changed = _is_sound(task, data, report) and _replace_file(repository, task, data, report)
    if changed:
        found = check.check(repository, Selection(tenant=_holder(request.path).tenant), request.today).findings
        return Edited(found, request.path, changed=True)
    return Edited(gather(report, snapshot), request.path)


def _holder(path: str) -> Holder:
    return cast("Holder", holder(path))


def _task(opening: Opening, request: Request, report: Report) -> _Task | None:
    """What to edit; None if that is not possible, which is reported."""
    diagnostics, place = Report(), _holder(request.path)
    # The platform may already use the very secret that is to be created now.
    held = sealed_files(opening, Selection(place.environment, place.tenant), diagnostics, tolerated=(UNKNOWN_SECRET,))
    chosen = fit(held, None, diagnostics)[0] if held else []
    file = next((each for each in chosen if each.path == request.path), None)
    if held is None or (file is None and request.path in opening.snapshot):
        report.extend(diagnostics)
        return None
    expected = expected_custody(place, held.environments)
    if expected is None:
        message = f"there are no recipients for `{request.path}`"
        named = f"tenants.{place.tenant}" if place.tenant else "platform"
        hint = f"let the platform set `platform.secrets.recipients.{named}`"
        report.add(custody.WRONG_RECIPIENTS, message, Place(request.path, sealed=True), hint=hint)
        return None
    return _Task(request, held, expected, file)


def _edited(task: _Task, report: Report) -> bytes | None:
    """The sealed file after editing; None if it is unchanged, or if that failed, which is reported."""
    access = _access(task, report)
    if access is None:
        return None
    with sops.ready(report) as tool:
        data = _resealed_if_needed(tool, task, access, report) if tool else None
        if tool is None or (data is None and task.file):
            return None
        try:
            return editor.edit(tool, task.request.path, data, task.custody, resealing.extended(access, task.custody))
        except Failure as failure:
            resealing.report_failure(task.request.path, failure, report, editor.NOT_EDITED)
    return None


def _access(task: _Task, report: Report) -> Access | None:
    """The identity that opens the file; a new file needs none."""
    if task.file is None:
        return Access()
    names = [each.name for each in task.held.environments]
    search = Search(task.held.opening.repository, task.request.identities, names)
    return identity.access(task.file, _holder(task.request.path), search, report)


def _resealed_if_needed(tool: Sops, task: _Task, access: Access, report: Report) -> bytes | None:
    """The existing file, sealed anew if its recipients have changed; None if there is no file, or sealing failed."""
    if task.file is None or task.data is None:
        return None
    if task.custody.is_as(Custody(task.file.metadata.groups, task.file.metadata.threshold)):
        return task.data
    made = resealing.reseal(tool, Locked(task.file, task.data, access), task.custody, report)
    diagnostics = Report()
    if made:
        resealed.check(made.before, made.now, task.held.environments, diagnostics)
        report.extend(diagnostics)
    return made.data if made and not diagnostics.broken else None


def _is_sound(task: _Task, data: bytes, report: Report) -> bool:
    """Whether the edited file is sealed correctly; if not, it is discarded, because some of it may not be encrypted."""
    diagnostics = Report()
    found = sealed(Source(task.request.path, "", data), diagnostics)
    if found:
        custody.check(found, task.held.environments, diagnostics)
        typed.check(found, diagnostics)
    report.extend(diagnostics)
    if found is None or diagnostics.broken:
        message = f"what was typed is not allowed in `{task.request.path}`"
        report.add(editor.NOT_EDITED, message, Place(task.request.path, sealed=True), hint=_DISCARDED)
        return False
    return True


def _replace_file(repository: Repository, task: _Task, data: bytes, report: Report) -> bool:
    with transaction.lock(repository.root, report) as lock:
        return lock is not None and exchange(lock, task.request.path, task.data, data, report)


def _with_file(snapshot: Snapshot, path: str, data: bytes, repository: Repository) -> Snapshot:
    """The same files, with this content at `path`, so that diagnostics can show its lines."""
    id_ = identify(data, repository.algorithm)
    entries = {**snapshot.entries, path: Entry(id_, "100644")}
    return replace(snapshot, entries=entries, contents=Chained({id_: data}, snapshot.contents))
