"""A repository that was opened: what its units share, judged once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from varve.check import source
from varve.emit.kit import Kit
from varve.emit.template.engine import Engine
from varve.model.diagnostic import Report
from varve.model.pack import Pack
from varve.model.settings import Settings
from varve.model.snapshot import Snapshot
from varve.model.unit import Selection, Unit
from varve.policy import bench, choice, waiver
from varve.policy.bench import Bench, Policies
from varve.read import decode, pack, repository
from varve.read.reading import Reading, reading
from varve.resolve import merge


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository that could be opened: its settings, its tenants, its standing artifacts, and what units share.

    `judged` and `folded` remember work that units have in common: whether a file is of the right shape, and what the
    first layers of a stack gave together. Only a compile has a `bench`, which judges by policies.
    """

    reading: Reading
    settings: Settings
    tenants: tuple[str, ...]
    kit: Kit
    standing: Mapping[Unit, list[str]]
    judged: source.Judged = field(default_factory=dict)
    folded: merge.Folded = field(default_factory=dict)
    bench: Bench | None = None


def open_repository(snapshot: Snapshot, report: Report) -> Opened | None:
    """The repository that `snapshot` holds, or None where its settings or its packs are broken, which is reported."""
    desk = reading(snapshot, report)
    settings = source.settings(repository.document(desk, report), report)
    kit = make_kit(desk, report)
    tenants = repository.tenants(snapshot, report)
    refused = any(not path.startswith(("tenants/", "build/")) for path in snapshot.refused)
    if settings is None or kit is None or refused:
        return None
    return Opened(desk, settings, tenants, kit, standing_by_unit(snapshot))


def open_judged(
    snapshot: Snapshot, selection: Selection, report: Report, *, judges: Snapshot | None, counting: bool
) -> Opened | None:
    """The repository with the bench that judges it; None where either is broken, which is reported."""
    opened = open_repository(snapshot, report)
    found = read_policies(reading(judges, report) if judges else opened.reading, report) if opened else None
    if opened is None or found is None:
        return None
    if judges is None:
        waiver.judge_names(found.library, opened.tenants, opened.settings.environments, report)
    tenants = [each for each in opened.tenants if selection.tenant in (None, each)]
    held = choice.held(tenants, opened.settings, opened.reading)
    return replace(opened, bench=Bench(found, opened.reading.document, held, counting))


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
    return None if said.broken or len(sound) < len(packs) else Kit(Engine(templates), sound, messages)


def _pack(desk: Reading, name: str, report: Report) -> Pack | None:
    document = pack.document(desk, name, report)
    if document is None or document.value is None or not source.pack(document, report):
        return None
    return pack.pack(desk, name, document.value, report)


def standing_by_unit(snapshot: Snapshot) -> dict[Unit, list[str]]:
    """The artifacts in the snapshot by the unit they belong to; what an environment shares belongs to no tenant."""
    standing: dict[Unit, list[str]] = defaultdict(list)
    for path in snapshot.under("build"):
        environment, *rest = path.split("/")[1:]
        tenant = rest[1] if rest[0:1] == ["tenants"] and rest[2:] else ""
        standing[Unit(tenant, environment)].append(path)
    return standing


def source_of(opened: Opened, stem: str) -> str | None:
    """The source of a path without its extension."""
    return next(iter(opened.reading.stems.get(stem, ())), None)
