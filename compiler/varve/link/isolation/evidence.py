"""The nouns of the proof: what of an environment it depends on, what is looked at, and what was found there."""

from typing import NamedTuple

from varve.link.linking import Member
from varve.model.artifact import NOTHING, Proven
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment


class Facts(NamedTuple):
    """What of an environment the proof of a file depends on: its name, and the folder of all its secrets.

    `panels` are the types of panels that the platform grants beside those of every Grafana, and `discovery` is what it
    says of where targets are found.
    """

    environment: str
    secrets: str
    panels: frozenset[str] = frozenset()
    discovery: Map | None = None


class File(NamedTuple):
    """An artifact of a tenant: what its bytes say, and whether the tenant is `strict`, with systems of its own."""

    path: str
    tenant: str
    strict: bool
    value: Value

    @property
    def inside(self) -> tuple[str, ...]:
        """The way to the file from the tenant's folder, such as `rules`, `raw`, `node.yaml`."""
        return tuple(self.path.split("/")[4:])


class Breach(NamedTuple):
    """A way out of the tenant: what is wrong, as a sentence of a message, and the keys that lead to it."""

    message: str
    keys: Keys = ()


class Name(NamedTuple):
    """A name that a file takes where all tenants meet: of what, which, and the keys that lead to it."""

    of: str
    text: str
    keys: Keys


class Brought(NamedTuple):
    """A tenant with what it brings to an environment, whose part of the Alertmanager that tenants share is `frame`."""

    member: Member
    environment: Environment
    frame: Map

    @property
    def routes(self) -> str:
        """Where the tenant's own file of an Alertmanager lies, if it has one."""
        return f"build/{self.environment.name}/tenants/{self.member.tenant}/alertmanager.yaml"


class Proof(NamedTuple):
    """What was found in one file: the ways out of the tenant, or how much of what it holds was looked at."""

    breaches: tuple[Breach, ...] = ()
    names: tuple[Name, ...] = ()
    rules: int = 0
    queries: int = 0


class Confined(NamedTuple):
    """What is proven of all that a tenant brings: how much was looked at, and the names that could be another's too.

    Of each of those what it is of, and the name; names that begin with the tenant's id are not among them, for they are
    nobody else's. Plain data, and a function of the tenant's files: it may be kept as long as these stand.
    """

    proven: Proven = NOTHING
    names: tuple[tuple[str, str], ...] = ()


def is_own(name: Value, tenant: str) -> bool:
    """Whether a name belongs to a tenant: no id holds a slash, so no two tenants have one name."""
    return isinstance(name, str) and name.startswith(f"{tenant}/")
