"""A repository that was opened: what its units share, judged once."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from typing import Final, NamedTuple

from varve.check.source import soundness
from varve.check.source.judged import Judged
from varve.emit.kit import Kit
from varve.emit.once import Once
from varve.emit.template.code import Codes
from varve.emit.template.engine import Engine
from varve.model.diagnostic import Report
from varve.model.memory import NOTHING, Memory
from varve.model.pack import Pack
from varve.model.settings import Settings
from varve.model.snapshot import Snapshot, below
from varve.model.unit import Selection, Unit
from varve.pipeline.carried import Carried
from varve.pipeline.ledger import Ledger, digest
from varve.policy import bench, choice, waiver
from varve.policy.bench import Bench, Policies
from varve.read import decode, pack, repository
from varve.read.parse import EXTENSIONS
from varve.read.reading import Reading, reading
from varve.resolve import merge

_POLICIES: Final = "policies/"
_FEW: Final = 128  # ways in which tenants are held to frameworks
_SOME: Final = 32
"""What so many tenants claim is remembered as one: of most of them nothing has changed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository that could be opened: its settings, its tenants, its standing artifacts, and what units share.

    `judged` and `folded` remember work that units have in common: whether a file is of the right shape, and what the
    first layers of a stack gave together. Only a compile has a `bench`, which judges by policies, and a `ledger`, which
    knows the verdicts of earlier ones.
    """

    reading: Reading
    settings: Settings
    tenants: tuple[str, ...]
    kit: Kit
    standing: Callable[[], Mapping[Unit, list[str]]]
    judged: Judged = field(default_factory=dict)
    folded: merge.Folded = field(default_factory=dict)
    bench: Bench | None = None
    ledger: Ledger = field(default_factory=lambda: Ledger(""))
    carried: Carried = field(default_factory=Carried)


class _Everybodys(NamedTuple):
    """The settings and the kit; None where they are broken."""

    settings: Settings | None
    kit: Kit | None


def open_repository(snapshot: Snapshot, report: Report, carried: Carried | None = None) -> Opened | None:
    """The repository that `snapshot` holds, or None where its settings or its packs are broken, which is reported.

    `carried` is what an earlier compile has left.
    """
    carried = carried or Carried()
    desk = carried.begin(snapshot, report)
    settings, kit = carried.once("what is everybody's", desk, _everybodys, digest(_shared(snapshot, None)))
    tenants = repository.tenants(snapshot, report)
    refused = any(not path.startswith(("tenants/", "build/")) for path in snapshot.refused)
    if settings is None or kit is None or refused:
        return None
    # Of what was made for one tenant nothing is carried.
    kit = kit._replace(once=Once())
    return Opened(desk, settings, tenants, kit, cache(partial(standing_by_unit, snapshot)), carried=carried)


def _everybodys(desk: Reading) -> _Everybodys:
    settings = soundness.settings(repository.document(desk, desk.report), desk.report)
    return _Everybodys(settings, make_kit(desk, desk.report))


class Order(NamedTuple):
    """How a repository is to be compiled: which units, judged by whose policies, and what is remembered of it.

    Where it is `counting`, what policies were asked about is tallied, of all that there is. `codes` know what templates
    were compiled to. `carried` is what an earlier compile has left.
    """

    selection: Selection = Selection()
    judges: Snapshot | None = None
    counting: bool = False
    memory: Memory = NOTHING
    codes: Codes | None = None
    carried: Carried | None = None


def open_judged(snapshot: Snapshot, order: Order, report: Report) -> Opened | None:
    """The repository with the bench that judges it; None where either is broken, which is reported."""
    judges, memory = order.judges, NOTHING if order.counting else order.memory
    opened = open_repository(snapshot, report, order.carried)
    shared = digest(_shared(snapshot, judges))
    found = _policies(opened, judges, shared) if opened else None
    if opened is None or found is None:
        return None
    if judges is None:
        waiver.judge_names(found.library, opened.tenants, opened.settings.environments, report)
    ledger = Ledger(shared, memory)
    tenants = [each for each in opened.tenants if order.selection.tenant in (None, each)]
    asking = replace(opened, ledger=ledger)
    some = (tenants[first : first + _SOME] for first in range(0, len(tenants), _SOME))
    held = choice.together(_claimed(asking, each) for each in some)
    whole = replace(ledger, shared=digest((ledger.shared, *held.named, "", *held.claimed)))
    kit = opened.kit._replace(engine=replace(opened.kit.engine, codes=order.codes))
    return replace(opened, kit=kit, ledger=whole, bench=Bench(found, opened.reading.document, held, order.counting))


def _policies(opened: Opened, judges: Snapshot | None, shared: str) -> Policies | None:
    """The policies by which is judged; None where they are broken."""
    desk = opened.reading
    asking = reading(judges, desk.report) if judges else desk
    return opened.carried.once("policies", asking, lambda view: read_policies(view, view.report), shared)


def _shared(snapshot: Snapshot, judges: Snapshot | None) -> Iterator[str]:
    """What every verdict rests on: the settings, the templates, and the policies by which is judged."""
    own = [path for path in shared(snapshot) if not (judges and path.startswith(_POLICIES))]
    theirs = [path for path in shared(judges) if path.startswith(_POLICIES)] if judges else []
    for seen, paths in ((snapshot, own), (judges or snapshot, theirs)):
        for path in paths:
            yield from (path, seen.entries[path].id, "shipped" if path in seen.library else "")


def shared(snapshot: Snapshot) -> Iterator[str]:
    """The paths of what is everybody's: the settings, the templates and the policies."""
    settings = (f"{repository.SETTINGS}{extension}" for extension in EXTENSIONS)
    yield from (path for path in settings if path in snapshot)
    yield from snapshot.under("templates")
    yield from snapshot.under("policies")


