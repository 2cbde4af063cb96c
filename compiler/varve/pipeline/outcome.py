"""The outcome of a unit: its artifacts, judged and proven, or those that it keeps."""

from collections.abc import Mapping
from functools import cache, partial
from itertools import chain
from typing import NamedTuple, cast

from varve.check.notify import case
from varve.check.secrets import leak
from varve.emit.kit import Task
from varve.emit.target import TARGETS
from varve.language.blob import identify
from varve.link import isolation, reachability, routing
from varve.link.linking import Member
from varve.link.routing.trial import Trial, try_cases
from varve.model.artifact import Artifact
from varve.model.diagnostic import Diagnostic, Report
from varve.model.memory import Remembered
from varve.model.policy import Judged
from varve.model.source import Map, Source, Value
from varve.model.unit import Environment, Resolved, Unit
from varve.pipeline.environment import Ground
from varve.pipeline.ledger import digest
from varve.pipeline.opening import Opened, source_of
from varve.pipeline.unit import is_consistent, resolve_unit
from varve.policy import bench
from varve.policy.subject import Material
from varve.read.artifact import read as parse_artifact


class Outcome(NamedTuple):
    """The outcome of compiling or recalling a unit.

    `made` are the blob ids of its artifacts by path, None where it keeps the existing ones. `artifacts` are those that
    were compiled now, empty where the unit was recalled, because then they exist already. `proof` is what is proven of
    the artifacts, None where they are kept or trusted. `judged` is the judgement of the policies, even if it breaks the
    unit, and `diagnostics` are all that were reported. `questions` are those that its sources answer. `verdict` is the
    recalled verdict, or for a unit compiled now the one to be remembered, None where the unit is not sound.
    `contribution` is the result of the function of that name, empty where it is not known yet.
    """

    unit: Unit
    strict: bool
    made: Mapping[str, str] | None
    artifacts: tuple[Artifact, ...] = ()
    proof: isolation.TenantProof | None = None
    judged: Judged = Judged()
    diagnostics: tuple[Diagnostic, ...] = ()
    questions: tuple[str, ...] = ()
    verdict: Remembered | None = None
    contribution: str = ""

    @property
    def remembered(self) -> bool:
        """Whether nothing was compiled, because all artifacts exist already."""
        return self.made is not None and not self.artifacts


def compile_unit(opened: Opened, ground: Ground, tenant: str, report: Report) -> Outcome:
    """Compile a unit; where anything in it is broken, which is reported, it keeps its existing artifacts."""
    diagnostics, unit, environment = Report(), Unit(tenant, ground.name), ground.environment
    resolved = resolve_unit(opened, unit, diagnostics)
    artifacts = emit(opened, environment, resolved, diagnostics) if resolved is not None else None
    made, judged = None, Judged()
    if resolved is not None and artifacts is not None:
        fresh = {artifact.path: artifact for artifact in artifacts}

        @cache
        def read(path: str) -> Value:
            """The value of an artifact, cached for the policies and the proof; nothing else reads it before linking."""
            return _read_fresh(opened, fresh, path, diagnostics)

        material = Material(resolved, environment, artifacts, read)
        if opened.bench:
            judged = bench.judge_unit(opened.bench, material, diagnostics)
        made = _proven(opened, ground, material, diagnostics)
    report.extend(diagnostics)
    outcome = kept_outcome(opened, unit) if made is None or diagnostics.broken else made
    return outcome._replace(judged=judged)


def _proven(opened: Opened, ground: Ground, material: Material, report: Report) -> Outcome:
    """The outcome of a built unit, with what was proven of its artifacts' bytes; breaches of isolation are reported."""
    unit = material.unit
    algorithm = opened.reading.snapshot.algorithm
    ids = {each.path: identify(each.data, algorithm) for each in material.artifacts}
    made = Outcome(unit.unit, cast("Map", unit.value["tenant"])["isolation"] == "strict", ids, material.artifacts)
    reporter = isolation.Reporter(report, partial(source_of, opened), {})
    contribution = isolation.Contribution(member(opened, made), ground.environment, ground.frame)
    proof = isolation.prove_unit(contribution, material.read, reporter)
    # The parsed values are not needed any more; those of all units would take too much memory.
    kept = tuple(Artifact(each.path, each.content) for each in made.artifacts)
    return made._replace(proof=proof, artifacts=kept)


