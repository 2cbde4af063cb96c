"""Who may open sealed files, according to the platform settings of an environment."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

from varve.language.time import duration
from varve.model.source import Map
from varve.model.unit import Environment
from varve.read.sealed.file import Holder

ROTATION: Final = "90d"
"""How old a data key may become if the platform does not set it."""


class Custody(NamedTuple):
    """Who can open a file, in SOPS's terms: groups of recipients, and how many of the groups are needed."""

    groups: tuple[frozenset[str], ...]
    threshold: int

    @property
    def recipients(self) -> frozenset[str]:
        """All recipients of all groups."""
        return frozenset().union(*self.groups)

    def is_as(self, other: "Custody") -> bool:
        """Whether both let the same recipients open a file, in whatever order the groups are."""
        return self.threshold == other.threshold and _sorted(self.groups) == _sorted(other.groups)


def _sorted(groups: Iterable[frozenset[str]]) -> list[list[str]]:
    return sorted(map(sorted, groups))


class Recovery(NamedTuple):
    """The recovery keys, which open every file, and how many of them are needed."""

    keys: tuple[str, ...] = ()
    quorum: int = 1


def recipients_setting(environment: Environment) -> Map | None:
    """The `recipients` map of the platform; None if it is not set, so that no file can be judged."""
    secrets = cast("dict[str, Map]", environment.platform.get("secrets", {}))
    return secrets.get("recipients")


def own_keys(environment: Environment, tenant: str | None) -> tuple[str, ...]:
    """The keys of a tenant, or of the platform if `tenant` is None; empty if none are set."""
    recipients = recipients_setting(environment) or {}
    if tenant is None:
        return tuple(cast("list[str]", recipients.get("platform", [])))
    return tuple(cast("dict[str, list[str]]", recipients.get("tenants", {})).get(tenant, []))


def recovery(environment: Environment) -> Recovery:
    """The recovery keys of the environment."""
    settings = cast("Map", (recipients_setting(environment) or {}).get("recovery", {}))
    return Recovery(tuple(cast("list[str]", settings.get("keys", []))), cast("int", settings.get("quorum", 1)))


def rotation_limit(environment: Environment) -> str:
    """How old a data key may become, as the platform writes it."""
    return cast("dict[str, dict[str, str]]", environment.platform).get("secrets", {}).get("rotation", ROTATION)


def shortest_rotation(environments: Iterable[Environment]) -> str:
    """The shortest of the environments' rotation limits."""
    return min(map(rotation_limit, environments), key=duration.lasts)


def environments_of(holder: Holder, environments: Sequence[Environment]) -> list[Environment]:
    """The environments whose systems read the files of a holder."""
    return [each for each in environments if holder.environment in (None, each.name)]


def custody(holder: Holder, environments: Sequence[Environment]) -> Custody | None:
    """Who may open the files of a holder that `environments` read; None if their recovery quorums differ.

    A file that several environments read can be opened with the keys of each of them. If recovery needs a quorum, the
    holder's own keys form as many identical groups as the quorum, so that one of these keys is enough, and each
    recovery key forms a group of its own.
    """
    first = all_own_keys(holder, environments)
    others = [recovery(each) for each in environments]
    keys = {key: None for each in others for key in each.keys}
    quorums = {each.quorum for each in others}
    if len(quorums) != 1:
        return None
    (quorum,) = quorums
    if quorum == 1:
        return Custody((first | keys.keys(),), 1)
    return Custody((first,) * quorum + tuple(frozenset({key}) for key in keys), quorum)


def all_own_keys(holder: Holder, environments: Sequence[Environment]) -> frozenset[str]:
    """The holder's own keys in all of `environments`."""
    return frozenset(key for each in environments for key in own_keys(each, holder.tenant))
