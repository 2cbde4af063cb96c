"""How varve speaks to git: one program, in a clean environment, with everything off that could run, ask or wait."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import IO, Final

_SECONDS: Final = 300
"""How long a question may take before git counts as stuck."""

_KEPT: Final = frozenset(
    {"GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"},
)
"""What a user may say to git through the environment; all else named `GIT_*` is a hook's, and leads elsewhere."""

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

_UNREAD: Final = tuple(
    f": {os.strerror(number)}".encode()
    for number in (errno.EACCES, errno.EIO, errno.ELOOP, errno.EMFILE, errno.ENFILE, errno.EPERM, errno.ESTALE)
)
"""How a line ends by which git says that it has passed over a file or a folder."""

_UNFOLLOWED: Final = tuple(f"{name}': {os.strerror(errno.ELOOP)}".encode() for name in (".gitattributes", ".gitignore"))
"""How a line ends by which git says that a file of its own is a link: it follows none, and nothing is unknown."""


class GitError(Exception):
    """git refused, in its own words, or did not answer."""


class UnreadError(GitError):
    """git could not look at a file or a folder, which it names."""


@dataclass(frozen=True, slots=True)
class Git:
    """git, asked inside `folder`; with another index file, or with settings of its own, where those are given."""

    folder: Path
    index: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git prints for `arguments` when it reads `given`; raises `GitError`, and `OSError` without any git."""
        with self._start(arguments) as process:
            return _answer(process, arguments[0], given)

    def records(self, *arguments: str, given: bytes = b"") -> Iterator[str]:
        """The parts of an answer that git ends with null characters; bytes that are not UTF-8 become surrogates."""
        return records(self.run(*arguments, given=given))

    def together(self, *questions: tuple[str, ...]) -> list[Iterator[str]]:
        """The records that answer several questions, which git works on at the same time."""
        with self.meanwhile(*questions) as answers:
            return [records(answer) for answer in answers()]

    @contextmanager
    def meanwhile(self, *questions: tuple[str, ...], given: bytes = b"") -> Iterator[Callable[[], list[bytes]]]:
        """Let git work on questions, all at the same time, while the block does something else; then give the answers.

        For each of them git reads `given`. Who leaves the block without asking for the answers ends what still runs.
        """
        with ExitStack() as stack:
            read = [stack.enter_context(_held(given)) for _ in questions]
            started = map(self._start, questions, read)
            processes = [(stack.enter_context(each), name) for each, (name, *_) in zip(started, questions, strict=True)]
            for process, _ in processes:
                stack.callback(process.kill)
            yield lambda: [_answer(process, name) for process, name in processes]

    def _start(self, arguments: tuple[str, ...], stdin: IO[bytes] | int = PIPE) -> "Popen[bytes]":
        try:
            return Popen(  # noqa: S603 - no shell, and every argument that a user gives stands behind `--`
                # The working directory is `/`: a relative entry of PATH must not name a program of the repository.
                ["git", "--no-pager", "-C", str(self.folder), *arguments],  # noqa: S607 - the user's own git
                cwd=os.sep,
                env=self._environment(),
                stdin=stdin,
                stdout=PIPE,
                stderr=PIPE,
            )
        except ValueError:
            raise GitError("a name holds a null character") from None

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
        settings = {**_SETTINGS, **self.settings}
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (name, value) in enumerate(settings.items()):
            numbered |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        index = {"GIT_INDEX_FILE": str(self.index)} if self.index else {}
        return own | _FIXED | numbered | index


@contextmanager
def _held(data: bytes) -> Iterator[IO[bytes]]:
    """A file of these bytes, to be read; it takes no place on a disk where the system can do without."""
    with _nowhere() as file:
        file.write(data)
        file.seek(0)
        yield file


def _nowhere() -> IO[bytes]:
    """A new file that has no name."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("git"), "w+b")
    from tempfile import TemporaryFile

    return TemporaryFile()


def _answer(process: "Popen[bytes]", name: str, given: bytes = b"") -> bytes:
    try:
        answer, said = process.communicate(given, _SECONDS)
    except TimeoutExpired:
        process.kill()
        raise GitError(f"git {name} gave no answer in {_SECONDS} seconds") from None
    unread = [line for line in said.splitlines() if line.endswith(_UNREAD) and not line.endswith(_UNFOLLOWED)]
    if unread:
        # Of what it cannot look at git takes for granted that it is as it was, and may end well.
        raise UnreadError(_words(unread[0]))
    if process.returncode:
        raise GitError(_words(said) or f"git {name} ended with {process.returncode}")
    return answer


def records(answer: bytes) -> Iterator[str]:
    """The parts of an answer that git ends with null characters; bytes that are not UTF-8 become surrogates."""
    return iter(answer.decode("utf-8", "surrogateescape").split("\0")[:-1])


def lined(commits: Iterable[str]) -> bytes:
    """Commits as git reads them where it is `given` them, one in a line."""
    return "".join(f"{commit}\n" for commit in commits).encode()


def _words(said: bytes) -> str:
    lines = said.decode("utf-8", "backslashreplace").splitlines()
    fatal = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
    return fatal[0].removeprefix("fatal: ").removeprefix("error: ").removeprefix("warning: ") if fatal else ""
