"""Changes: what git records of the way from one commit to another, and what that makes of units."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from varve.model.diagnostic import Place
from varve.model.source import Value

Signature: TypeAlias = Literal["good", "bad", "unknown", "none"]
"""What is known of a signature: of a signer who is trusted, forged, of somebody else, or that there is none."""


class Person(NamedTuple):
    """Somebody, as a commit names them; who made the commit could write any name."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Record:
    """One commit of a change, as git records it.

    `time` is the committer's, in RFC 3339 and UTC. `trailers` are those that git finds at the end of the message, each
    as its name and its value on one line; `body` is without them. `signer` is who the trusted signers say has signed.
    `own` is false for a merge whose maker decided nothing: each file is what the one side has made that changed it.
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
    own: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """The way from the commit `base` to the commit `head`, or to what stands over it and is not `committed`.

    `records` are its commits, newest first; `paths` what it touches, counted from the folder of `varve.yaml`. `base` is
    empty where `head` is the first commit of all.
    """

    base: str
    head: str
    records: tuple[Record, ...]
    paths: tuple[str, ...]
    committed: bool = True


class Review(NamedTuple):
    """Somebody who has looked at a change after it was made, and how many days later; said by a later commit."""

    email: str
    days: int


class Altered(NamedTuple):
    """A value of a unit that a change makes another: None where it was not there, or is no more; and who says it now.

    The tenant is empty where the value is an environment's own.
    """

    tenant: str
    environment: str
    path: str
    before: Value
    after: Value
    place: Place