def _claimed(opened: Opened, tenants: Sequence[str]) -> choice.Held:
    """The frameworks that are named for tenants, and by them, remembered while what says so stays as it is."""
    name, desk = f"claims from {tenants[0]} on", opened.reading.watched(Report())
    carried = opened.carried.recall(choice.Held, name, opened.ledger.shared, *tenants)
    if carried:
        return carried
    known = opened.ledger.recall(name, desk.answer, *tenants)
    if known:
        found, asked = _held(known.body), known.questions
    else:
        found = choice.together(choice.held(each, opened.settings, desk) for each in tenants)
        asked = tuple(desk.asked)
        opened.ledger.learn(name, json.dumps(found).encode(), asked, desk.answer, *tenants)
    opened.carried.keep(name, found, asked, opened.ledger.shared, *tenants)
    return found


@lru_cache(_FEW)
def _held(body: bytes) -> choice.Held:
    """What is remembered of tenants; most are held to the same."""
    return choice.Held(*(tuple(each) for each in json.loads(body)))


def read_policies(desk: Reading, report: Report) -> Policies | None:
    """The policies that a repository is judged by; None where they are broken, which is reported."""
    return bench.read(desk, report)


def make_kit(desk: Reading, report: Report) -> Kit | None:
    """The templates and packs; one broken pack breaks them all, so that no unit is built without its rules."""
    said = Report()
    packs = {name: _pack(desk, name, said) for name in pack.names(desk, said)}
    sources = (desk.snapshot.source(path) for path in desk.snapshot.under("templates") if path.endswith(".j2"))
    templates = {each.path: text for each in sources if (text := decode.decode(each, said)) is not None}
    sound = {name: each for name, each in packs.items() if each is not None}
    messages = pack.messages(desk, "templates/messages", said)
    report.extend(said)
    return None if said.broken or len(sound) < len(packs) else Kit(Engine(templates), sound, messages, Once())


def _pack(desk: Reading, name: str, report: Report) -> Pack | None:
    document = pack.document(desk, name, report)
    if document is None or document.value is None:
        return None
    # What varve ships is sound, which its tests see to.
    if document.path not in desk.snapshot.library and not soundness.pack(document, report):
        return None
    return pack.pack(desk, name, document.value, report)


def standing_by_unit(snapshot: Snapshot) -> dict[Unit, list[str]]:
    """The artifacts in the snapshot by the unit they belong to."""
    standing: dict[Unit, list[str]] = defaultdict(list)
    paths, at = list(snapshot.under("build")), 0
    while at < len(paths):
        unit = unit_of(paths[at])
        # Those of a tenant stand together.
        folder = f"build/{unit.environment}/tenants/{unit.tenant}"
        own = below(folder, paths) if unit.tenant else (paths[at],)
        standing[unit].extend(own)
        at += len(own)
    return standing


def unit_of(path: str) -> Unit:
    """The unit that an artifact belongs to; what an environment shares belongs to no tenant."""
    environment, *rest = path.split("/")[1:]
    return Unit(rest[1] if rest[0:1] == ["tenants"] and rest[2:] else "", environment)


def source_of(opened: Opened, stem: str) -> str | None:
    """The source of a path without its extension."""
    return next(iter(opened.reading.stems.get(stem, ())), None)
