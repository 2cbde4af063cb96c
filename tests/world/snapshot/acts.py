"""Random changes of a work tree, as made by people, their programs and git, for tests of looks at it."""

import os
import random
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError
from typing import Final, TypeAlias

import pytest

from tests.world.work import Work

FILES: Final = {
    "varve.yaml": "a: 1\n",
    "tenants/acme/tenant.yaml": "tenant: {}\n",
    "tenants/acme/services/a.yaml": "a\n",
    "tenants/acme/services/b.yaml": "b\n",
    "tenants/acme/deep/er/c.yaml": "c\r\n",
    "tenants/acme/.gitignore": "ignored*\n",
    "environments/dev.yaml": "e\n",
    "build/dev/x.yaml": "x\n",
    "build/dev/y.yaml": "y\n",
}
NAMES: Final = ("a.yaml", "b.yaml", "new.yaml", "ignored.yaml", "link.yaml", "er", "c.txt")
FOLDERS: Final = (
    "tenants/acme",
    "tenants/acme/services",
    "tenants/acme/deep/er",
    "tenants/b",
    "build/dev",
    "build/new",
)
TEXTS: Final = ("a\n", "b\n", "", "c\r\n", "long\r\nlonger\r\n")

Reported: TypeAlias = Iterable[str]
Act: TypeAlias = Callable[[Work, random.Random], Reported]
"""Changes something, and returns the paths that the system would report: for a moved folder, nothing inside it."""


def _place(luck: random.Random) -> str:
    return f"{luck.choice(FOLDERS)}/{luck.choice(NAMES)}"


def _file(work: Work, luck: random.Random) -> str | None:
    """One of the existing files."""
    below = [path for top in ("tenants", "build", "environments") for path in (work.top / top).rglob("*")]
    names = sorted(path.relative_to(work.top).as_posix() for path in below if path.is_file() and not path.is_symlink())
    names = [name for name in names if "/.git" not in name]
    return luck.choice(names) if names else None


def _made(work: Work, path: str) -> list[str]:
    """Make the missing folders above a path; returns those that were made, or nothing if that is not possible."""
    above = [each.as_posix() for each in reversed(Path(path).parents) if each.parts]
    new = [each for each in above if not os.path.lexists(work.top / each)]
    try:
        (work.top / path).parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return []
    return new


def save(work: Work, luck: random.Random) -> Reported:
    path = _place(luck)
    new = _made(work, path)
    at = work.top / path
    if not at.parent.is_dir() or at.is_dir() or at.is_symlink():
        return new
    at.write_text(luck.choice(TEXTS), newline="")
    return new or [path]


def edit(work: Work, luck: random.Random) -> Reported:
    path = _file(work, luck)
    if path is None:
        return []
    at, was = work.top / path, (work.top / path).stat()
    at.write_text(luck.choice(TEXTS), newline="")
    if luck.random() < 0.3:
        os.utime(at, ns=(was.st_atime_ns, was.st_mtime_ns))
    return [path]


def swap(work: Work, luck: random.Random) -> Reported:
    path = _file(work, luck)
    if path is None:
        return []
    (work.top / f"{path}~").write_text(luck.choice(TEXTS), newline="")
    (work.top / f"{path}~").replace(work.top / path)
    return [path, f"{path}~"]


def remove(work: Work, luck: random.Random) -> Reported:
    path = _file(work, luck)
    if path is None:
        return []
    (work.top / path).unlink()
    return [path]


def rename(work: Work, luck: random.Random) -> Reported:
    path, new = _file(work, luck), _place(luck)
    if path is None or not (work.top / new).parent.is_dir() or (work.top / new).is_dir():
        return []
    (work.top / path).replace(work.top / new)
    return [path, new]


def mark(work: Work, luck: random.Random) -> Reported:
    path = _file(work, luck)
    if path is None:
        return []
    (work.top / path).chmod(luck.choice((0o644, 0o755)))
    return [path]


def link(work: Work, luck: random.Random) -> Reported:
    path = _file(work, luck) or "tenants/link"
    (work.top / path).unlink(missing_ok=True)
    if (work.top / path).parent.is_dir():
        (work.top / path).symlink_to(luck.choice(("services", "/nowhere", "tenant.yaml")))
    return [path]


def move(work: Work, luck: random.Random) -> Reported:
    """Move a folder out of the work tree, or back."""
    path = luck.choice(FOLDERS)
    at, away = work.top / path, work.top.parent / path.replace("/", "-")
    if away.exists() and not os.path.lexists(at) and at.parent.is_dir():
        away.rename(at)
    elif at.is_dir() and not at.is_symlink() and not away.exists():
        at.rename(away)
    else:
        return []
    return [path]


