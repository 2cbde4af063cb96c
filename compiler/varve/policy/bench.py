"""The policies of a repository, compiled once and evaluated on units, sources and environments."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Final, NamedTuple, TypeAlias

from varve.model.diagnostic import Diagnostic, Report, Severity
from varve.model.layer import Stack
from varve.model.policy import Judged, Library, Policy, Scope, Tally, Waiver
from varve.model.source import Document, Map, Source
from varve.model.unit import Environment, Unit
from varve.policy import choice, library, waiver
from varve.policy.inputs import shared
from varve.policy.judge import Bound, Case, Group, binding, judge
from varve.policy.program import Program, lazy_program, program
from varve.policy.subject import SEEN_BY_UNIT, Material, Subject, platform, source, subjects
from varve.policy.subject.subject import Origin, PlaceCache
from varve.read.reading import Reading

_WAIVERS: Final = "policies/waivers."

Bounds: TypeAlias = Mapping[Scope, Sequence[Bound]]
"""The policies that bind a unit or the platform, by their scope."""

_Key: TypeAlias = tuple[str, tuple[str, ...]]


class _SourceResult(NamedTuple):
    """The diagnostics and the tallies of a source."""

    report: Report
    tallies: tuple[Tally, ...]


class Policies(NamedTuple):
    """The policies of a repository, what returns their sources by path, and the programs made so far, by id.

    The repository's own policies are compiled at once; shipped ones, which are known to compile, when they first bind a
    unit. Shipped policies that bind only units with frameworks are not in `library`, but in the `whole` one.
    """

    library: Library
    whole: Callable[[], Library]
    source: Callable[[str], Source]
    programs: dict[str, Program]


class Bench(NamedTuple):
    """The policies of a compile, and caches; `find` returns the document at a path.

    `held` are the frameworks that the platform is held to. If `counting`, subjects that pass are counted too. `files`
    caches the results of sources, which many units share, `bounds` the policies that bind, by frameworks, and `places`
    the places of paths. Results are the same with and without the caches.
    """

    policies: Policies
    find: Callable[[str], Document]
    held: choice.Held
    counting: bool
    files: dict[_Key, _SourceResult]
    bounds: dict[tuple[str, ...], Bounds]
    places: PlaceCache


def read(reading: Reading, report: Report) -> Policies | None:
    """The policies under `policies/`, or None if they are broken; mistakes are reported.

    One broken policy, framework or setting breaks them all: nothing is built that it might have refused. A broken
    waiver just excuses nobody.
    """
    diagnostics, provisional = Report(), Report()
    whole = cache(lambda: library.read(replace(reading, report=diagnostics), diagnostics))
    found = library.read(replace(reading, report=provisional), provisional, whole=False)
    if len(provisional):
        found = whole()
    source_at = reading.snapshot.source
    own = [each for each in found.policies.values() if not each.rules and each.file not in reading.snapshot.library]
    programs = {each.id: ready for each in own if (ready := program(each, source_at(each.file), diagnostics))}
    report.extend(diagnostics)
    return None if any(map(_breaks, diagnostics)) else Policies(found, whole, source_at, programs)


def _breaks(diagnostic: Diagnostic) -> bool:
    at = diagnostic.place.file if diagnostic.place else ""
    return diagnostic.rule.severity is Severity.ERROR and not at.startswith(_WAIVERS)


def judge_platform(bench: Bench, environment: Environment, settings: str | None, report: Report) -> Judged:
    """Judge an environment's own settings and their files; `settings` is the path of `varve.yaml`.

    Findings of policies that bind the platform only by tenants' frameworks are warnings at most: see `choice.Held`.
    """
    paths = dict.fromkeys([*filter(None, [settings]), *(layer.file for layer in environment.stack.layers)])
    files = _judge_files(bench, paths, (), report)
    value: Map = {"platform": environment.platform}
    case = _case(bench, Unit("", environment.name), Origin(environment.stack, value), report)
    given = shared(Scope.PLATFORM, {"environment": environment.name})
    group = Group(Scope.PLATFORM, given, [platform.subject(environment)])
    return Judged(tuple(_judge_platforms(bench, case, group)), files)


def _judge_platforms(bench: Bench, case: Case, group: Group) -> list[Tally]:
    """Judge what is the platform's by the policies that bind everybody, and by those of some tenants' frameworks."""
    universal = _bounds(bench, ()).get(group.scope, ())
    named = _without(universal, _bounds(bench, bench.held.named).get(group.scope, ()))
    claimed = _without([*universal, *named], _bounds(bench, bench.held.claimed).get(group.scope, ()))
    reported, unreported = Report(), Report()
    tallies = judge(case, group, universal)
    tallies += judge(case._replace(report=reported), group, named)
    tallies += judge(case._replace(report=unreported), group, claimed)
    case.report.extend(map(choice.softened, reported))
    return tallies


def _without(excluded: Iterable[Bound], bounds: Iterable[Bound]) -> list[Bound]:
    known = {each.program.policy.id for each in excluded}
    return [each for each in bounds if each.program.policy.id not in known]


def judge_unit(bench: Bench, material: Material, report: Report) -> Judged:
    """Judge a unit, its artifacts and its sources by the policies that bind it.

    Only the scopes of these policies are evaluated. Unknown frameworks are reported.
    """
    unit = material.unit
    held = choice.compliance(unit.value)
    choice.check(unit, _library(bench, held), report)
    bounds = _bounds(bench, held)
    documents = (*unit.vendor.values(), *unit.dashboards.values())
    paths = dict.fromkeys([*(layer.file for layer in unit.stack.layers), *(each.path for each in documents)])
    files = _judge_files(bench, paths, held, report)
    found = subjects(material, bounds.keys())
    common = shared(Scope.SERVICE, _shared(material))
    case = _case(bench, unit.unit, Origin(unit.stack, unit.value, bench.places), report)
    tallies: list[Tally] = []
    for scope, made in found.items():
        if scope in bounds:
            given = shared(scope, _shared(material) | _subject_lists(found)) if scope is Scope.UNIT else common
            tallies += judge(case, Group(scope, given, made), bounds[scope])
    return Judged(tuple(tallies), files)


def used_waivers(judged: Judged) -> frozenset[Waiver]:
    """The waivers that excuse a failure of what was judged."""
    return frozenset(one.waiver for each in _all_tallies([judged]) for one in each.failures if one.waiver)


def unused_waivers(library: Library, judged: Iterable[Judged]) -> tuple[Waiver, ...]:
    """The waivers that excuse nothing; this is only known if everything was compiled and every unit is sound."""
    return waiver.unused_waivers(library, _all_tallies(judged))


def merged_tallies(judged: Iterable[Judged]) -> tuple[Tally, ...]:
    """The tallies of a bench that is counting, one for each policy and unit, in their order."""
    found: defaultdict[tuple[str, Unit], list[Tally]] = defaultdict(list)
    for each in _all_tallies(judged):
        found[each.policy, each.unit].append(each)
    return tuple(
        Tally(*key, sum(each.population for each in tallies), tuple(one for each in tallies for one in each.failures))
        for key, tallies in sorted(found.items())
    )


def _all_tallies(judged: Iterable[Judged]) -> Iterator[Tally]:
    """All tallies, those of a source once, however many units share it."""
    files: dict[_Key, tuple[Tally, ...]] = {}
    for each in judged:
        files |= each.files
        yield from each.tallies
    yield from chain.from_iterable(files.values())


def _bounds(bench: Bench, held: tuple[str, ...]) -> Bounds:
    if held not in bench.bounds:
        found: defaultdict[Scope, list[Bound]] = defaultdict(list)
        known = _library(bench, held)
        for id_, severity in choice.choice(known, held).items():
            policy = known.policies[id_]
            if not policy.rules:
                found[policy.scope].append(binding(compiled(bench.policies, policy), severity))
        bench.bounds[held] = dict(found)
    return bench.bounds[held]


def _library(bench: Bench, held: tuple[str, ...]) -> Library:
    """All policies that may bind whoever is held to these frameworks."""
    return bench.policies.whole() if held else bench.policies.library


def compiled(policies: Policies, policy: Policy) -> Program:
    """The program of a policy that has expressions; one without a program yet is a shipped one, which compiles."""
    if policy.id not in policies.programs:
        policies.programs[policy.id] = lazy_program(policy, policies.source)
    return policies.programs[policy.id]


def _case(bench: Bench, unit: Unit, origin: Origin, report: Report) -> Case:
    return Case(unit, origin, bench.policies.library.waivers, report, bench.counting)


def _judge_files(
    bench: Bench, paths: Iterable[str], held: tuple[str, ...], report: Report
) -> dict[_Key, tuple[Tally, ...]]:
    """Judge each source once, and report it wherever it is used; the frameworks count only for a tenant's sources."""
    if not any(Scope.SOURCE in _bounds(bench, each) for each in (held, *bench.held)):
        return {}
    keys = [(path, () if source.owner(path) == source.PLATFORM else held) for path in paths]
    for key in keys:
        if key not in bench.files:
            bench.files[key] = _judge_file(bench, *key)
        report.extend(bench.files[key].report)
    return {key: bench.files[key].tallies for key in keys}


