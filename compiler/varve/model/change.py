"""Changes: what git records between two commits, and how the values of units differ between them."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from varve.model.diagnostic import Place
from varve.model.source import Value

Signature: TypeAlias = Literal["good", "bad", "unknown", "none"]
"""The state of a commit's signature: by a trusted signer, forged, by somebody else, or absent."""


class Person(NamedTuple):
    """A person as named in a commit, not verified: whoever makes a commit can write any name."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Record:
    """One commit of a change, as git records it.

    `time` is the committer's, in RFC 3339 and UTC. `trailers` are those that git finds at the end of the message, each
    as its name and its value on one line; `body` excludes them. `signer` is the name of the trusted signer, empty
    without one. `has_own_changes` is false for a merge that adds nothing itself: each file is as on the side that
    changed it.
    """

    id: str
    author: Person
    committer: Person
    time: str
    subject: str
    body: str
    trailers: tuple[tuple[str, str], ...] = ()
    signature: Signature = "none"
    signer: str = ""
    has_own_changes: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """A change from the commit `base` to the commit `head`, or to uncommitted files on top of it if not `committed`.

    `records` are its commits, newest first; `paths` are the files that it touches, relative to the folder of
    `varve.yaml`. `base` is empty if `head` is the repository's first commit.
    """

    base: str
    head: str
    records: tuple[Record, ...]
    paths: tuple[str, ...]
    committed: bool = True


class Review(NamedTuple):
    """A review of a change after it was committed: by whom, and how many days later; a later commit records it."""

    email: str
    days: int


class ValueChange(NamedTuple):
    """A value of a unit that a change adds, alters or removes; None stands for a missing value.

    `place` is where the value is set, or would be. The tenant is empty for an environment's own settings.
    """

    tenant: str
    environment: str
    path: str
    before: Value
    after: Value
    place: Place
