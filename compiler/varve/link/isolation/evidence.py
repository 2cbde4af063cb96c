"""The data types of the proof: the settings on which it depends, what is examined, and what is found."""

from typing import NamedTuple

from varve.link.linking import Member
from varve.model.artifact import NOTHING_PROVEN, Proven
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment


class Facts(NamedTuple):
    """The settings of an environment on which the proof of a file depends.

    `environment` is its name, `secrets` the folder of all rendered secrets, `panels` the panel types that the platform
    grants in addition to Grafana's own, and `discovery` the platform's settings for discovered targets.
    """

    environment: str
    secrets: str
    panels: frozenset[str] = frozenset()
    discovery: Map | None = None


class File(NamedTuple):
    """An artifact of a tenant, with its parsed bytes; a `strict` tenant has its own servers."""

    path: str
    tenant: str
    strict: bool
    value: Value

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the path from the tenant's folder, such as `("rules", "raw", "node.yaml")`."""
        return tuple(self.path.split("/")[4:])


class Breach(NamedTuple):
    """A breach of a tenant's isolation: the message, and the keys of the place in the file."""

    message: str
    keys: Keys = ()


class Name(NamedTuple):
    """A name in a file that must be unique among all tenants: its kind, the name itself, and its keys."""

    kind: str
    text: str
    keys: Keys


class Contribution(NamedTuple):
    """A tenant and its artifacts in an environment; `frame` is the platform's part of the shared Alertmanager."""

    member: Member
    environment: Environment
    frame: Map

    @property
    def alertmanager_path(self) -> str:
        """The path of the tenant's own Alertmanager file, if it has one."""
        return f"build/{self.environment.name}/tenants/{self.member.tenant}/alertmanager.yaml"


class Proof(NamedTuple):
    """What was found in one file: its breaches and names, and how many rules and queries were examined."""

    breaches: tuple[Breach, ...] = ()
    names: tuple[Name, ...] = ()
    rules: int = 0
    queries: int = 0


class TenantProof(NamedTuple):
    """What is proven of all files of a tenant: how much was examined, and the names that another tenant could have too.

    Each name is a pair of its kind and its text. Names that begin with the tenant's id are left out: nobody else can
    have them. This is plain data, and a function of the tenant's files: it is valid as long as they are unchanged.
    """

    proven: Proven = NOTHING_PROVEN
    names: tuple[tuple[str, str], ...] = ()


def is_own(name: Value, tenant: str) -> bool:
    """Whether a name begins with the tenant's id and a slash; no id contains a slash, so it is no other tenant's."""
    return isinstance(name, str) and name.startswith(f"{tenant}/")