def turn(work: Work, luck: random.Random) -> Reported:
    """Replace a file by a folder, or a folder by a file; only that path is reported."""
    path = luck.choice(("tenants/acme/services", "tenants/acme/deep/er", "build/dev", "tenants/acme/services/a.yaml"))
    at, away = work.top / path, work.top.parent / "turned"
    shutil.rmtree(away, ignore_errors=True)
    away.unlink(missing_ok=True)
    if not os.path.lexists(at):
        return []
    was_folder = at.is_dir() and not at.is_symlink()
    at.rename(away)
    if was_folder:
        at.write_text("turned\n")
    else:
        at.mkdir()
        (at / "inner.yaml").write_text("inner\n")
    return [path]


def nest(work: Work, luck: random.Random) -> Reported:
    """Initialise or remove a git repository in a folder."""
    path = luck.choice(FOLDERS)
    at = work.top / path
    if not at.is_dir() or at.is_symlink():
        return []
    if (at / ".git").exists():
        shutil.rmtree(at / ".git")
    else:
        Work(at).git("init", "--quiet", "--template=")
    return [f"{path}/.git"]


def rule(work: Work, luck: random.Random) -> Reported:
    """Change one of git's own files, which is reported only inside varve's folders."""
    path, line = luck.choice(
        (
            (".gitignore", True),
            ("tenants/.gitignore", True),
            ("tenants/acme/.gitattributes", True),
            ("../.gitignore", False),
            ("../.gitattributes", False),
            ("../.git/info/attributes", False),
        )
    )
    at = work.top / path
    if not at.parent.is_dir():
        return []
    ways = ("*.txt\nnew*\n", "services\n", "") if path.endswith("ignore") else ("* text\n", "a.yaml filter=x\n", "")
    at.write_text(luck.choice(ways))
    return [path] if line else []


def stage(work: Work, luck: random.Random) -> Reported:
    options = luck.choice((("--all",), ("--update",), ("--all", "--intent-to-add")))
    return _git(work, "add", *options)


def commit(work: Work, _: random.Random) -> Reported:
    return _git(work, "commit", "--quiet", "--all", "--allow-empty", "--message", "c")


def forget(work: Work, luck: random.Random) -> Reported:
    path = _file(work, luck)
    way = luck.choice((("rm", "--cached", "--quiet", "--force"), ("update-index", "--assume-unchanged")))
    return _git(work, *way, "--", path) if path else []


def settle(work: Work, luck: random.Random) -> Reported:
    key, values = luck.choice((("core.autocrlf", ("true", "false")), ("core.fileMode", ("true", "false"))))
    return _git(work, "config", key, luck.choice(values))


def switch(work: Work, luck: random.Random) -> Reported:
    """Switch to another state of the whole work tree; each path that differs is reported."""
    before = _standing(work)
    way = luck.choice((("stash", "--quiet"), ("stash", "pop", "--quiet"), ("reset", "--quiet", "--hard", "HEAD~1")))
    _git(work, *way)
    after = _standing(work)
    return sorted(dict(before.items() ^ after.items()))


def _standing(work: Work) -> dict[str, tuple[int, int, int, int]]:
    found = {}
    for path in work.top.rglob("*"):
        at = path.lstat()
        found[path.relative_to(work.top).as_posix()] = at.st_ino, at.st_size, at.st_mtime_ns, at.st_ctime_ns
    return found


def _git(work: Work, *arguments: str) -> Reported:
    with suppress(CalledProcessError):
        work.git(*arguments)
    return []


ACTS: Final[tuple[Act, ...]] = (
    *(save, edit, swap, remove, rename) * 4,
    *(mark, link, move, turn, nest, rule, stage, commit, forget, settle, switch),
)


def begin_inside(work: Work, _: random.Random) -> Reported:
    """Initialise a git repository in a folder with tracked files and a subfolder without any."""
    (work.top / "tenants/acme/loose/er").mkdir(parents=True, exist_ok=True)
    Work(work.top / "tenants/acme").git("init", "--quiet", "--template=")
    return ["tenants/acme/.git", "tenants/acme/loose"]


def save_inside(work: Work, luck: random.Random) -> Reported:
    path = f"tenants/acme/loose/er/{luck.choice(NAMES)}"
    if not (work.top / path).parent.is_dir():
        return []
    (work.top / path).write_text("inside\n")
    return [path]


def prepare(top: Path) -> None:
    """Make a clone with varve's repository below its top."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        Work(top).git("init", "--quiet", "--initial-branch=main", "--template=")
        (top / ".git/info").mkdir()
        Work(top / "ops").write(dict(FILES))
        Work(top).commit()
        Work(top).commit({"ops/tenants/acme/services/later.yaml": "later\n"})


def begin(prepared: Path, top: Path) -> Work:
    """A copy of a prepared clone, whose index has the states of its files."""
    shutil.copytree(prepared, top, symlinks=True)
    work = Work(top / "ops")
    work.git("status")
    return work
