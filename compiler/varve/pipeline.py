"""The whole compiler as a table of contents: read, resolve, check, emit, link."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from varve.check import consistency, leak, schema, sealed, source
from varve.check.kind import strategy
from varve.check.locate import in_stack
from varve.check.notify import case
from varve.check.reference import Named
from varve.emit import alertmanager
from varve.emit.alertmanager import gate
from varve.emit.function import speaking
from varve.emit.kit import Kit, Task
from varve.emit.prometheus import login
from varve.emit.prometheus.field import MAINS
from varve.emit.shape import ANY_MAP, checked
from varve.emit.target import TARGETS
from varve.emit.template.engine import Engine
from varve.link import isolation, reachability, routing
from varve.link.link import LINKS
from varve.link.linking import Linking, Member
from varve.link.routing.trial import Trial, try_cases
from varve.model.artifact import Artifact, Build, Proven
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.pack import Pack
from varve.model.settings import Settings
from varve.model.snapshot import Snapshot
from varve.model.source import Document, Map, Source, Value
from varve.model.unit import Environment, Resolved, Selection, Unit
from varve.policy import bench, choice, waiver
from varve.policy.bench import Bench, Policies
from varve.policy.subject import Material
from varve.read import artifact as standing
from varve.read import decode, pack, repository
from varve.read.parse import parse
from varve.read.reading import Reading, reading
from varve.resolve import facts, feature, merge, reference, stack
from varve.resolve.saying import Saying

EVERYTHING: Final = Selection()


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


class _Outcome(NamedTuple):
    """What became of a unit: its artifacts, and what is proven of them; None where it keeps those that stand."""

    unit: Unit
    strict: bool
    artifacts: tuple[Artifact, ...] | None
    proofs: isolation.Proofs = MappingProxyType({})


class _Linked(NamedTuple):
    """What an environment was linked to, and how much was proven of it."""

    artifacts: tuple[Artifact, ...]
    proven: Proven


def compile(  # noqa: A001 - the word of the field
    snapshot: Snapshot, selection: Selection = EVERYTHING, *, judges: Snapshot | None = None, counting: bool = False
) -> Build:
    """The artifacts of the selected units and of their environments, and everything that was said on the way.

    A pure function of its arguments. What is broken or not selected keeps the artifacts that the snapshot holds: those
    paths are in `Build.kept`, and the environments are linked over them. The policies are those of the snapshot, or of
    `judges` where a change must not judge itself; broken ones keep everything as it is. Waivers that nothing needs are
    not said of a change, which may be the one by which they have become so. With `counting`, the build tallies what
    policies were asked about.
    """
    report = Report()
    opened = _open(snapshot, selection, report, judges=judges, counting=counting)
    judging = opened.bench if opened else None
    if not (opened and judging and repository.is_selectable(selection, opened.settings, opened.tenants, report)):
        return Build({}, frozenset(snapshot.under("build")), tuple(report))
    selected = [name for name in opened.settings.environments if selection.environment in (None, name)]
    environments = [each for name in selected if (each := _judged_environment(opened, name, report)) is not None]
    # A tenant at a time, and all its environments: what it says alike in them is then rendered once.
    outcomes = [
        _outcome(opened, environment, tenant, report)
        if selection.tenant in (None, tenant)
        else _as_it_stands(opened, Unit(tenant, environment.name))
        for tenant in opened.tenants
        for environment in environments
    ]
    linked = [_link(opened, environment, outcomes, report) for environment in environments]
    complete = selection == EVERYTHING and len(environments) == len(opened.settings.environments)
    if selection == EVERYTHING:
        sealed.check(opened.reading, environments, report, complete=complete)
    if complete:
        _say_unread(opened, outcomes, report)
    artifacts = {each.path: each for outcome in outcomes for each in outcome.artifacts or ()}
    artifacts |= {each.path: each for link in linked if link for each in link.artifacts}
    whole = {environment.name for environment, link in zip(environments, linked, strict=True) if link is not None}
    kept = frozenset(path for path in _kept(opened, whole, outcomes) if path not in artifacts)
    units = tuple(outcome.unit for outcome in outcomes if outcome.artifacts is not None)
    proven = Proven(*(sum(counts) for counts in zip(*(link.proven for link in linked if link), strict=True)))
    idle = bench.idle(judging) if complete and judges is None and len(units) == len(outcomes) else ()
    library, tallies = judging.policies.library, bench.counted(judging)
    return Build(artifacts, kept, tuple(report), units, proven, library, tallies, idle)


def _say_unread(opened: Opened, outcomes: list[_Outcome], report: Report) -> None:
    """Warn of files that nothing reads; one tenant's mistakes are no reason to keep it from another."""
    seen = opened.reading.snapshot
    broken = {outcome.unit.tenant for outcome in outcomes if outcome.artifacts is None}
    sound = tuple(f"tenants/{each}/" for each in opened.tenants if each not in broken)
    folders = sound if report.broken or seen.refused else ("environments/", "tenants/")
    repository.unread(seen, opened.reading.opened, folders, report)


