"""Checks that names and paths are unique in an environment, paths on a case-insensitive disk too."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from varve.language.fault import quote
from varve.link.isolation.evidence import Breach, Name, Proof, TenantProof
from varve.link.linking import Member

_NOWHERE: Final = frozenset({"", ".", ".."})
"""Steps of a path that name no file."""


def duplicate_names(proofs: Mapping[str, Proof]) -> Iterator[tuple[str, Breach]]:
    """The names that occur twice in a tenant, each with the path of the file where it occurs the second time.

    Files with breaches come last, so that the one that takes another file's name is reported, not the owner.
    """
    seen: set[tuple[str, str]] = set()
    for path, proof in sorted(proofs.items(), key=lambda each: bool(each[1].breaches)):
        for name in proof.names:
            if (name.kind, name.text) in seen:
                yield path, duplicate(name)
            seen.add((name.kind, name.text))


def duplicate(name: Name) -> Breach:
    """The breach that a name is used already."""
    return Breach(f"the {name.kind} {quote(name.text)} occurs twice", name.keys)


def colliding_names(every: Mapping[str, TenantProof]) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """The tenants that use names which tenants before them use, each with those names."""
    seen: set[tuple[str, str]] = set()
    for tenant, proof in every.items():
        if taken := seen.intersection(proof.names):
            yield tenant, taken
        seen.update(proof.names)


def misplaced_paths(environment: str, members: Iterable[Member], linked: Iterable[str]) -> Iterator[tuple[str, Breach]]:
    """The files outside of their owner's folder, or with the same path as another on a case-insensitive disk."""
    seen: set[str] = set()
    owned = [(path, f"build/{environment}/tenants/{each.tenant}/") for each in members for path in each.files]
    for path, folder in (*owned, *((path, f"build/{environment}/") for path in linked)):
        steps, known = path.removeprefix(folder).split("/"), path.casefold()
        if not path.startswith(folder) or known in seen or not _NOWHERE.isdisjoint(steps):
            yield path, Breach("a file is not in its owner's folder")
        seen.add(known)
