"""The bench before which everything comes: the policies of a repository, compiled once, and what they have said."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from varve.model.diagnostic import Diagnostic, Report, Severity
from varve.model.layer import Stack
from varve.model.policy import Library, Policy, Scope, Tally, Waiver
from varve.model.source import Document, Map, Source
from varve.model.unit import Environment, Unit
from varve.policy import choice, library, waiver
from varve.policy.judge import Bound, Case, Group, judge
from varve.policy.program import Program, program
from varve.policy.subject import Material, Subject, platform, source, subjects
from varve.policy.subject.subject import Origin
from varve.read.reading import Reading

_WAIVERS: Final = "policies/waivers."
_NOWHERE: Final = Origin(Stack(()), {})

Bounds: TypeAlias = Mapping[Scope, Sequence[Bound]]
"""The policies that bind somebody, by what they are asked about."""

_Files: TypeAlias = dict[tuple[str, tuple[str, ...]], Report]


class Policies(NamedTuple):
    """The library of a repository, what finds the source of a policy, and the programs that were made of some so far.

    Those of the repository's own are all made at once. Of what varve ships, which compiles, only what binds somebody.
    """

    library: Library
    source: Callable[[str], Source]
    programs: dict[str, Program]


@dataclass(frozen=True, slots=True)
class Bench:
    """The policies, and what they have said; `find` gives the document at a path of what is compiled.

    `held` are the frameworks that the platform is held to.

    Where it is `counting`, what passed is counted too. `tallies` collects what was said, and `files` remembers it of
    each source, as many units share one. What binds those who are held to the same frameworks is found once.
    """

    policies: Policies
    find: Callable[[str], Document]
    held: choice.Held
    counting: bool = False
    tallies: list[Tally] = field(default_factory=list)
    files: _Files = field(default_factory=dict)
    bounds: dict[tuple[str, ...], Bounds] = field(default_factory=dict)


def read(desk: Reading, report: Report) -> Policies | None:
    """The policies under `policies/`, or None where they are broken.

    What is wrong is reported. One broken policy, framework or setting breaks them all: nothing is built that it might
    have refused. A broken waiver just excuses nobody.
    """
    said = Report()
    found = library.read(replace(desk, report=said), said)
    source = desk.snapshot.source
    own = [each for each in found.policies.values() if not each.rules and each.file not in desk.snapshot.library]
    made = {each.id: each_made for each in own if (each_made := program(each, source(each.file), said))}
    report.extend(said)
    return None if any(map(_breaks, said)) else Policies(found, source, made)


def _breaks(said: Diagnostic) -> bool:
    at = said.place.file if said.place else ""
    return said.rule.severity is Severity.ERROR and not at.startswith(_WAIVERS)


def judge_platform(bench: Bench, environment: Environment, settings: str | None, report: Report) -> None:
    """Judge an environment's own settings, and the files that say them; `settings` is the path of `varve.yaml`.

    What only the frameworks of tenants ask of the platform is a warning at most: see `choice.Held`.
    """
    files = dict.fromkeys([*filter(None, [settings]), *(layer.file for layer in environment.stack.layers)])
    _judge_files(bench, files, (), report)
    value: Map = {"platform": environment.platform}
    case = _case(bench, Unit("", environment.name), Origin(environment.stack, value), report)
    group = Group(Scope.PLATFORM, {"environment": environment.name}, [platform.subject(environment)])
    _judge_everybodys(bench, case, group)


def _judge_everybodys(bench: Bench, case: Case, group: Group) -> None:
    """Judge what is the platform's by what binds everybody, and by what is asked for the sake of some tenants."""
    firm = _bounds(bench, ()).get(group.scope, ())
    named = _beside(firm, _bounds(bench, bench.held.named).get(group.scope, ()))
    claimed = _beside([*firm, *named], _bounds(bench, bench.held.claimed).get(group.scope, ()))
    said, unheard = Report(), Report()
    bench.tallies.extend(judge(case, group, firm))
    bench.tallies.extend(judge(case._replace(report=said), group, named))
    bench.tallies.extend(judge(case._replace(report=unheard), group, claimed))
    case.report.extend(map(choice.softened, said))


def _beside(those: Iterable[Bound], more: Iterable[Bound]) -> list[Bound]:
    known = {each.program.policy.id for each in those}
    return [each for each in more if each.program.policy.id not in known]