def _kept(opened: Opened, whole: set[str], outcomes: list[_Outcome]) -> Iterator[str]:
    """The standing artifacts that stay: those of environments that are not built as a `whole`, and of broken units."""
    waiting = {outcome.unit for outcome in outcomes if outcome.artifacts is None}
    for unit, paths in opened.standing.items():
        if unit.environment in opened.settings.environments and (unit.environment not in whole or unit in waiting):
            yield from paths


def _open(
    snapshot: Snapshot, selection: Selection, report: Report, *, judges: Snapshot | None, counting: bool
) -> Opened | None:
    """The repository with the bench that judges it; None where either is broken, which is reported."""
    opened = open_repository(snapshot, report)
    found = _policies(reading(judges, report) if judges else opened.reading, report) if opened else None
    if opened is None or found is None:
        return None
    if judges is None:
        waiver.judge_names(found.library, opened.tenants, opened.settings.environments, report)
    tenants = [each for each in opened.tenants if selection.tenant in (None, each)]
    held = choice.held(tenants, opened.settings, opened.reading)
    return replace(opened, bench=Bench(found, opened.reading.document, held, counting))


def _policies(desk: Reading, report: Report) -> Policies | None:
    return bench.read(desk, report)


def open_repository(snapshot: Snapshot, report: Report) -> Opened | None:
    """The repository that `snapshot` holds, or None where its settings or its packs are broken, which is reported."""
    desk = reading(snapshot, report)
    settings = source.settings(repository.document(desk, report), report)
    kit = _kit(desk, report)
    tenants = repository.tenants(snapshot, report)
    refused = any(not path.startswith(("tenants/", "build/")) for path in snapshot.refused)
    if settings is None or kit is None or refused:
        return None
    return Opened(desk, settings, tenants, kit, _standing(snapshot))


def _kit(desk: Reading, report: Report) -> Kit | None:
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


def _outcome(opened: Opened, environment: Environment, tenant: str, report: Report) -> _Outcome:
    said, unit = Report(), Unit(tenant, environment.name)
    resolved = resolve_unit(opened, unit, said)
    artifacts = _emit(opened, environment, resolved, said) if resolved is not None else None
    made = None
    if resolved is not None and artifacts is not None:
        fresh = {artifact.path: artifact.data for artifact in artifacts}
        # The judges and the proof read the same bytes, and nobody else does before all is linked.
        material = Material(resolved, environment, artifacts, cache(partial(_artifact, opened, fresh, report=said)))
        if opened.bench:
            bench.judge_unit(opened.bench, material, said)
        made = _proven(opened, material, said)
    report.extend(said)
    return _as_it_stands(opened, unit) if made is None or said.broken else made


def _proven(opened: Opened, material: Material, report: Report) -> _Outcome:
    """A unit that is built, with what is proven of the bytes of its artifacts; ways out of its tenant are reported."""
    unit = material.unit
    made = _Outcome(unit.unit, cast("Map", unit.value["tenant"])["isolation"] == "strict", material.artifacts)
    told = isolation.Teller(report, partial(_source, opened), {})
    proofs = isolation.prove_files(_member(opened, made), material.environment, material.read, told)
    return made._replace(proofs=proofs)


def _source(opened: Opened, stem: str) -> str | None:
    """The source of a path without its extension."""
    return next(iter(opened.reading.stems.get(stem, ())), None)


def _as_it_stands(opened: Opened, unit: Unit) -> _Outcome:
    """A unit that keeps its artifacts; it was strict where it has a main file of its own."""
    own = f"build/{unit.environment}/tenants/{unit.tenant}/prometheus.yaml"
    return _Outcome(unit, own in opened.reading.snapshot, None)


