"""How varve speaks to git: one program, in a clean environment, with everything off that could run, ask or wait."""

import errno
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGXFSZ
from subprocess import PIPE, Popen, TimeoutExpired
from typing import IO, Final, NamedTuple

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

_ID: Final = rb"([0-9a-f]{64}|[0-9a-f]{40})"
_LACKING: Final = re.compile(
    rb"(?:could not fetch %(id)b )?from promisor remote|(?i:(?:unable to|cannot) read (?:blob )?)%(id)b\b"
    rb"|missing [a-z]+ object '%(id)b'" % {b"id": _ID}
)
"""What git says, in one version or another, of an object that it does not have, such as a partial clone has left out:
it may fetch none."""


class GitError(Exception):
    """git refused, in its own words, or did not answer."""


class UnreadError(GitError):
    """git could not look at a file or a folder, which it names."""


class MissingError(GitError):
    """The clone does not hold an object that its commits name."""


@dataclass(frozen=True, slots=True)
class Git:
    """git, asked inside `folder`; with another index file, or with settings of its own, where those are given."""

    folder: Path
    index: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git prints for `arguments` when it reads `given`; raises `GitError`, and `OSError` without any git."""
        with self.meanwhile(arguments, given=given) as answers:
            return answers()[0]

    def records(self, *arguments: str, given: bytes = b"") -> Iterator[str]:
        """The parts of an answer that git ends with null characters; bytes that are not UTF-8 become surrogates."""
        return records(self.run(*arguments, given=given))

    def together(self, *questions: tuple[str, ...]) -> list[Iterator[str]]:
        """The records that answer several questions, which git works on at the same time."""
        with self.meanwhile(*questions) as answers:
            return [records(answer) for answer in answers()]

    @contextmanager
    def meanwhile(self, *questions: tuple[str, ...], given: bytes = b"") -> Iterator["Answers"]:
        """Let git work on questions, all at the same time, while the block does something else; then give the answers.

        For each of them git reads `given`. Who leaves the block without asking for the answers ends what still runs.
        """
        with ExitStack() as stack:
            asked = [self._ask(question, given, stack) for question in questions]
            yield Answers(asked)

    def _ask(self, question: tuple[str, ...], given: bytes, stack: ExitStack) -> "_Asked":
        # Through a pipe git could say a few pages, and would then wait for whoever does something else.
        read, written = (stack.enter_context(_held(data)) for data in (given, b""))
        process = stack.enter_context(self._start(question, read, written))
        stack.callback(process.kill)
        return _Asked(process, question[0], written)

    def _start(self, arguments: tuple[str, ...], read: IO[bytes], written: IO[bytes]) -> "Popen[bytes]":
        try:
            return Popen(  # noqa: S603 - no shell, and every argument that a user gives stands behind `--`
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
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
        settings = {**_SETTINGS, **self.settings}
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (name, value) in enumerate(settings.items()):
            numbered |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        index = {"GIT_INDEX_FILE": str(self.index)} if self.index else {}
        return own | _FIXED | numbered | index


class _Asked(NamedTuple):
    """A question that git works on, what it is called, and the file into which git writes the answer."""

    process: "Popen[bytes]"
    name: str
    answer: IO[bytes]


@dataclass(frozen=True, slots=True)
class Answers:
    """What git answers to questions that it works on, for whoever calls for it."""

    asked: list[_Asked]

    def __call__(self) -> list[bytes]:
        """All answers, in the order of the questions; waits for them, and raises `GitError`."""
        return [*map(_answer, self.asked)]

    @property
    def ready(self) -> bool:
        """Whether nobody would have to wait."""
        return all(each.process.poll() is not None for each in self.asked)


@contextmanager
def _held(data: bytes) -> Iterator[IO[bytes]]:
    """A file without a name that holds these bytes; it takes no place on a disk where the system can do without."""
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


def _answer(asked: _Asked) -> bytes:
    process, name, answer = asked
    try:
        _, said = process.communicate(timeout=_SECONDS)
    except TimeoutExpired:
        process.kill()
        raise GitError(f"git {name} did not answer within {_SECONDS} seconds") from None
    unread = [line for line in said.splitlines() if line.endswith(_UNREAD) and not line.endswith(_UNFOLLOWED)]
    if unread:
        # Of what it cannot look at git takes for granted that it is as it was, and may end well.
        raise UnreadError(_words(unread[0]))
    if process.returncode == -SIGXFSZ:
        raise GitError(f"git {name} prints more than the limit on file size allows: raise the limit (`ulimit -f`)")
    if process.returncode and (lacking := _LACKING.search(said)):
        id_ = next(filter(None, lacking.groups()), b"").decode()
        raise MissingError(f"the object {id_} is missing" if id_ else _words(said))
    if process.returncode:
        raise GitError(_words(said) or f"git {name} exited with {process.returncode}")
    answer.seek(0)
    return answer.read()


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
