"""A repository that was opened: everything that its units share, judged once."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import Final, NamedTuple

from varve.check.source import soundness
from varve.check.source.judged import Judged
from varve.emit.kit import Kit
from varve.emit.once import Once
from varve.emit.template.code import Codes
from varve.emit.template.engine import Engine
from varve.model.diagnostic import Report
from varve.model.memory import NO_MEMORY, Memory
from varve.model.pack import Pack
from varve.model.settings import Settings
from varve.model.snapshot import Snapshot, below
from varve.model.unit import Selection, Unit
from varve.pipeline.carried import Carried
from varve.pipeline.ledger import Ledger, digest, new_ledger
from varve.policy import bench, choice, waiver
from varve.policy.bench import Bench, Policies
from varve.read import decode, pack, repository
from varve.read.parse import EXTENSIONS
from varve.read.reading import Reading, reading
from varve.resolve import merge

_POLICIES: Final = "policies/"
_CACHED_RESULTS: Final = 128  # few of them differ
_GROUP_SIZE: Final = 32
"""The number of tenants whose frameworks are remembered together, because most tenants have not changed."""


class Opened(NamedTuple):
    """An opened repository: its settings, its tenants, its existing artifacts, and what units share.

    `judged` and `folded` cache work that units have in common: whether a file is sound, and what the first layers of a
    stack merge to. Only a compile has a `bench`, which judges by policies, and a `ledger` with the verdicts of earlier
    compiles.
    """

    reading: Reading
    settings: Settings
    tenants: tuple[str, ...]
    kit: Kit
    existing_artifacts: Callable[[], Mapping[Unit, list[str]]]
    judged: Judged
    folded: merge.Folded
    ledger: Ledger
    carried: Carried
    bench: Bench | None = None


class _Shared(NamedTuple):
    """The settings and the kit, which all units share; None for each that is broken."""

    settings: Settings | None
    kit: Kit | None


def open_repository(snapshot: Snapshot, report: Report, carried: Carried | None = None) -> Opened | None:
    """The repository in `snapshot`; None where its settings or its packs are broken, which is reported.

    `carried` holds results of an earlier compile in this process.
    """
    carried = carried or Carried()
    view = carried.begin(snapshot, report)
    settings, kit = carried.once("settings and kit", view, _read_shared, digest(_shared_inputs(snapshot, None)))
    tenants = repository.tenants(snapshot, report)
    refused = any(not path.startswith(("tenants/", "build/")) for path in snapshot.refused)
    if settings is None or kit is None or refused:
        return None
    # Artifacts that were made for one tenant are not carried over.
    kit = kit._replace(once=Once())
    existing = cache(partial(artifacts_by_unit, snapshot))
    return Opened(view, settings, tenants, kit, existing, judged={}, folded={}, ledger=new_ledger(""), carried=carried)


def _read_shared(view: Reading) -> _Shared:
    settings = soundness.settings(repository.document(view, view.report), view.report)
    return _Shared(settings, make_kit(view, view.report))


class Order(NamedTuple):
    """How a repository is to be compiled: which units, judged by whose policies, and with what memory.

    `judges` is the snapshot whose policies judge, None for the repository's own. With `counting`, what policies were
    asked about is tallied for every unit, and no remembered verdict is used. `codes` caches compiled templates.
    `carried` holds results of an earlier compile in this process.
    """

    selection: Selection = Selection()
    judges: Snapshot | None = None
    counting: bool = False
    memory: Memory = NO_MEMORY
    codes: Codes | None = None
    carried: Carried | None = None


def open_judged(snapshot: Snapshot, order: Order, report: Report) -> Opened | None:
    """The repository with the bench that judges it; None where either is broken, which is reported."""
    judges, memory = order.judges, NO_MEMORY if order.counting else order.memory
    opened = open_repository(snapshot, report, order.carried)
    shared = digest(_shared_inputs(snapshot, judges))
    policies = _policies(opened, judges, shared) if opened else None
    if opened is None or policies is None:
        return None
    if judges is None:
        waiver.judge_names(policies.library, opened.tenants, opened.settings.environments, report)
    ledger = new_ledger(shared, memory)
    tenants = [each for each in opened.tenants if order.selection.tenant in (None, each)]
    with_ledger = opened._replace(ledger=ledger)
    groups = (tenants[first : first + _GROUP_SIZE] for first in range(0, len(tenants), _GROUP_SIZE))
    frameworks = choice.merged(_frameworks_of(with_ledger, each) for each in groups)
    full_ledger = ledger._replace(shared=digest((ledger.shared, *frameworks.named, "", *frameworks.claimed)))
    kit = opened.kit._replace(engine=replace(opened.kit.engine, codes=order.codes))
    judge = Bench(policies, opened.reading.document, frameworks, order.counting, files={}, bounds={}, places={})
    return opened._replace(kit=kit, ledger=full_ledger, bench=judge)


def _policies(opened: Opened, judges: Snapshot | None, shared: str) -> Policies | None:
    """The policies that judge; None where they are broken, which is reported."""
    view = opened.reading
    judging = reading(judges, view.report) if judges else view
    return opened.carried.once("policies", judging, lambda view: read_policies(view, view.report), shared)


def _shared_inputs(snapshot: Snapshot, judges: Snapshot | None) -> Iterator[str]:
    """What every verdict depends on: paths and ids of the settings, of the templates and of the judging policies."""
    shared = [path for path in shared_paths(snapshot) if not (judges and path.startswith(_POLICIES))]
    judging = [path for path in shared_paths(judges) if path.startswith(_POLICIES)] if judges else []
    for files, paths in ((snapshot, shared), (judges or snapshot, judging)):
        for path in paths:
            yield from (path, files.entries[path].id, "shipped" if path in files.library else "")


def shared_paths(snapshot: Snapshot) -> Iterator[str]:
    """The paths of the files that all tenants share: the settings, the templates and the policies."""
    settings = (f"{repository.SETTINGS}{extension}" for extension in EXTENSIONS)
    yield from (path for path in settings if path in snapshot)
    yield from snapshot.under("templates")
    yield from snapshot.under("policies")


def _frameworks_of(opened: Opened, tenants: Sequence[str]) -> choice.Held:
    """The frameworks that these tenants are held to, recalled as long as the files that name them are unchanged."""
    name, view = f"claims from {tenants[0]} on", opened.reading.recording(Report())
    carried = opened.carried.recall(choice.Held, name, opened.ledger.shared, *tenants)
    if carried:
        return carried
    known = opened.ledger.recall(name, view.answer, *tenants)
    if known:
        found, questions = _frameworks_from(known.body), known.questions
    else:
        found = choice.merged(choice.held(each, opened.settings, view) for each in tenants)
        questions = tuple(view.questions)
        opened.ledger.learn(name, json.dumps(found).encode(), questions, view.answer, *tenants)
    opened.carried.keep(name, found, questions, opened.ledger.shared, *tenants)
    return found


@lru_cache(_CACHED_RESULTS)
def _frameworks_from(body: bytes) -> choice.Held:
    """The remembered frameworks of a group of tenants; most groups have the same."""
    return choice.Held(*(tuple(each) for each in json.loads(body)))


def read_policies(view: Reading, report: Report) -> Policies | None:
    """The policies of a repository; None where they are broken, which is reported."""
    return bench.read(view, report)


def make_kit(view: Reading, report: Report) -> Kit | None:
    """The templates and packs; one broken pack breaks them all, so that no unit is built without its rules."""
    diagnostics = Report()
    packs = {name: _pack(view, name, diagnostics) for name in pack.names(view, diagnostics)}
    sources = (view.snapshot.source(path) for path in view.snapshot.under("templates") if path.endswith(".j2"))
    templates = {each.path: text for each in sources if (text := decode.decode(each, diagnostics)) is not None}
    sound = {name: each for name, each in packs.items() if each is not None}
    messages = pack.messages(view, "templates/messages", diagnostics)
    report.extend(diagnostics)
    return None if diagnostics.broken or len(sound) < len(packs) else Kit(Engine(templates), sound, messages, Once())


def _pack(view: Reading, name: str, report: Report) -> Pack | None:
    document = pack.document(view, name, report)
    if document is None or document.value is None:
        return None
    # varve's tests check the packs that it ships.
    if document.path not in view.snapshot.library and not soundness.pack(document, report):
        return None
    return pack.pack(view, name, document.value, report)


def artifacts_by_unit(snapshot: Snapshot) -> dict[Unit, list[str]]:
    """The artifacts in the snapshot by the unit that they belong to."""
    artifacts: dict[Unit, list[str]] = defaultdict(list)
    paths, at = list(snapshot.under("build")), 0
    while at < len(paths):
        unit = unit_of(paths[at])
        # The paths are sorted, so those of a tenant are adjacent.
        folder = f"build/{unit.environment}/tenants/{unit.tenant}"
        own = below(folder, paths) if unit.tenant else (paths[at],)
        artifacts[unit].extend(own)
        at += len(own)
    return artifacts


def unit_of(path: str) -> Unit:
    """The unit that an artifact belongs to; its tenant is empty for what the tenants of an environment share."""
    environment, *rest = path.split("/")[1:]
    return Unit(rest[1] if rest[0:1] == ["tenants"] and rest[2:] else "", environment)


def source_of(opened: Opened, stem: str) -> str | None:
    """The source file for a path without its extension, if there is one."""
    return next(iter(opened.reading.stems.get(stem, ())), None)
