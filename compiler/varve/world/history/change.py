"""What git records about a change: its commits, who made and approved them, and whose signatures they have."""

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from varve.model.change import Change, Person, Record, Signature
from varve.model.diagnostic import Report, Rule
from varve.world.git import listing
from varve.world.git.command import Git, GitError, lined
from varve.world.git.repository import Repository
from varve.world.history.blame import edge
from varve.world.history.past import is_whole

COMMITS: Final = 500
"""The most commits that a change may have."""

BYTES: Final = 1 << 20
"""The most bytes that its commit objects may have together."""

LONG_CHANGE = Rule(
    "world/long-change",
    "A change has too many commits, or too long messages",
    "Who approved a change, and why it was made, is recorded in the messages of its commits, and all of them are "
    "read. Nobody has reviewed a change with more than 500 commits, or more than 1 MiB of messages. Split it into "
    "several changes, squash its commits, or shorten the messages.",
)

SIGNERS: Final = "policies/allowed_signers"
"""The file of trusted signers, in `ssh-keygen`'s allowed signers format."""

_FIELDS: Final = ("H", "an", "ae", "cn", "ce", "ct", "s", "b", "G?", "GS", "(trailers)", "(trailers:only,unfold)")
_FORMAT: Final = "".join(f"%{field}%x00" for field in _FIELDS)
_SIGNATURES: Final[dict[str, Signature]] = {"G": "good", "B": "bad", "R": "bad", "N": "none"}
_TWO: Final = 2
_LATEST: Final = 253402300799  # the last second of the year 9999
_DIGITS: Final = 13  # one more than `_LATEST` has
_NAMES: Final = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative", "--ignore-submodules=none")


def change(repository: Repository, base: str | None, head: str, report: Report) -> Change | None:
    """The change from the trusted commit `base` to `head`; without a base, the whole history of `head`.

    Only signatures of the signers that `base` lists are trusted. None, which is reported, if the change cannot be
    judged. Raises `GitError`.
    """
    found = records(repository, base, head, report)
    return None if found is None else Change(base or "", head, found, touched(repository, base, head))


def records(repository: Repository, base: str | None, head: str, report: Report) -> tuple[Record, ...] | None:
    """The commits of `head` that `base` does not contain, newest first.

    None, which is reported, if they are too many or too long, or the clone does not have all of them.
    """
    git = Git(repository.root)
    without = [f"^{base}"] if base else []
    listed = git.run("rev-list", "--topo-order", "--parents", f"--max-count={COMMITS + 1}", head, *without)
    lines = [line.split(" ") for line in listed.decode().splitlines()]
    commits = [commit for commit, *_ in lines]
    if not edge(repository).isdisjoint(commits) and not is_whole(repository, report):
        return None
    if len(commits) > COMMITS or _size(git, commits) > BYTES:
        message = f"the change has more than {COMMITS} commits, or more than {BYTES >> 20} MiB of messages"
        report.add(LONG_CHANGE, message, hint="split it into several changes, or squash its commits")
        return None
    if not commits:
        return ()
    idle = {commit for commit, *parents in lines if len(parents) > 1 and _is_plain_merge(git, commit, parents)}
    with _trusting(git, signers(repository, base) if base else b"") as trusting:
        return tuple(replace(each, has_own_changes=each.id not in idle) for each in _records(trusting, commits))


def signers(repository: Repository, commit: str) -> bytes:
    """The file of trusted signers in `commit`; empty if it has none."""
    git, path = Git(repository.root), repository.prefix + SIGNERS
    listed = git.run("ls-tree", "-z", "--full-tree", commit, "--", path).decode("utf-8", "surrogateescape")
    mode, _, id_ = listed.partition("\t")[0].rpartition(" blob ")
    return git.run("cat-file", "blob", id_) if mode.startswith("100") else b""


def touched(repository: Repository, base: str | None, head: str) -> tuple[str, ...]:
    """The paths that differ between two commits, relative to the folder of `varve.yaml`; without a base, all paths."""
    git = Git(repository.root)
    then = base or git.run("hash-object", "-t", "tree", "--stdin").decode().strip()
    found = git.records("diff-tree", "-r", *_NAMES, then, head)
    named = (posixpath.relpath(f"/{path}", f"/{repository.prefix}") for path in found)
    return tuple(sorted(listing.shown(path) for path in named))


def _size(git: Git, commits: Sequence[str]) -> int:
    sizes = git.run("cat-file", "--batch-check=%(objectsize)", "--buffer", given=lined(commits))
    return sum(map(int, sizes.split()))


def _is_plain_merge(git: Git, merge: str, parents: Sequence[str]) -> bool:
    """Whether a merge adds nothing of its own: no file differs from both parents, or from a parent that changed it."""
    if len(parents) != _TWO:
        return False
    try:
        (begun,) = git.run("merge-base", "--all", *parents).decode().split()
    except (GitError, ValueError):
        return False  # there is no merge base, or more than one
    pairs = [*((each, merge) for each in parents), *((begun, each) for each in parents)]
    first, second, by_first, by_second = map(
        set, git.together(*(("diff-tree", "-r", *_NAMES, *pair) for pair in pairs))
    )
    return not (first & second or first & by_first or second & by_second)


@contextmanager
def _trusting(git: Git, signers: bytes) -> Iterator[Git]:
    """git that trusts these signers and no others, neither those in the user's configuration nor those in a keyring."""
    with TemporaryDirectory(prefix="varve-") as folder:
        listed = Path(folder, "signers")
        listed.write_bytes(signers)
        program = {"gpg.program": "false", "gpg.openpgp.program": "false", "gpg.x509.program": "false"}
        known = {"gpg.ssh.allowedSignersFile": str(listed), "gpg.ssh.program": "ssh-keygen"}
        reading = {"i18n.logOutputEncoding": "UTF-8", "trailer.separators": ":", "log.mailmap": "false"}
        yield git._replace(settings=program | known | reading)


def _records(git: Git, commits: Sequence[str]) -> Iterator[Record]:
    options = ("--no-show-signature", "--no-walk=unsorted", "--no-color", f"--format=tformat:{_FORMAT}", "--stdin")
    answer = git.run("log", *options, given=lined(commits)).decode("utf-8", "replace").split("\0")
    width = len(_FIELDS)
    for start in range(0, len(commits) * width, width):
        yield _record(*answer[start : start + width])


def _record(*fields: str) -> Record:
    id_, author, email, committer, sender, seconds, subject, body, verdict, signer, block, trailers = fields
    return Record(
        id_.strip(),
        Person(author, email),
        Person(committer, sender),
        _time(seconds),
        subject,
        body.rstrip("\n").removesuffix(block.rstrip("\n")).rstrip("\n"),
        tuple(_trailers(trailers)),
        _SIGNATURES.get(verdict, "unknown"),
        signer if verdict == "G" else "",
    )


def _time(seconds: str) -> str:
    # A commit may contain any number as its time, even one with thousands of digits.
    number = int(seconds.lstrip("0")[:_DIGITS] or 0)
    return f"{datetime.fromtimestamp(min(number, _LATEST), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _trailers(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        name, found, value = line.partition(":")
        if found:
            yield name.strip(), value.strip()
