"""The law: whatever one tenant changes, nobody else has anything else, and the tenant's own artifacts keep to it."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from tests.interference import held
from tests.interference.change import Change
from tests.interference.file import committed
from tests.interference.observed import SHARED, TEXTS, Seen, folder, is_about, seen
from tests.interference.repository import (
    ENVIRONMENT,
    PLATFORM,
    TENANTS,
    Files,
    hidden,
    of_tenant,
    snapshot,
    sources,
    world,
)
from tests.interference.value import Pair
from varve import pipeline
from varve.model.artifact import Build
from varve.model.diagnostic import Severity

STATES: Final[Mapping[str, Mapping[str, bytes]]] = {
    "sound": {},
    "warned": {"tenants/beta/overlays/nowhere.yaml": b"locale: fr_FR\n"},
    "broken": {
        "tenants/beta/services/ledger.yaml": b"alerts: {QueueStuck: {expr: 'up +', severity: quagga, summary: x}}\n",
        "tenants/beta/users/quagga.yaml": b"name: [\n",
    },
}
"""What else the other tenants have in their folders; the changes are acme's then."""


class Tried(NamedTuple):
    """A change that was compiled: what was read, what became of it, and what then stands in `build/`."""

    pair: Pair
    change: Change
    build: Build
    world: Mapping[str, bytes]

    @property
    def is_compiled(self) -> bool:
        """Whether the tenant itself was compiled."""
        return any(unit.tenant == self.pair.own for unit in self.build.units)


def attempt(pair: Pair, change: Change, state: str = "sound") -> Tried:
    """The change, compiled."""
    before = committed() if change.committed else {}
    read = snapshot({**before, **STATES[state], **change.files}, change.refused)
    build = pipeline.compile(read)
    return Tried(pair, change, build, world(read, build))


@cache
def expected(tenant: str, state: str, is_committed: bool) -> Seen:  # noqa: FBT001 - a key
    """What others have where there is no such tenant: nothing that it says can be in that."""
    before = committed() if is_committed else {}
    return without_tenant(tenant, {**before, **STATES[state]}, frozenset())


def without_tenant(tenant: str, files: Files, refused: frozenset[str]) -> Seen:
    """What others have of a repository in which the tenant is not, nor anything that was built of it."""
    left = {path: data for path, data in files.items() if not path.startswith((folder(tenant), SHARED))}
    gone = dict.fromkeys([*of_tenant(tenant), f"environments/tenants/{tenant}.yaml"])
    read = snapshot({**left, **gone}, refused)
    build = pipeline.compile(read)
    return seen(world(read, build), build, tenant)


def faults(tried: Tried, had: Seen) -> Iterator[str]:
    """How the law is broken: what others have and `had` not, or the reverse; what the tenant's own says of others."""
    yield from differences(had, seen(tried.world, tried.build, tried.pair.own))
    yield from _answers(tried)


def differences(had: Seen, has: Seen) -> Iterator[str]:
    """What others have that is not what they had. More texts may be shared, if they are what everybody would hear."""
    for name in ("artifacts", "shared", "decisions", "diagnostics"):
        if getattr(has, name) != getattr(had, name):
            yield f"the {name} of others differ: {_difference(getattr(had, name), getattr(has, name))}"
    yield from (f"{path} is gone" for path in had.texts.keys() - has.texts.keys())
    yield from (f"{path} differs" for path, data in has.texts.items() if data != text(path))


def _difference(had: object, has: object) -> str:
    if isinstance(had, Mapping) and isinstance(has, Mapping):
        return ", ".join(sorted(key for key in had.keys() | has.keys() if had.get(key) != has.get(key)))
    return f"{had!r} before, {has!r} now"[:2000]


@cache
def text(path: str) -> bytes:
    """The texts at a path, where the platform itself speaks that language, and no tenant is there."""
    locale = path.removeprefix(TEXTS).removesuffix(".tmpl")
    spoken = PLATFORM["environments/production.yaml"].replace("platform:\n", f"platform:\n  locale: {locale}\n")
    gone = {path: None for path in sources() if path.startswith(("tenants/", "environments/tenants/"))}
    build = pipeline.compile(snapshot({**gone, "environments/production.yaml": spoken.encode()}))
    return build.artifacts[path].data if path in build.artifacts else b""


def _answers(tried: Tried) -> Iterator[str]:
    """A tenant that is at fault hears of it, alone, without a word of others; and holds up nobody."""
    own, build = tried.pair.own, tried.build
    about = [each for each in build.diagnostics if is_about(each, own)]
    shown = repr(about)
    yield from (f"a diagnostic tells of {each}" for each in TENANTS if each != own and hidden(each) in shown)
    is_refused = bool(tried.change.refused) or any(each.rule.severity is Severity.ERROR for each in about)
    if not tried.is_compiled and not is_refused and _is_there(tried):
        yield "the tenant is not compiled, and nobody says why"
    if not is_refused:
        yield from held.faults(tried.world, own)
    if not _is_tampered(tried) and any(path.startswith(SHARED) for path in build.kept):
        yield "what is shared waits for the tenant"


def _is_there(tried: Tried) -> bool:
    folder_ = f"tenants/{tried.pair.own}/"
    left = {**sources(), **tried.change.files}
    return any(path.startswith(folder_) and data is not None for path, data in left.items())


def _is_tampered(tried: Tried) -> bool:
    return any(path.startswith(f"build/{ENVIRONMENT}/") for path in tried.change.files)
