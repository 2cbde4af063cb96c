"""Finding the git repository and the folder of `varve.yaml` in it."""

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from varve.model.diagnostic import Report, Rule
from varve.model.snapshot import Algorithm
from varve.world.git.command import Git, GitError, MissingError, UnreadError
from varve.world.machine import limit

SETTINGS: Final = ("varve.yaml", "varve.yml", "varve.json", "varve.toml", "varve.xml")

NO_SETTINGS = Rule(
    "world/no-settings",
    "No varve.yaml here or above",
    "The folder that holds `varve.yaml` is the root of everything that varve reads and writes; it is looked for in "
    "the current folder and in each one above it. Go to the repository, name it with an option, or create one with "
    "`varve init`.",
)
NO_GIT = Rule(
    "world/no-git",
    "The git program cannot be started",
    "varve reads sources through git, so that a build depends on what git recorded and not on the state of a disk. It "
    "needs the `git` program on the PATH. Install git 2.31 or newer.",
)
GIT_TOO_OLD = Rule(
    "world/git-too-old",
    "This git is older than 2.31",
    "Older versions cannot read a repository without running programs that it configures. Install git 2.31 or newer, "
    "and make sure that it is the first `git` on the PATH.",
)
NO_REPOSITORY = Rule(
    "world/no-repository",
    "varve.yaml is not in a git work tree",
    "git is varve's database: it identifies every file's content, knows which artifacts varve wrote, and records who "
    "wrote a value. Run `git init` beside `varve.yaml`, or clone the repository instead of copying its files; a bare "
    "repository has no work tree to build into.",
)
UNSAFE_REPOSITORY = Rule(
    "world/unsafe-repository",
    "The repository belongs to another user",
    "git refuses to read a repository of another user, because its configuration could run programs. This is usual in "
    "containers, where the checkout and the job run as different users. If you trust the repository, add its folder "
    "to git's `safe.directory`.",
)
GIT_FAILED = Rule(
    "world/git-failed",
    "git could not answer",
    "A command that works in every sound repository failed, so nothing can be said about its files. The message "
    "quotes git. git treats a file or a folder that it may not read as unchanged, which varve does not trust: fix its "
    "permissions. `git fsck` finds damaged objects, and then a fresh clone is the usual way out.",
)
MISSING_OBJECT = Rule(
    "world/missing-object",
    "git does not have the content of a file",
    "The commit refers to the file's content, but this clone does not have it: the clone is partial, or damaged. "
    "varve never fetches anything by itself. Run `git fetch --refetch --no-filter`, which also gets what the clone's "
    "filter has left out, or clone again without `--filter`.",
)

_OLDEST: Final = (2, 31)
_INSTALL: Final = "install git 2.31 or newer"
CHECK_ACCESS: Final = "check who owns it, its permissions, and those of the folders above it"
"""The hint where the operating system denies access to a file."""
_CHECK_OR_CLONE: Final = f"{CHECK_ACCESS}; if these are right, clone again"
_REPAIR: Final = "if the repository of this linked work tree was moved, run `git worktree repair` where it is now"
_LINKED: Final = r"not a git repository: .*/worktrees/[^/]+"

REFETCH: Final = "run `git fetch --refetch --no-filter`, or clone again without `--filter`"
"""The hint where the clone lacks objects that its commits refer to."""


class Repository(NamedTuple):
    """A git work tree, and the folder in it that varve compiles; every path is absolute and without symbolic links.

    `root` contains `varve.yaml` and is the work tree's `top` or below it. `folder` is git's own folder for this work
    tree, such as `.git`.
    """

    top: Path
    root: Path
    folder: Path
    algorithm: Algorithm
    shallow: bool

    @property
    def prefix(self) -> str:
        """The path from `top` to `root`: empty, or ending with a slash."""
        below = self.root.relative_to(self.top).as_posix()
        return "" if below == "." else below + "/"

    @property
    def staged(self) -> Path | None:
        """The index that a running `git commit` has prepared, if `GIT_INDEX_FILE` names one of this repository."""
        named = os.environ.get("GIT_INDEX_FILE")
        if not named:
            return None
        # git runs hooks in the top folder, so a relative path is relative to that.
        index = Path(os.path.realpath(self.top / named))
        return index if index.is_file() and index.is_relative_to(self.folder) else None


def find(start: Path, report: Report) -> Repository | None:
    """The repository around `start`; None if there is none, with the reason reported."""
    here = real(start, report)
    if here is None:
        return None
    root = next((folder for folder in (here, *here.parents) if _has_settings(folder)), None)
    if root is None:
        hint = "run varve inside a repository, or create one with `varve init`"
        report.add(NO_SETTINGS, f"there is no `varve.yaml` in `{here}` or above it", hint=hint)
        return None
    try:
        return _repository(root, report)
    except GitError as error:
        report_refusal(root, str(error), report)
    except OSError as error:
        report_no_git(error, report)
    return None


