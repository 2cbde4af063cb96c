"""A change as one subject: who made it, who approved it and why, and what it alters."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from varve.check.trust.owner import Owners, owners
from varve.model.change import Change, Person, Record, Review, Signature, ValueChange
from varve.model.diagnostic import Place
from varve.model.source import Map, Value
from varve.policy.subject.subject import Subject, Written
from varve.read.sealed.file import holder

ARTIFACTS: Final = 5_000
"""How many artifacts a subject holds at most; a change with more is not `whole`."""

VALUES: Final = 2_000
"""How many changed values a subject holds at most."""

_APPROVAL_TRAILERS: Final = frozenset({"approved-by", "reviewed-by", "acked-by"})
_CO_AUTHOR_TRAILER: Final = "co-authored-by"
# ASCII only: other letters look like ASCII ones, or are folded into them, such as the kelvin sign into `k`.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,255}")
_NAMED: Final = re.compile(rf"[^<>]*<({_ADDRESS.pattern})>")
_WORST_FIRST: Final[tuple[Signature, ...]] = ("bad", "unknown", "none", "good")
_NOBODY: Final = Person("", "")


class Effect(NamedTuple):
    """The effect of a change: the altered values, if they were needed, and whether these are all (`whole`).

    `environments` are all of the repository. `reviews` are in later commits, and `age` is the number of days from the
    change to the newest commit that was looked at.
    """

    environments: Collection[str] = ()
    altered: Sequence[ValueChange] = ()
    whole: bool = True
    reviews: Sequence[Review] = ()
    age: int = 0


def subject(change: Change, effect: Effect) -> Subject:
    """The subject of a change; its place is the first file that it touches."""
    return Subject(_data(change, owners(change.paths), effect), (), at(place(change)))


def place(change: Change) -> Place:
    """The first file that a change touches, the platform's before any other, and artifacts last."""
    touched = owners(change.paths)
    sources = (*touched.platform, *(path for own in touched.tenants.values() for path in own))
    return Place(next(iter((*sources, *touched.artifacts)), "varve.yaml"))


def at(place: Place) -> Written:
    """A place for the whole of a change, since values such as its author are in no file."""
    return Written(place, (), ("change",))


def _data(change: Change, touched: Owners, effect: Effect) -> Map:
    artifacts = sorted(map(_artifact, touched.artifacts), key=lambda each: str(each["tenant"]) in touched.tenants)
    return {
        "base": change.base,
        "head": change.head,
        "committed": change.committed,
        **_people(change.records),
        **_messages(change.records),
        "paths": _listed(path for path in change.paths if path not in touched.artifacts),
        "platform": bool(touched.platform),
        "tenants": _listed(touched.tenants),
        "environments": _listed(_environments(change.paths, effect)),
        "reached": _listed(sorted({str(each["tenant"]) for each in artifacts})),
        "artifacts": [*artifacts[:ARTIFACTS]],
        "values": values(effect),
        "whole": effect.whole and len(artifacts) <= ARTIFACTS,
        "reviews": [{"email": folded(each.email), "days": each.days} for each in effect.reviews],
        "age": effect.age,
    }


def _people(records: Sequence[Record]) -> Map:
    """The people of a change; a merge without changes of its own has no author, but its trailers may name approvers."""
    own = [each for each in records if each.has_own_changes] or records
    author = own[0].author if own else _NOBODY
    co_authors = (address(text) for name, text in _trailers(records) if name.lower() == _CO_AUTHOR_TRAILER)
    signers = (each for record in own for each in record.signer.split(",") if "@" in each)
    approvers = (address(text) for name, text in _trailers(records) if name.lower() in _APPROVAL_TRAILERS)
    return {
        "author": {"name": author.name, "email": folded(author.email)},
        "authors": _listed(folded(each.author.email) for each in own) + _listed(co_authors),
        "committers": _listed([*(folded(each.committer.email) for each in own), *map(folded, signers)]),
        "approvers": _listed(approvers),
        "signature": min((each.signature for each in own), key=_WORST_FIRST.index, default="none"),
    }


def _messages(records: Sequence[Record]) -> Map:
    """The messages of a change: the subject of the newest commit that is not a mere merge, and all the rest."""
    first = next((each for each in records if each.has_own_changes), records[0] if records else None)
    bodies = (each.body if each is first else f"{each.subject}\n\n{each.body}" for each in records)
    trailers: defaultdict[str, list[Value]] = defaultdict(list)
    addresses: defaultdict[str, list[Value]] = defaultdict(list)
    for name, text in _trailers(records):
        trailers[name.lower().capitalize()].append(text)
        addresses[name.lower().capitalize()] += filter(None, [address(text)])
    return {
        "time": max((each.time for each in records), default=""),
        "subject": first.subject if first else "",
        "body": "\n\n".join(each.strip() for each in bodies if each.strip()),
        "trailers": {**trailers},
        "addresses": {**addresses},
    }


def address(text: str) -> str:
    """The e-mail address in a trailer, in lower case; empty if there is none, or more than one."""
    found = _NAMED.fullmatch(text.strip())
    plain = found[1] if found else text.strip()
    return plain.lower() if _ADDRESS.fullmatch(plain) else ""


def folded(email: str) -> str:
    """An address in one normalised spelling."""
    return unicodedata.normalize("NFKC", email).casefold().strip()


def _trailers(records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    return (each for record in records for each in record.trailers)


def _listed(texts: Iterable[str]) -> list[Value]:
    return [*dict.fromkeys(each for each in texts if each)]


def _artifact(path: str) -> Map:
    match path.split("/"):
        case [_, environment, "tenants", tenant, _, *_]:
            return {"path": path, "tenant": tenant, "environment": environment}
        case [_, environment, _, *_]:
            return {"path": path, "tenant": "", "environment": environment}
    return {"path": path, "tenant": "", "environment": ""}


def _environments(paths: Sequence[str], effect: Effect) -> list[str]:
    """The environments that a change affects, by an artifact, a value, a secret or a file of their own.

    A sealed file that does not belong to one environment affects all of them.
    """
    named = {part for path in paths for part in _parts(path)} | {each.environment for each in effect.altered}
    built = {path.split("/")[1] for path in paths if path.startswith("build/")}
    shared = any(owner.environment is None for path in paths if (owner := holder(path)))
    return sorted(set(effect.environments).intersection(*([] if shared else [named])) | built)


def _parts(path: str) -> list[str]:
    *folders, name = path.split("/")
    return [*folders[1:], name.partition(".")[0]]


def values(effect: Effect) -> list[Value]:
    """The altered values, as policies see them."""
    return [
        {
            "tenant": each.tenant,
            "environment": each.environment,
            "path": each.path,
            "before": each.before,
            "after": each.after,
        }
        for each in effect.altered[:VALUES]
    ]
