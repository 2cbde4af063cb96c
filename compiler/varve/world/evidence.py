"""Evidence on the disk: a folder with a commit's repository, the reports about it, and nothing else."""

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from varve.model.diagnostic import Place, Report, Rule
from varve.resolve.reporting import file_notes
from varve.world.disk import file
from varve.world.disk.existing import is_link, nearest
from varve.world.disk.refusal import Refusal, about
from varve.world.git.listing import BUILD, SOURCES, shown
from varve.world.git.repository import Repository
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit, WorkTree

UNCOMMITTED = Rule(
    "world/uncommitted",
    "Evidence needs a clean work tree",
    "Evidence is about a commit: only a commit can be handed over, with its history, and checked again by somebody "
    "else. The work tree differs from it. Commit the changes, or use `--rev HEAD` to check the commit as it is.",
)
NO_EVIDENCE = Rule(
    "world/no-evidence",
    "The evidence cannot be written there",
    "Evidence is written into a folder of its own, new or empty, so that it contains nothing else, and not among the "
    "sources, where varve would read it. If one of its files cannot be written, none is. Name another folder, or fix "
    "what the message says.",
)
UNSOUND_EVIDENCE = Rule(
    "world/unsound-evidence",
    "The evidence is damaged or was altered",
    "A folder of evidence contains seven files and nothing else; `MANIFEST.sha256` has the digests of the others, and "
    "the bundle contains the commit that the request names, with its history. Something was changed, removed or added "
    "since, or was never complete, so it proves nothing. Request it again.",
)

OTHER_COMPILER = Rule(
    "world/other-compiler",
    "The evidence was made by a different compiler",
    "Reports depend on the compiler, the library that it ships and the libraries that it uses, and its digest covers "
    "all of them. Another compiler may judge differently, so it cannot show whether the reports are true. Install the "
    "version that the message names, with the same libraries, and verify with that.",
)
OTHER_REPORT = Rule(
    "world/other-report",
    "The repository does not give the same report",
    "The same compiler, for the same day and the same commit, gives a different report than the file. So the file was "
    "changed, or made from something else, and its manifest with it. Trust what the repository gives.",
)

MANIFEST: Final = "MANIFEST.sha256"
BUNDLE: Final = "repository.bundle"

_SHOWN: Final = 5
_LONGEST: Final = 1 << 28


def is_committed(repository: Repository, report: Report) -> bool:
    """Whether the sources and artifacts of the work tree are those of the current commit; reported if not.

    Raises `GitError`.
    """
    diagnostics = Report()
    now, then = views.look(repository, WorkTree(), diagnostics), views.look(repository, Commit("HEAD"), diagnostics)
    if now is None or then is None or diagnostics.broken:
        report.extend(diagnostics)
        return False
    changed = sorted({path for path, _ in now.entries.items() ^ then.entries.items()})
    if changed:
        first, *others = map(shown, changed)
        notes = file_notes(others, "this differs too", _SHOWN)
        hint = "commit it, or use `--rev HEAD` to check the commit as it is"
        report.add(UNCOMMITTED, f"`{first}` differs from the commit", Place(first), *notes, hint=hint)
    return not changed


def is_free(folder: Path, repository: Repository, report: Report) -> bool:
    """Whether evidence may be written to `folder`: it is new or empty, and not among the sources; reported if not."""
    real = Path(os.path.realpath(folder))
    if fault := _fault(folder, real, repository):
        report.add(NO_EVIDENCE, f"`{folder}` {fault}", hint="name a folder that is new or empty")
        return False
    return True


def _fault(folder: Path, real: Path, repository: Repository) -> str | None:
    if any(real.is_relative_to(repository.root / name) for name in (*SOURCES, BUILD)):
        return "is among the sources and artifacts"
    if is_link(folder):
        return "is a symbolic link"
    try:
        return "is not empty" if any(real.iterdir()) else None
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def write(folder: Path, files: Mapping[str, bytes], report: Report) -> bool:
    """Write `files` and their manifest to a new or empty folder; False, with the reason reported, if that fails.

    The manifest is written last, after the others were flushed to disk: without it, the folder is no evidence.
    """
    real = Path(os.path.realpath(folder))
    existing = nearest(real)
    try:
        with (
            about(str(folder)),
            file.opened(existing) as there,
            file.inside(there, "/".join(real.relative_to(existing).parts), make=True) as here,
        ):
            _write(here, {**files, MANIFEST: manifest(files)})
    except Refusal as refusal:
        report.add(NO_EVIDENCE, str(refusal), hint="fix that, and run the command again")
        return False
    return True


def _write(folder: int, files: Mapping[str, bytes]) -> None:
    written: list[str] = []
    try:
        for name, data in files.items():
            if name == MANIFEST:
                file.synchronise(folder)
            file.create(folder, name, data)
            written.append(name)
        file.synchronise(folder)
    except OSError as error:
        # A part of the failed file may have been written, unless it exists because somebody else has created it.
        incomplete = [] if isinstance(error, FileExistsError) else [*files][len(written) : len(written) + 1]
        with contextlib.suppress(OSError):
            for name in reversed([*written, *incomplete]):
                file.remove(folder, name)
        raise


def manifest(files: Mapping[str, bytes]) -> bytes:
    """The manifest of all other files, in the format of `sha256sum --check`."""
    named = sorted((name, data) for name, data in files.items() if name != MANIFEST)
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in named).encode()


def read(folder: Path, names: frozenset[str], report: Report) -> Mapping[str, bytes] | None:
    """The files of evidence by name, if they are exactly `names` and a manifest that matches them.

    None, with the reasons reported, if they are not.
    """
    try:
        with file.opened(folder) as here:
            standing = set(file.names(here))
            nodes = {name: file.read(here, name, _limit(name)) for name in sorted({*names, MANIFEST} & standing)}
    except OSError as error:
        report.add(UNSOUND_EVIDENCE, f"`{folder}` cannot be read: {error.strerror}", hint="name a folder of evidence")
        return None
    if standing.isdisjoint({*names, MANIFEST}):
        report.add(UNSOUND_EVIDENCE, f"`{folder}` contains no evidence", hint="name a folder of evidence")
        return None
    wrong = [(name, "is missing") for name in sorted({*names, MANIFEST} - standing)]
    wrong += [(name, "does not belong here") for name in _strange(standing, names)]
    wrong += [(name, "is not a regular file") for name, node in nodes.items() if not node.mode.startswith("100")]
    files = {name: node.data for name, node in nodes.items()}
    if not wrong:
        wrong = [(name, f"does not match `{MANIFEST}`") for name in _differing(files)]
    for name, fault in wrong:
        report.add(UNSOUND_EVIDENCE, f"`{shown(name)}` {fault}", hint="request the evidence again")
    return None if wrong else files


def _limit(name: str) -> int:
    """The most bytes to read of a file, -1 for all; the part of a longer file will not match the manifest."""
    return -1 if name == BUNDLE else _LONGEST


def _strange(standing: set[str], names: frozenset[str]) -> list[str]:
    return sorted(standing - {*names, MANIFEST})


def _differing(files: Mapping[str, bytes]) -> list[str]:
    expected, written = manifest(files), files[MANIFEST]
    if expected == written:
        return []
    lines = set(written.split(b"\n"))
    return [line[66:].decode() for line in expected.splitlines() if line not in lines] or [MANIFEST]