def real(folder: Path, report: Report) -> Path | None:
    """The absolute path of a folder, without links; None, which is reported, if the current folder was deleted."""
    try:
        return Path(os.path.realpath(folder))
    except FileNotFoundError:
        report.add(NO_SETTINGS, "the current folder has been deleted", hint="change to a folder that exists")
        return None


def _has_settings(folder: Path) -> bool:
    return any(os.path.lexists(folder / name) for name in SETTINGS)


def is_git_there(report: Report) -> bool:
    """Whether git is installed and new enough, even outside a repository; reported if not."""
    try:
        return _is_new_enough(Git(Path(os.sep)), report)
    except OSError as error:
        report_no_git(error, report)
    return False


def _is_new_enough(git: Git, report: Report) -> bool:
    version = re.search(r"(\d+)\.(\d+)\S*", git.run("version").decode("ascii", "replace"))
    if version is None or (int(version[1]), int(version[2])) < _OLDEST:
        found = version[0] if version else "unknown"
        report.add(GIT_TOO_OLD, f"git's version is `{found}`", hint=_INSTALL)
        return False
    return True


def _repository(root: Path, report: Report) -> Repository | None:
    git = Git(root)
    questions = ("--show-toplevel", "--absolute-git-dir", "--show-object-format", "--is-shallow-repository")
    with git.meanwhile(("rev-parse", *questions)) as answers:
        if not _is_new_enough(git, report):
            return None
        (answer,) = answers()
    match os.fsdecode(answer).splitlines():
        case [_, folder, _, _] if _is_inside(root, folder):
            hint = "keep the sources in a work tree, beside a `.git`"
            report.add(NO_REPOSITORY, f"`{root}` is a folder that git uses for itself, or is inside one", hint=hint)
        case [top, folder, "sha1" | "sha256" as algorithm, shallow] if root.is_relative_to(os.path.realpath(top)):
            folders = Path(os.path.realpath(top)), root, Path(os.path.realpath(folder))
            return Repository(*folders, algorithm, shallow == "true")
        case [_, _, _, _]:
            report.add(NO_REPOSITORY, f"`{root}` is outside the work tree that git finds for it")
        case _:
            report.add(GIT_FAILED, f"git does not clearly say to which work tree `{root}` belongs")
    return None


def _is_inside(root: Path, folder: str) -> bool:
    """Whether `root` is inside git's own `folder`: such a folder could be committed, with its configuration.

    A folder called `.git` could not.
    """
    own = Path(os.path.realpath(folder))
    return own.name != ".git" and root.is_relative_to(own)


def report_no_git(error: OSError, report: Report) -> None:
    """Report that git cannot be started."""
    report.add(NO_GIT, f"`git` cannot be started: {error.strerror}", hint=limit.advice(error) or _INSTALL)


def report_failure(error: GitError, report: Report) -> None:
    """Report that git failed, with its own message."""
    if isinstance(error, MissingError):
        report.add(
            MISSING_OBJECT, f"this clone does not have everything that its commits refer to: {error}", hint=REFETCH
        )
        return
    hint = CHECK_ACCESS if isinstance(error, UnreadError) else "run `git fsck`, or clone again"
    report.add(GIT_FAILED, f"git could not answer: {error}", hint=hint)


def report_refusal(root: Path, words: str, report: Report) -> None:
    """Report why git could not name the repository around `root`, as its message, `words`, says."""
    if "dubious ownership" in words or "unsafe repository" in words:
        hint = f"run `git config --global --add safe.directory {root}` if you trust it"
        report.add(UNSAFE_REPOSITORY, f"`{root}` belongs to another user", hint=hint)
    elif "not a git repository" in words and (own := _git_folder(root)):
        hint = _REPAIR if re.fullmatch(_LINKED, words) else _CHECK_OR_CLONE
        report.add(GIT_FAILED, f"git finds no repository around `{root}`, although `{own}` exists", hint=hint)
    elif "not a git repository" in words:
        report.add(NO_REPOSITORY, f"`{root}` is not inside a git repository", hint="run `git init` there")
    elif "must be run in a work tree" in words:
        report.add(NO_REPOSITORY, f"`{root}` is in a repository without a work tree", hint="clone it without `--bare`")
    else:
        report.add(GIT_FAILED, f"git could not say to which work tree `{root}` belongs: {words}", hint=_CHECK_OR_CLONE)


def _git_folder(root: Path) -> Path | None:
    """The nearest `.git` in `root` or above it, of whatever kind; None if there is none."""
    return next((own for folder in (root, *root.parents) if os.path.lexists(own := folder / ".git")), None)
