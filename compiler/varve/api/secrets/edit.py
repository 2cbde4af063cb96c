"""To edit a sealed file, or to begin one: in SOPS's own editor, for those whom the platform names."""

from dataclasses import dataclass, replace
from datetime import date
from posixpath import normpath
from typing import Final, NamedTuple, cast

from varve.api.findings import Findings, Result, gather
from varve.api.opening import Opening, asking_git, open_view
from varve.api.secrets import check
from varve.api.secrets.fit import Held, expect, fit, hold
from varve.check.secrets import custody, resealed
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
from varve.world.git.content import Together
from varve.world.git.repository import Repository
from varve.world.secrets import editor, identity, resealing, sops
from varve.world.secrets.identity import Identities, Search
from varve.world.secrets.sops import Access, Failure, Sops
from varve.world.secrets.unsealing import Locked
from varve.world.snapshot.views import WorkTree

_FORMATS: Final = (".yaml", ".yml", ".json")
_THROWN_AWAY: Final = "the file stays as it was, and what was typed is discarded"


@dataclass(frozen=True, slots=True)
class Edited(Result):
    """What became of the file at `path`: whether it was `changed`, or made; the findings are those of a check after."""

    findings: Findings
    path: str
    changed: bool = False

    @property
    def summary(self) -> str:
        """What was done, in one line without an end."""
        return f"`{self.path}` is sealed" if self.changed else f"nothing was changed in `{self.path}`"


class Wish(NamedTuple):
    """What is to be edited, with what it is opened, and the day for which the age of data keys is judged."""

    path: str
    identities: Identities
    today: date


class _Turn(NamedTuple):
    """What an editor is opened on: a file that stands there and is sound, or none yet; and for whom it is sealed."""

    wish: Wish
    held: Held
    custody: Custody
    file: Sealed | None

    @property
    def data(self) -> bytes | None:
        """The file as it stands, sealed."""
        return self.held.opening.snapshot.source(self.file.path).data if self.file else None


def locate(target: str, environment: str | None = None) -> str | None:
    """The path of the sealed file that is meant by `<tenant>/<name>`, or by its own path; None where none could be.

    With an environment it is the file of that environment alone.
    """
    match target.split("/"):
        case [tenant, name]:
            folder = f"{environment}/" if environment else ""
            return _editable(f"tenants/{tenant}/secrets/{folder}{name}.sops.yaml")
    return None if environment else _editable(normpath(target))


def _editable(path: str) -> str | None:
    """The same path where a sealed file can stand there, in a format that SOPS has."""
    plain = not {"", ".", ".."}.intersection(path.split("/"))
    return path if plain and holder(path) and is_sealed_file(path) and path.endswith(_FORMATS) else None


def edit(repository: Repository, wish: Wish) -> Edited:
    """Open SOPS's editor on a file of the work tree, or on a new one, and put what came out there when it is sound.

    What stands there is then judged as `check` does. A file that is not sound is never handed to SOPS.
    """
    report = Report()
    opening = open_view(repository, WorkTree(), report) if editor.is_possible(wish.path, report) else None
    if opening is None:
        return Edited(gather(report), wish.path)
    changed, snapshot = False, opening.snapshot
    with asking_git(report):
        turn = _turn(opening, wish, report)
        data = _edited(turn, report) if turn else None
        if turn is not None and data is not None:
            snapshot = _with(snapshot, wish.path, data, repository)
            changed = _is_sound(turn, data, report) and _put(repository, turn, data, report)
    if changed:
        found = check.check(repository, Selection(tenant=_holder(wish.path).tenant), wish.today).findings
        return Edited(found, wish.path, changed=True)
    return Edited(gather(report, snapshot), wish.path)


def _holder(path: str) -> Holder:
    return cast("Holder", holder(path))


def _turn(opening: Opening, wish: Wish, report: Report) -> _Turn | None:
    """What is to be edited, or None after saying why that cannot be."""
    said, place = Report(), _holder(wish.path)
    # The secret that the platform already names may be the very one that is to be sealed.
    held = hold(opening, Selection(place.environment, place.tenant), said, tolerated=(UNKNOWN_SECRET,))
    chosen = fit(held, None, said)[0] if held else []
    file = next((each for each in chosen if each.path == wish.path), None)
    if held is None or (file is None and wish.path in opening.snapshot):
        report.extend(said)
        return None
    expected = expect(place, held.environments)
    if expected is None:
        message = f"there are no recipients for `{wish.path}`"
        named = f"tenants.{place.tenant}" if place.tenant else "platform"
        hint = f"let the platform set `platform.secrets.recipients.{named}`"
        report.say(custody.WRONG_RECIPIENTS, message, Place(wish.path, sealed=True), hint=hint)
        return None
    return _Turn(wish, held, expected, file)


def _edited(turn: _Turn, report: Report) -> bytes | None:
    """The file as people leave it, sealed; None where they left it as it was, or after saying why there is none."""
    access = _access(turn, report)
    if access is None:
        return None
    with sops.ready(report) as tool:
        data = _for_whom_it_is(tool, turn, access, report) if tool else None
        if tool is None or (data is None and turn.file):
            return None
        try:
            return editor.edit(tool, turn.wish.path, data, turn.custody, resealing.wider(access, turn.custody))
        except Failure as failure:
            resealing.say(turn.wish.path, failure, report, editor.NOT_EDITED)
    return None


def _access(turn: _Turn, report: Report) -> Access | None:
    """With what the file is opened; to begin one, nothing is needed."""
    if turn.file is None:
        return Access()
    names = [each.name for each in turn.held.environments]
    search = Search(turn.held.opening.repository, turn.wish.identities, names)
    return identity.access(turn.file, _holder(turn.wish.path), search, report)


def _for_whom_it_is(tool: Sops, turn: _Turn, access: Access, report: Report) -> bytes | None:
    """The file as it stands, or sealed anew where the platform names others; None where there is none to give."""
    if turn.file is None or turn.data is None:
        return None
    if turn.custody.is_as(Custody(turn.file.metadata.groups, turn.file.metadata.threshold)):
        return turn.data
    made = resealing.reseal(tool, Locked(turn.file, turn.data, access), turn.custody, report)
    said = Report()
    if made:
        resealed.check(made.before, made.now, turn.held.environments, said)
        report.extend(said)
    return made.data if made and not said.broken else None


def _is_sound(turn: _Turn, data: bytes, report: Report) -> bool:
    """Whether what came out is sealed as it should be; else nothing is kept, for some of it may be in the clear."""
    said = Report()
    found = sealed(Source(turn.wish.path, "", data), said)
    if found:
        custody.check(found, turn.held.environments, said)
    report.extend(said)
    if found is None or said.broken:
        message = f"what was typed is not allowed in `{turn.wish.path}`"
        report.say(editor.NOT_EDITED, message, Place(turn.wish.path, sealed=True), hint=_THROWN_AWAY)
        return False
    return True


def _put(repository: Repository, turn: _Turn, data: bytes, report: Report) -> bool:
    with transaction.lock(repository.root, report) as lock:
        return lock is not None and exchange(lock, turn.wish.path, turn.data, data, report)


def _with(snapshot: Snapshot, path: str, data: bytes, repository: Repository) -> Snapshot:
    """The same files with another one at `path`, so that what is wrong with it can be shown by its line."""
    id_ = identify(data, repository.algorithm)
    entries = {**snapshot.entries, path: Entry(id_, "100644")}
    return replace(snapshot, entries=entries, contents=Together({id_: data}, snapshot.contents))