def _judge_file(bench: Bench, path: str, held: tuple[str, ...]) -> _SourceResult:
    diagnostics, owner = Report(), source.owner(path)
    document = bench.find(path)
    if document.value is None:
        return _SourceResult(diagnostics, ())
    is_platforms = owner == source.PLATFORM
    case = _case(bench, Unit("" if is_platforms else owner, ""), Origin(Stack(()), {}), diagnostics)
    group = Group(Scope.SOURCE, shared(Scope.SOURCE, {}), [source.subject(document)])
    if is_platforms:
        tallies = _judge_platforms(bench, case, group)
    else:
        tallies = judge(case, group, _bounds(bench, held).get(Scope.SOURCE, ()))
    return _SourceResult(diagnostics, tuple(tallies))


def _shared(material: Material) -> Map:
    """The variables that all subjects of a unit share; they contain nothing of another tenant."""
    unit = material.unit
    seen = platform.seen_by(unit.unit.tenant, material.environment)
    return {"environment": unit.unit.environment, "platform": seen, "unit": unit.value}


def _subject_lists(found: Mapping[Scope, Sequence[Subject]]) -> Map:
    """The variables of a policy of the scope `unit` in addition to the unit."""
    return {f"{scope.value}s": [each.data for each in found[scope]] for scope in SEEN_BY_UNIT}