def main_file(unit: Unit) -> str:
    """The main file of a strict tenant's Prometheus: the only file in a unit's folder that linking makes."""
    return f"build/{unit.environment}/tenants/{unit.tenant}/prometheus.yaml"


def kept_outcome(opened: Opened, unit: Unit, made: Mapping[str, str] | None = None) -> Outcome:
    """The outcome of a unit that keeps its artifacts, or has already `made` them; strict if its main file exists."""
    return Outcome(unit, main_file(unit) in opened.reading.snapshot, made)


def keeps_refused(opened: Opened, outcome: Outcome) -> bool:
    """Whether the unit keeps an artifact that may not be read, such as one in conflict, so nobody knows its content."""
    tenant, environment = outcome.unit
    return outcome.made is None and opened.reading.snapshot.refuses(f"build/{environment}/tenants/{tenant}")


def emit(opened: Opened, environment: Environment, unit: Resolved, report: Report) -> tuple[Artifact, ...] | None:
    """The artifacts of a unit, or None where a check or a target found it broken."""
    if not is_consistent(opened, environment, unit, report):
        return None
    task = Task(unit, environment, opened.kit, report)
    targets = cast("Map", environment.platform["targets"])
    emitters = [each for name, functions in TARGETS.items() if name in targets for each in functions]
    artifacts = tuple(artifact for each in emitters for artifact in each(task))
    leak.check(unit, opened.kit.engine.templates, artifacts, report)
    if not report.broken:
        reachability.check(unit, environment, artifacts, report)
    return artifacts if not report.broken and _route_tests_pass(opened, task, artifacts) else None


def _route_tests_pass(opened: Opened, task: Task, artifacts: tuple[Artifact, ...]) -> bool:
    """Whether the tenant's own tests of its routes pass on the compiled routes; failures are reported."""
    unit, report = task.unit, task.report
    tests = opened.reading.find(f"tenants/{unit.unit.tenant}/tests/routes")
    if tests is None or not case.is_sound(tests, opened.settings.environments, opened.reading, opened.judged):
        return tests is None
    cases = case.cases(tests, task.environment)
    case.check(unit, tests.path, cases, report)
    if not report.broken:
        made = next((each for each in artifacts if each.path.endswith("/alertmanager.yaml")), None)
        parsed = _read_fresh(opened, {made.path: made}, made.path, report) if made else None
        tree = routing.read_own(cast("Map | None", parsed)) if made else None
        try_cases(Trial(unit, task.environment, tree, tests.path, report), cases)
    return not report.broken


def member(opened: Opened, outcome: Outcome) -> Member:
    """The unit as a member of its environment, for linking."""
    files = opened.existing_artifacts().get(outcome.unit, []) if outcome.made is None else outcome.made
    return Member(outcome.unit.tenant, outcome.strict, outcome.made is not None, tuple(sorted(files)))


def contribution(opened: Opened, outcome: Outcome) -> str:
    """A digest of what linking uses of a unit besides the contents of artifacts: the tenant, its files, and names."""
    tenant, strict, fresh, files = member(opened, outcome)
    names = chain.from_iterable(outcome.proof.names) if outcome.proof else ()
    return digest((tenant, f"{strict} {fresh}", *files, "", *names))


def _read_fresh(opened: Opened, fresh: Mapping[str, Artifact], path: str, report: Report) -> Value:
    """The value of an artifact that was just made: the one handed on with it, or else parsed from its bytes."""
    made = fresh.get(path)
    if made is not None and made.value is not None:
        return made.value
    return read_artifact(opened, {path: made} if made else {}, path, report)


def read_artifact(opened: Opened, fresh: Mapping[str, Artifact], path: str, report: Report) -> Value:
    """The value of an artifact, one of the `fresh` ones or an existing one; None where it cannot be parsed."""
    made = Source(path, "", fresh[path].data) if path in fresh else opened.reading.snapshot.source(path)
    return parse_artifact(made, report)
