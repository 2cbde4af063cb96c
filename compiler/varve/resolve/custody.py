"""Who may open sealed files, by what the platform says of an environment."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

from varve.language.time import duration
from varve.model.source import Map
from varve.model.unit import Environment
from varve.read.sealed.file import Holder

ROTATION: Final = "90d"
"""How old a data key may become where the platform does not say it."""


class Custody(NamedTuple):
    """Who can open a file, as SOPS has it: groups of recipients, and how many groups it takes."""

    groups: tuple[frozenset[str], ...]
    threshold: int

    @property
    def recipients(self) -> frozenset[str]:
        """All that are named, whatever they can do."""
        return frozenset().union(*self.groups)

    def is_as(self, other: "Custody") -> bool:
        """Whether both let the same recipients open a file; the order of groups means nothing."""
        return self.threshold == other.threshold and _sorted(self.groups) == _sorted(other.groups)


def _sorted(groups: Iterable[frozenset[str]]) -> list[list[str]]:
    return sorted(map(sorted, groups))


class Recovery(NamedTuple):
    """Who can open everything, and how many of them it takes."""

    keys: tuple[str, ...] = ()
    quorum: int = 1


def said(environment: Environment) -> Map | None:
    """What the platform says of recipients; None where it says nothing, so that nobody could judge a file."""
    secrets = cast("dict[str, Map]", environment.platform.get("secrets", {}))
    return secrets.get("recipients")


def own(environment: Environment, tenant: str | None) -> tuple[str, ...]:
    """The keys of a tenant, or without one of the platform; empty where none are said."""
    recipients = said(environment) or {}
    if tenant is None:
        return tuple(cast("list[str]", recipients.get("platform", [])))
    return tuple(cast("dict[str, list[str]]", recipients.get("tenants", {})).get(tenant, []))


def recovery(environment: Environment) -> Recovery:
    """Who can open every file of the environment."""
    found = cast("Map", (said(environment) or {}).get("recovery", {}))
    return Recovery(tuple(cast("list[str]", found.get("keys", []))), cast("int", found.get("quorum", 1)))


def limit(environment: Environment) -> str:
    """How old a data key may become, as the platform writes it."""
    return cast("dict[str, dict[str, str]]", environment.platform).get("secrets", {}).get("rotation", ROTATION)


def shortest(environments: Iterable[Environment]) -> str:
    """The smallest of the limits."""
    return min(map(limit, environments), key=duration.lasts)


def served(holder: Holder, environments: Sequence[Environment]) -> list[Environment]:
    """The environments whose systems read the files of a holder."""
    return [each for each in environments if holder.environment in (None, each.name)]


def custody(holder: Holder, environments: Sequence[Environment]) -> Custody | None:
    """Who may open the files of a holder that `environments` read; None where these cannot agree on how many it takes.

    A file that all environments read can be opened with the keys of each of them. Where recovery needs a quorum, the
    holder's own keys stand in as many groups as it takes, so that one of them is enough, and each key of recovery in a
    group by itself.
    """
    first = own_of(holder, environments)
    others = [recovery(each) for each in environments]
    keys = {key: None for each in others for key in each.keys}
    quorums = {each.quorum for each in others}
    if len(quorums) != 1:
        return None
    (quorum,) = quorums
    if quorum == 1:
        return Custody((first | keys.keys(),), 1)
    return Custody((first,) * quorum + tuple(frozenset({key}) for key in keys), quorum)


def own_of(holder: Holder, environments: Sequence[Environment]) -> frozenset[str]:
    """The holder's own keys in all of `environments`."""
    return frozenset(key for each in environments for key in own(each, holder.tenant))
