"""How varve runs git: in a clean environment, with no hooks, no other programs, no prompts and no network."""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGXFSZ
from subprocess import PIPE, Popen, TimeoutExpired
from typing import IO, Final, NamedTuple

_SECONDS: Final = 300
"""How long a git process may run before it is considered stuck."""

_PASSED_ON: Final = frozenset(
    {"GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"},
)
"""The `GIT_*` variables that are passed on to git; all others are set for hooks, and point to another repository."""

_FIXED: Final = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_FLUSH": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}

_SETTINGS: Final = {
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "core.fsmonitor": "",
    "core.hooksPath": os.devnull,
    "core.splitIndex": "false",
}

_UNREADABLE: Final = tuple(
    f": {os.strerror(number)}".encode()
    for number in (errno.EACCES, errno.EIO, errno.ELOOP, errno.EMFILE, errno.ENFILE, errno.EPERM, errno.ESTALE)
)
"""The endings of the lines in which git reports that it could not read a file or a folder and skipped it."""

_LINKS: Final = tuple(f"{name}': {os.strerror(errno.ELOOP)}".encode() for name in (".gitattributes", ".gitignore"))
"""The endings of the lines that report that one of git's own files is a link: git never follows those, so nothing was
skipped."""

_ID: Final = rb"([0-9a-f]{64}|[0-9a-f]{40})"
_MISSING: Final = (
    rb"(?:could not fetch %(id)b )?from promisor remote|(?i:(?:unable to|cannot) read (?:blob )?)%(id)b\b"
    rb"|missing [a-z]+ object '%(id)b'" % {b"id": _ID}
)
"""The messages of various versions of git about an object that the clone lacks, such as one that a partial clone left
out; git is not allowed to fetch it."""


class GitError(Exception):
    """git failed, with its own message, or did not answer in time."""


class UnreadError(GitError):
    """git could not read a file or a folder, which the message names."""


class MissingError(GitError):
    """The clone lacks an object that its commits refer to."""


class Git(NamedTuple):
    """git as run in `folder`, with another `index_file` and additional `settings` if given."""

    folder: Path
    index_file: Path | None = None
    settings: Mapping[str, str] = {}

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """git's output for `arguments`, with `given` as its input; raises `GitError`, and `OSError` without git."""
        with self.meanwhile(arguments, given=given) as answers:
            return answers()[0]

    def records(self, *arguments: str, given: bytes = b"") -> Iterator[str]:
        """The null-terminated records of git's output; bytes that are not UTF-8 become surrogates."""
        return records(self.run(*arguments, given=given))

    def together(self, *questions: tuple[str, ...]) -> list[Iterator[str]]:
        """The records of the outputs of several git commands, which run at the same time."""
        with self.meanwhile(*questions) as answers:
            return [records(answer) for answer in answers()]

    @contextmanager
    def meanwhile(self, *questions: tuple[str, ...], given: bytes = b"") -> Iterator["Answers"]:
        """Run several git commands at the same time while the block does something else.

        Each reads `given` as its input. Those that still run when the block is left are killed.
        """
        with ExitStack() as stack:
            running = [self._begin(question, given, stack) for question in questions]
            yield Answers(running)

    def _begin(self, question: tuple[str, ...], given: bytes, stack: ExitStack) -> "_Running":
        # A pipe holds only a few pages: git would block on a full one while the caller is doing something else.
        read, written = (stack.enter_context(_unnamed_file(data)) for data in (given, b""))
        process = stack.enter_context(self._start(question, read, written))
        stack.callback(process.kill)
        return _Running(process, question[0], written)

    def _start(self, arguments: tuple[str, ...], read: IO[bytes], written: IO[bytes]) -> "Popen[bytes]":
        try:
            return Popen(  # noqa: S603 - no shell, and every argument from a user comes after `--`
                # The working directory is `/`: a relative entry of PATH must not name a program of the repository.
                ["git", "--no-pager", "-C", str(self.folder), *arguments],  # noqa: S607 - the user's own git
                cwd=os.sep,
                env=self._environment(),
                stdin=read,
                stdout=written,
                stderr=PIPE,
            )
        except ValueError:
            raise GitError("a name contains a null character") from None

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _PASSED_ON}
        settings = {**_SETTINGS, **self.settings}
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (name, value) in enumerate(settings.items()):
            numbered |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        index = {"GIT_INDEX_FILE": str(self.index_file)} if self.index_file else {}
        return own | _FIXED | numbered | index


class _Running(NamedTuple):
    """A running git command: its process, its `name` for messages, and the file into which git writes its output."""

    process: "Popen[bytes]"
    name: str
    answer: IO[bytes]


@dataclass(frozen=True, slots=True)
class Answers:
    """The outputs of running git commands, which a call waits for."""

    running: list[_Running]

    def __call__(self) -> list[bytes]:
        """Wait for all outputs, and return them in the order of the commands; raises `GitError`."""
        return [*map(_answer, self.running)]

    @property
    def ready(self) -> bool:
        """Whether all commands have ended, so that a call would not wait."""
        return all(each.process.poll() is not None for each in self.running)


@contextmanager
def _unnamed_file(data: bytes) -> Iterator[IO[bytes]]:
    """An unnamed file with these bytes, in memory where the system supports that."""
    with _new_unnamed_file() as file:
        file.write(data)
        file.seek(0)
        yield file


def _new_unnamed_file() -> IO[bytes]:
    """A new unnamed file, in memory where the system supports that."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("git"), "w+b")
    from tempfile import TemporaryFile

    return TemporaryFile()


def _answer(running: _Running) -> bytes:
    process, name, answer = running
    try:
        _, errors = process.communicate(timeout=_SECONDS)
    except TimeoutExpired:
        process.kill()
        raise GitError(f"git {name} did not answer within {_SECONDS} seconds") from None
    unread = [line for line in errors.splitlines() if line.endswith(_UNREADABLE) and not line.endswith(_LINKS)]
    if unread:
        # git treats what it cannot read as unchanged, and may exit with success.
        raise UnreadError(_message(unread[0]))
    if process.returncode == -SIGXFSZ:
        raise GitError(f"git {name} prints more than the limit on file size allows: raise the limit (`ulimit -f`)")
    if process.returncode and (lacking := re.search(_MISSING, errors)):
        id_ = next(filter(None, lacking.groups()), b"").decode()
        raise MissingError(f"the object {id_} is missing" if id_ else _message(errors))
    if process.returncode:
        raise GitError(_message(errors) or f"git {name} exited with {process.returncode}")
    answer.seek(0)
    return answer.read()


def records(answer: bytes) -> Iterator[str]:
    """The null-terminated records of git's output; bytes that are not UTF-8 become surrogates."""
    return iter(answer.decode("utf-8", "surrogateescape").split("\0")[:-1])


def lined(commits: Iterable[str]) -> bytes:
    """Commits as git reads them from its input, one per line."""
    return "".join(f"{commit}\n" for commit in commits).encode()


def _message(errors: bytes) -> str:
    lines = errors.decode("utf-8", "backslashreplace").splitlines()
    fatal = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
    return fatal[0].removeprefix("fatal: ").removeprefix("error: ").removeprefix("warning: ") if fatal else ""
