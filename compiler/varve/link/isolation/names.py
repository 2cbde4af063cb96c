"""Names and paths of an environment: no two tenants have one, however they are spelt."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from varve.language.fault import quote
from varve.link.isolation.evidence import Breach, Confined, Name, Proof
from varve.link.linking import Member

_NOWHERE: Final = frozenset({"", ".", ".."})
"""Steps of a path that lead to no file of that name."""


def shared_names(proofs: Mapping[str, Proof]) -> Iterator[tuple[str, Breach]]:
    """The names that are taken twice, each with the path of the file that takes it for the second time.

    A file that leads out of its tenant comes after all that do not: the owner of a name has it first, whoever takes it.
    """
    seen: set[tuple[str, str]] = set()
    for path, proof in sorted(proofs.items(), key=lambda each: bool(each[1].breaches)):
        for name in proof.names:
            if (name.of, name.text) in seen:
                yield path, twice(name)
            seen.add((name.of, name.text))


def twice(name: Name) -> Breach:
    """A name that is taken already."""
    return Breach(f"the {name.of} {quote(name.text)} occurs twice", name.keys)


def met_names(every: Mapping[str, Confined]) -> Iterator[tuple[str, set[tuple[str, str]]]]:
    """The tenants who take names that others have taken before them, each with those names."""
    seen: set[tuple[str, str]] = set()
    for tenant, confined in every.items():
        if taken := seen.intersection(confined.names):
            yield tenant, taken
        seen.update(confined.names)


def shared_paths(environment: str, members: Iterable[Member], linked: Iterable[str]) -> Iterator[tuple[str, Breach]]:
    """The files that lie in no folder of their owner's, or where another one lies for a disk that knows no cases."""
    seen: set[str] = set()
    owned = [(path, f"build/{environment}/tenants/{each.tenant}/") for each in members for path in each.files]
    for path, folder in (*owned, *((path, f"build/{environment}/") for path in linked)):
        steps, known = path.removeprefix(folder).split("/"), path.casefold()
        if not path.startswith(folder) or known in seen or not _NOWHERE.isdisjoint(steps):
            yield path, Breach("a file is not in its owner's folder")
        seen.add(known)