def judge_unit(bench: Bench, material: Material, report: Report) -> None:
    """Judge a unit, what was made of it, and its sources, by the policies that bind it.

    What no policy of these asks about is not even put together. A framework that nobody has described is reported.
    """
    unit = material.unit
    choice.check(unit, bench.policies.library, report)
    held = choice.compliance(unit.value)
    bounds = _bounds(bench, held)
    taken = (*unit.vendor.values(), *unit.dashboards.values())
    files = dict.fromkeys([*(layer.file for layer in unit.stack.layers), *(each.path for each in taken)])
    _judge_files(bench, files, held, report)
    found = subjects(material, bounds.keys())
    shared = _shared(material)
    case = _case(bench, unit.unit, Origin(unit.stack, unit.value), report)
    for scope, made in found.items():
        if scope in bounds:
            group = Group(scope, shared | (_lists(found) if scope is Scope.UNIT else {}), made)
            bench.tallies.extend(judge(case, group, bounds[scope]))


def idle(bench: Bench) -> tuple[Waiver, ...]:
    """The waivers that nothing needs, which is only known once everything was compiled and every unit is sound."""
    return waiver.idle(bench.policies.library, bench.tallies)


def counted(bench: Bench) -> tuple[Tally, ...]:
    """What was said, one tally for each policy and unit, in their order; nothing where nobody counted."""
    found: defaultdict[tuple[str, Unit], list[Tally]] = defaultdict(list)
    for each in bench.tallies if bench.counting else ():
        found[each.policy, each.unit].append(each)
    return tuple(
        Tally(*key, sum(each.population for each in those), tuple(one for each in those for one in each.failures))
        for key, those in sorted(found.items())
    )


def _bounds(bench: Bench, held: tuple[str, ...]) -> Bounds:
    if held not in bench.bounds:
        found: defaultdict[Scope, list[Bound]] = defaultdict(list)
        for id_, severity in choice.choice(bench.policies.library, held).items():
            policy = bench.policies.library.policies[id_]
            if not policy.rules:
                found[policy.scope].append(Bound(compiled(bench.policies, policy), severity))
        bench.bounds[held] = dict(found)
    return bench.bounds[held]


def compiled(policies: Policies, policy: Policy) -> Program:
    """The program of a policy that has expressions, made when it is first asked for."""
    if policy.id not in policies.programs:
        said = Report()
        made = program(policy, policies.source(policy.file), said)
        if made is None:
            raise ValueError(f"{policy.file}: {next(iter(said)).message}")
        policies.programs[policy.id] = made
    return policies.programs[policy.id]


def _case(bench: Bench, unit: Unit, origin: Origin, report: Report) -> Case:
    return Case(unit, origin, bench.policies.library.waivers, report, bench.counting)


def _judge_files(bench: Bench, files: Iterable[str], held: tuple[str, ...], report: Report) -> None:
    """Say of each source what is said of it, wherever it speaks; of a tenant's only its own frameworks count."""
    if not any(Scope.SOURCE in _bounds(bench, each) for each in (held, *bench.held)):
        return
    for path in files:
        owner = source.owner(path)
        own = () if owner == source.PLATFORM else held
        if (path, own) not in bench.files:
            bench.files[path, own] = _judged(bench, path, own)
        report.extend(bench.files[path, own])


def _judged(bench: Bench, path: str, held: tuple[str, ...]) -> Report:
    said, owner = Report(), source.owner(path)
    document = bench.find(path)
    if document.value is not None:
        is_platforms = owner == source.PLATFORM
        case = _case(bench, Unit("" if is_platforms else owner, ""), _NOWHERE, said)
        group = Group(Scope.SOURCE, {}, [source.subject(document)])
        if is_platforms:
            _judge_everybodys(bench, case, group)
        else:
            bench.tallies.extend(judge(case, group, _bounds(bench, held).get(Scope.SOURCE, ())))
    return said


def _shared(material: Material) -> Map:
    """What all subjects of a unit share: nothing in it is of another tenant."""
    unit = material.unit
    seen = platform.seen_by(unit.unit.tenant, material.environment)
    return {"environment": unit.unit.environment, "platform": seen, "unit": unit.value}


def _lists(found: Mapping[Scope, Sequence[Subject]]) -> Map:
    """What a policy of a whole unit sees beside the unit."""
    return {f"{scope.value}s": [each.data for each in found[scope]] for scope in (Scope.ALERT, Scope.RECEIVER)}