def _standing(snapshot: Snapshot) -> dict[Unit, list[str]]:
    """The artifacts in the snapshot by the unit they belong to; what an environment shares belongs to no tenant."""
    standing: dict[Unit, list[str]] = defaultdict(list)
    for path in snapshot.under("build"):
        environment, *rest = path.split("/")[1:]
        tenant = rest[1] if rest[0:1] == ["tenants"] and rest[2:] else ""
        standing[Unit(tenant, environment)].append(path)
    return standing


def resolve_environment(opened: Opened, name: str, report: Report) -> Environment | None:
    """An environment's own settings, or None where they are broken, which is reported."""
    said = Report()
    layers = stack.platform(opened.settings, name, opened.reading, said)
    sound = source.layers(layers, opened.reading, opened.judged)
    environment = _platform(opened, Environment(name, {}, layers), said) if sound and not said.broken else None
    report.extend(said)
    return None if said.broken else environment


def _platform(opened: Opened, environment: Environment, report: Report) -> Environment | None:
    layers = environment.stack
    merged = merge.merge(layers, merge.Strategy(inside={"platform": strategy("platform")}), report)
    value = cast("Map", reference.resolve(merged, layers, opened.settings.variables, report).get("platform", {}))
    if report.broken or not schema.check("platform", value, in_stack(layers, ("platform",)), report):
        return None
    resolved = Environment(environment.name, value, layers)
    consistency.check_platform(Named(opened.kit.packs, opened.reading, resolved), report)
    login.check_platform(resolved, report)
    gate.check_platform(resolved, report)
    return resolved


def _judged_environment(opened: Opened, name: str, report: Report) -> Environment | None:
    """An environment that is as the policies require; None where it, or what it says, is not, which is reported."""
    environment, said = resolve_environment(opened, name, report), Report()
    if environment is not None and opened.bench:
        settings = _source(opened, repository.SETTINGS)
        bench.judge_platform(opened.bench, environment, settings, said)
    report.extend(said)
    return None if said.broken else environment


def resolve_unit(opened: Opened, unit: Unit, report: Report) -> Resolved | None:
    """What the layers of a unit give, of the shape that the unit's schema asks for; None where something is broken."""
    refused = any(path.startswith(f"tenants/{unit.tenant}/") for path in opened.reading.snapshot.refused)
    layers = None if refused else stack_unit(opened, unit, report)
    if layers is None or not source.layers(layers, opened.reading, opened.judged):
        return None
    value = merge_unit(opened, unit, layers, report)
    if report.broken or not schema.check("unit", value, in_stack(layers), report):
        return None
    vendor = _taken(opened, unit, "rules", source.vendors)
    dashboards = _taken(opened, unit, "dashboards", source.dashboards)
    return None if vendor is None or dashboards is None else Resolved(unit, value, layers, vendor, dashboards)


def stack_unit(opened: Opened, unit: Unit, report: Report) -> Stack | None:
    """The layers of a unit, or None where the files that say its facts cannot be read."""
    documents = facts.documents(unit, opened.settings, opened.reading)
    if any(document.value is None for document in documents):
        return None
    known = facts.facts(unit, documents, report)
    layers = stack.stack(opened.settings, known, opened.reading, report)
    return None if report.broken else layers


def merge_unit(opened: Opened, unit: Unit, layers: Stack, report: Report) -> Map:
    """The value that the layers give together, with what varve itself says of the unit."""
    merged = merge.merge(layers, strategy("unit"), report, opened.folded)
    feature.check(merged, opened.settings.environments, Saying(layers, report))
    whole = feature.decided(facts.completed(merged, unit))
    return feature.gated(reference.resolve(whole, layers, opened.settings.variables, report), layers, report)


def _taken(opened: Opened, unit: Unit, folder: str, judge: source.Judge) -> dict[str, Document] | None:
    """The tenant's files in `folder` that are taken as they are, by name; None where one of them is broken."""
    desk, path = opened.reading, f"tenants/{unit.tenant}/{folder}"
    found = {name: document for name in desk.names(path) if (document := desk.find(f"{path}/{name}"))}
    return found if judge(found, desk, opened.judged) else None


