"""What the policies of changes find in one change: its paths, the values that it changes, and who approved it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from varve import pipeline
from varve.check.trust.owner import Owners, owners
from varve.model.change import Change, ValueChange
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.policy import Scope, Tally
from varve.model.snapshot import Snapshot
from varve.model.source import Map
from varve.model.unit import Environment, Resolved, Unit
from varve.pipeline import Opened
from varve.policy import bench, choice
from varve.policy import review as judging
from varve.policy.bench import Policies
from varve.policy.judge import Bound
from varve.policy.subject import altered as comparing
from varve.policy.subject.change import VALUES, Effect
from varve.read.reading import reading
from varve.world.git.repository import Repository
from varve.world.history import change as world
from varve.world.history import trust
from varve.world.package import library
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit


class Sides(NamedTuple):
    """The repository before and after a change, each None if it cannot be opened."""

    before: Opened | None
    after: Opened | None


class Judged(NamedTuple):
    """The files of the trusted commit, whose policies judge a change, and the files after the change.

    With `staged`, these are about to be committed, so no commit contains all of the change yet.
    """

    judges: Snapshot
    files: Snapshot
    staged: bool = False


def judge(repository: Repository, seen: trust.Change, judged: Judged, report: Report) -> None:
    """Report how a change violates the policies of changes on the trusted commit. Raises `GitError`."""
    policies = read(judged.judges) if seen.paths else None
    if policies is None or all(each.scope is not Scope.CHANGE for each in policies.whole().policies.values()):
        return
    sides = opened(_before(repository, seen, judged.judges), judged.files)
    bound = binding(policies, seen.paths, sides)
    records = world.records(repository, seen.commit, seen.head, report) if bound else None
    if records is not None:
        # A change could make git consider every checkout of it altered; its commits are judged all the same.
        committed = seen.committed or bool(records and not judged.staged)
        change = Change(seen.commit, seen.head, records, seen.paths, committed)
        review(change, bound, effect(change, bound, sides), policies, report)
        if committed and not seen.committed:
            judging.warn_uncommitted(bound, report)


def _before(repository: Repository, seen: trust.Change, judges: Snapshot) -> Snapshot:
    """The files of the trusted commit; if the platform's files change, those of all tenants are included."""
    if not owners(seen.paths).platform:
        return judges
    unreported = Report()
    found = views.snapshot(repository, Commit(seen.commit), unreported)
    return library.overlay(views.refusing(found, unreported), repository) if found else judges


def read(judges: Snapshot) -> Policies | None:
    """The policies of a snapshot; None if they are broken, which the compile reports."""
    unreported = Report()
    return bench.read(reading(judges, unreported), unreported)


def opened(before: Snapshot, after: Snapshot) -> Sides:
    """Both sides of a change; their diagnostics are left to the compile."""
    return Sides(pipeline.open_repository(before, Report()), pipeline.open_repository(after, Report()))


def binding(policies: Policies, paths: Iterable[str], sides: Sides) -> list[Bound]:
    """The policies of changes that bind a change of these paths: those of the frameworks of all tenants it may touch.

    The frameworks that a tenant was held to count, and those that it is held to after the change.
    """
    changed = owners(paths)
    touched = [(opened, tenant) for opened in sides if opened for tenant in _touched(changed, opened)]
    return judging.bound(policies, _held(policies, touched))


def binding_any_tenant(policies: Policies, opened: Opened | None) -> list[Bound]:
    """The policies of changes that bind any tenant."""
    return judging.bound(policies, _held(policies, [(opened, tenant) for tenant in opened.tenants] if opened else []))


def effect(change: Change, bound: Iterable[Bound], sides: Sides) -> Effect:
    """How a change affects the values of units, as far as any of the policies needs to know."""
    after = sides.after
    names = after.settings.environments if after else ()
    if after is None or sides.before is None or not judging.uses_values(bound):
        return Effect(names)
    found = tuple(islice(_changed_values(change, sides.before, after), VALUES + 1))
    return Effect(names, found, whole=len(found) <= VALUES)


def review(change: Change, bound: list[Bound], made: Effect, policies: Policies, report: Report) -> list[Tally]:
    """Report how a change violates these policies, and tally the result of each."""
    return judging.review(change, made, bound, policies.library.waivers, report)


def _touched(changed: Owners, opened: Opened) -> tuple[str, ...]:
    """The tenants that a change may touch: all of them if it changes files of the platform."""
    return opened.tenants if changed.platform else tuple(each for each in opened.tenants if each in changed.tenants)


def _held(policies: Policies, tenants: Iterable[tuple[Opened, str]]) -> list[str]:
    """The frameworks with policies of changes that any of the tenants is held to, in any environment."""
    known = policies.whole()
    changing = {id_ for id_, each in known.policies.items() if each.scope is Scope.CHANGE}
    asking = {id_ for id_, each in known.frameworks.items() if changing & each.policies}
    held: set[str] = set()
    for opened, tenant in tenants:
        for environment in opened.settings.environments:
            if asking <= held:
                return sorted(asking)
            unit = _unit(opened, tenant, environment)
            held |= {*choice.compliance(unit.value)} if unit else set()
    return sorted(held & asking)


def _unit(opened: Opened, tenant: str, environment: str) -> Resolved | None:
    return pipeline.resolve_unit(opened, Unit(tenant, environment), Report())


def _changed_values(change: Change, before: Opened, after: Opened) -> Iterator[ValueChange]:
    """The values that a change affects: of units, and of environments if it changes files of the platform."""
    changed = owners(change.paths)
    tenants = dict.fromkeys((*_touched(changed, before), *_touched(changed, after)))
    for name in after.settings.environments:
        if changed.platform:
            earlier, later = (pipeline.resolve_environment(each, name, Report()) for each in (before, after))
            yield from comparing.altered(Unit("", name), _settings(earlier), _settings(later), _stack(later))
        for tenant in tenants:
            old, new = (_unit(each, tenant, name) for each in (before, after))
            yield from comparing.altered(Unit(tenant, name), _value(old), _value(new), _stack(new))


def _settings(environment: Environment | None) -> Map:
    return {"platform": environment.platform} if environment else {}


def _value(unit: Resolved | None) -> Map:
    return unit.value if unit else {}


def _stack(known: Environment | Resolved | None) -> Stack:
    return known.stack if known else Stack(())
