"""Where stories and bad input are tried: a small repository, in memory or on disk, and the real command."""

import io
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.snapshot import Entry, Snapshot
from varve.pipeline import opening
from varve.read.reading import Reading

ROOT = Path(__file__).parent.parent
BASE = Path(__file__).parent / "stories" / "base"
_LIBRARY = ("templates", "policies")
_UNITS = ("tenants/", "environments/", "build/")
MAKERS = {name: getattr(opening, name) for name in ("make_kit", "read_policies")}
"""What makes of a repository what no tenant's files are read for: that costs most."""


def files(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path from there."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def snapshot(sources: Mapping[str, bytes]) -> Snapshot:
    """`sources` beside the standard library, as a snapshot that touches neither disk nor git."""
    library = _library()
    everything = dict(sorted({**library, **sources}.items()))
    entries = {path: Entry(identify(data), "100644") for path, data in everything.items()}
    contents = {entries[path].id: data for path, data in everything.items()}
    return Snapshot(entries, contents, frozenset(library.keys() - sources.keys()))


@cache
def _library() -> Mapping[str, bytes]:
    found = {f"{name}/{path}": data for name in _LIBRARY for path, data in files(ROOT / name).items()}
    return {
        path: data for path, data in found.items() if not path.startswith(("policies/settings.", "policies/waivers."))
    }


@contextmanager
def one_kit() -> Iterator[None]:
    """Templates, packs and policies are read, judged and compiled once for all compiles that have the same, and sound.

    That is four fifths of what a compile of the small repository costs. Not for where a defence is taken away.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, make in MAKERS.items():
            patch.setattr(opening, name, _once(make))
        yield


def _once(make: Callable[[Reading, Report], object]) -> Callable[[Reading, Report], object]:
    made: dict[object, object] = {}

    def found(desk: Reading, report: Report) -> object:
        seen, before = desk.snapshot, len(report)
        files = [(path, entry) for path, entry in seen.entries.items() if not path.startswith(_UNITS)]
        key = tuple(files), seen.library, seen.refused
        given = made.get(key) or make(desk, report)
        if given is not None and len(report) == before:
            made[key] = given
        return given

    return found


def deterministic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git and the terminal be the same everywhere and at any time."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "VARVE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("COLUMNS", "120")
    for person in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{person}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{person}_EMAIL", "ada@acme.example")
        monkeypatch.setenv(f"GIT_{person}_DATE", "2025-01-31T09:00:00+00:00")


def begin(folder: Path) -> None:
    """A git repository with the base in its first commit, and what it builds in its second."""
    shutil.copytree(BASE, folder)
    _well(shell("git init -q -b main --template= && git add -A && git commit -qm 'The first tenant'", folder))
    _well(varve("build", folder))
    _well(shell("git add -A && git commit -qm Build", folder))


def _well(ended: tuple[int, str]) -> None:
    code, output = ended
    assert code == 0, output


def shell(line: str, folder: Path) -> tuple[int, str]:
    """What a shell says to `line`, and its exit code."""
    done = subprocess.run(["/bin/sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def varve(arguments: str, folder: Path) -> tuple[int, str]:
    """What the command says, to stdout and stderr in their order, and its exit code; in this process, for speed."""
    from varve.cli.main import run

    screen = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with chdir(folder), redirect_stdout(screen), redirect_stderr(screen):
        code = run(shlex.split(arguments))
    screen.seek(0)
    return code, screen.read()