def _emit(opened: Opened, environment: Environment, unit: Resolved, report: Report) -> tuple[Artifact, ...] | None:
    """The artifacts of a unit, or None where a check or a target found it broken."""
    if not is_consistent(opened, environment, unit, report):
        return None
    task = Task(unit, environment, opened.kit, report)
    asked = cast("Map", environment.platform["targets"])
    targets = [target for name, those in TARGETS.items() if name in asked for target in those]
    artifacts = tuple(artifact for target in targets for artifact in target.emit(task))
    leak.check(unit, opened.kit.engine.templates, artifacts, report)
    if not report.broken:
        reachability.check(unit, environment, artifacts, report)
    return artifacts if not report.broken and _routes_hold(opened, task, artifacts) else None


def _routes_hold(opened: Opened, task: Task, artifacts: tuple[Artifact, ...]) -> bool:
    """Whether the tests that a tenant keeps of its routes hold on what was made of them; those that do not are said."""
    unit, report = task.unit, task.report
    tests = opened.reading.find(f"tenants/{unit.unit.tenant}/tests/routes")
    if tests is None or not case.is_sound(tests, opened.settings.environments, opened.reading, opened.judged):
        return tests is None
    cases = case.cases(tests, task.environment)
    case.check(unit, tests.path, cases, report)
    if not report.broken:
        made = next((each for each in artifacts if each.path.endswith("/alertmanager.yaml")), None)
        tree = routing.read_own(parse(Source(made.path, "", made.data), report)) if made else None
        try_cases(Trial(unit, task.environment, tree, tests.path, report), cases)
    return not report.broken


def is_consistent(opened: Opened, environment: Environment, unit: Resolved, report: Report) -> bool:
    """Whether what a unit says holds together, and with its environment: whatever does not is reported."""
    consistency.check(unit, Named(opened.kit.packs, opened.reading, environment), report)
    return not report.broken


def _link(opened: Opened, environment: Environment, outcomes: list[_Outcome], report: Report) -> _Linked | None:
    """The shared artifacts of an environment and the main files of its strict tenants, proven; None where that failed.

    What tenants bring is proven before it is linked, so that nothing of another shape is; then what came of it is.
    """
    said = Report()
    own = [outcome for outcome in outcomes if outcome.unit.environment == environment.name]
    made = {artifact.path: artifact.data for outcome in own for artifact in outcome.artifacts or ()}
    asked = cast("Map", environment.platform["targets"])
    linking = Linking(
        environment,
        tuple(_member(opened, outcome) for outcome in own),
        lambda template, context, locale: _rendered(opened, template, context, locale, said),
        _reader(opened, made, said),
        alertmanager.frame(environment) if "alertmanager" in asked else {},
        said,
        partial(_source, opened),
    )
    proven = {path: proof for outcome in own for path, proof in outcome.proofs.items()}
    proofs = isolation.prove_members(linking, proven)
    targets = [] if said.broken else [each for name, each in LINKS.items() if name in asked]
    linked = tuple(artifact for each in targets for artifact in each.link(linking))
    leak.check_linked(environment, opened.kit.engine.templates, linked, said)
    made |= {artifact.path: artifact.data for artifact in linked}
    found = Proven() if said.broken else isolation.prove(linking, proofs, tuple(each.path for each in linked))
    report.extend(said)
    return None if said.broken else _Linked(linked, found)


def _member(opened: Opened, outcome: _Outcome) -> Member:
    made = outcome.artifacts
    files = opened.standing.get(outcome.unit, []) if made is None else (artifact.path for artifact in made)
    return Member(outcome.unit.tenant, outcome.strict, made is not None, tuple(sorted(files)))


def _rendered(opened: Opened, template: str, context: Mapping[str, Value], locale: str | None, report: Report) -> Map:
    """What a template of the platform makes of a context; with a locale it may say texts."""
    spoken = speaking(opened.kit.messages, locale) if locale else {}
    value = opened.kit.engine.render(template, {**context, **spoken}, {}, report)
    return checked(value, MAINS.get(template, ANY_MAP), template, report)


def _reader(opened: Opened, fresh: Mapping[str, bytes], report: Report) -> Callable[[str], Value]:
    """Reads artifacts, and remembers those that are looked at more than once; all of them would be too much to hold."""
    remembered = cache(lambda path: _artifact(opened, fresh, path, report))
    return lambda path: (
        remembered(path) if path.endswith("/alertmanager.yaml") else _artifact(opened, fresh, path, report)
    )


def _artifact(opened: Opened, fresh: Mapping[str, bytes], path: str, report: Report) -> Value:
    made = Source(path, "", fresh[path]) if path in fresh else opened.reading.snapshot.source(path)
    return standing.read(made, report)
