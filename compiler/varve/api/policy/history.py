"""What the history of a repository shows: whether its changes fulfil policies, and whether it held a credential."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from varve import pipeline
from varve.api.opening import reporting_git_errors
from varve.api.policy import review
from varve.check.secrets import past as looking
from varve.check.trust.owner import owners
from varve.model.assessment import History
from varve.model.change import Change, Review
from varve.model.diagnostic import Report
from varve.model.policy import Failure, Tally
from varve.model.snapshot import Snapshot
from varve.model.unit import Unit
from varve.policy import review as judging
from varve.policy.bench import Policies
from varve.policy.judge import Bound
from varve.policy.subject.change import Effect
from varve.world.git.repository import Repository
from varve.world.history import change as world
from varve.world.history import past
from varve.world.history.past import PastFile, Step
from varve.world.package import library
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit

MOST: Final = 50
"""The number of changes that are judged by default."""

_REVIEWING: Final = "reviewed-commit"
_SHORTEST: Final = 8


class Request(NamedTuple):
    """Which history to judge, and at most how many of its newest changes."""

    revision: str = "HEAD"
    most: int = MOST


class _Judges(NamedTuple):
    """What judges changes: the policies, those that bind any tenant, and the names of the environments."""

    repository: Repository
    policies: Policies
    bound: list[Bound]
    environments: tuple[str, ...]


def judge(repository: Repository, snapshot: Snapshot, request: Request, report: Report) -> History | None:
    """What the policies of changes in `snapshot` find in the newest changes of its history.

    A change of a tenant's files is tallied for that tenant, any other change for everybody. A change that cannot be
    judged has failed. None, which is reported, if the clone is shallow or the policies are broken.
    """
    policies, opened = review.read(snapshot), pipeline.open_repository(snapshot, Report())
    if policies is None or opened is None or not past.is_whole(repository, report):
        return None
    judges = _Judges(repository, policies, review.binding_any_tenant(policies, opened), opened.settings.environments)
    with reporting_git_errors(report):
        commit = views.resolve(repository, request.revision, report)
        steps, whole = past.steps(repository, commit, request.most) if commit else ((), 0)
        return _history(judges, steps, whole, report)
    return None


def search(repository: Repository, snapshot: Snapshot, revision: str, report: Report) -> int | None:
    """Search every file that was ever among the sources for credentials, report each, and count the files.

    Files that `snapshot` lists as rotated are left out. None, which is reported, if not all files could be read.
    """
    listed = snapshot.source(looking.ROTATED).data if looking.ROTATED in snapshot else b""
    rotated = looking.rotated(listed.decode("utf-8", "replace"))
    if not past.is_whole(repository, report):
        return None
    with reporting_git_errors(report):
        commit = views.resolve(repository, revision, report)
        if commit is None:
            return None
        return sum(_search_file(each, rotated, report) for each in past.files(repository, commit))
    return None


def _search_file(found: PastFile, rotated: frozenset[str], report: Report) -> int:
    """Report the credentials in one file; returns 1, the number of files."""
    if found.source.id not in rotated:
        (looking.check if found.whole else looking.refuse)(found.source, found.commit, report)
    return 1


def _history(judges: _Judges, steps: Sequence[Step], whole: int, report: Report) -> History:
    changes = [(step, world.change(judges.repository, step.parent, step.commit, report)) for step in steps]
    known = [change for _, change in changes if change]
    newest = max((_time(each) for each in known), default="")
    reviews = _reviews(known)
    tallies: dict[tuple[str, str], Tally] = {}
    for each in judges.bound:
        _add(tallies, Tally(each.program.policy.id, judging.EVERYBODY, 0))
    for step, change in changes:
        for tally in _judged(judges, step, change, (reviews, newest)):
            _add(tallies, tally)
    days = sorted(datetime.fromisoformat(_time(each)).date() for each in known)
    ends = (days[0], days[-1]) if days else (None, None)
    return History(tuple(tallies.values()), len(steps), whole, *ends)


def _add(tallies: dict[tuple[str, str], Tally], new: Tally) -> None:
    key = new.policy, new.unit.tenant
    known = tallies.get(key, Tally(new.policy, new.unit, 0))
    tallies[key] = Tally(*new[:2], known.population + new.population, known.failures + new.failures)


def _judged(
    judges: _Judges, step: Step, change: Change | None, later: tuple[Mapping[str, Sequence[Review]], str]
) -> Iterator[Tally]:
    """What each policy finds in one change, for each tenant that it concerns."""
    if change is None:
        failed = (Failure(judging.short(step.commit)),)
        yield from (Tally(each.program.policy.id, judging.EVERYBODY, 1, failed) for each in judges.bound)
        return
    made = _effect(judges, step, change)
    reviews, newest = later
    made = made._replace(reviews=reviews.get(change.head, ()), age=_days(_time(change), newest))
    name, units = judging.title(change), _units_of(change)
    for tally in review.review(change, judges.bound, made, judges.policies, Report()):
        failures = tuple(each._replace(subject=name) for each in tally.failures)
        yield from (tally._replace(unit=unit, failures=failures) for unit in units)


def _effect(judges: _Judges, step: Step, change: Change) -> Effect:
    if not judging.uses_values(judges.bound):
        return Effect(judges.environments)
    before, after = (_snapshot(judges.repository, each) for each in (step.parent, step.commit))
    return review.effect(change, judges.bound, review.opened(before, after))


def _snapshot(repository: Repository, commit: str | None) -> Snapshot:
    unreported = Report()
    found = views.snapshot(repository, Commit(commit), unreported) if commit else None
    return library.overlay(views.refusing(found or Snapshot({}, {}), unreported), repository)


def _units_of(change: Change) -> list[Unit]:
    touched = owners(change.paths)
    tenants = [] if touched.platform else [Unit(tenant, "") for tenant in touched.tenants]
    return tenants or [judging.EVERYBODY]


def _time(change: Change) -> str:
    return max(each.time for each in change.records)


def _days(before: str, after: str) -> int:
    """The number of days between two times, rounded up; 0 if the second is not later."""
    passed = datetime.fromisoformat(after) - datetime.fromisoformat(before)
    return max(0, -(-int(passed.total_seconds()) // 86400))


def _reviews(changes: Sequence[Change]) -> Mapping[str, list[Review]]:
    """The reviews of each change after the fact: later commits have a trailer with the beginning of its id."""
    found: defaultdict[str, list[Review]] = defaultdict(list)
    for record in (record for change in changes for record in change.records):
        for name, text in record.trailers:
            begin = text.lower()
            if name.lower() == _REVIEWING and len(begin) >= _SHORTEST:
                for change in changes:
                    if change.head.startswith(begin) and record.time >= _time(change):
                        found[change.head].append(Review(record.author.email, _days(_time(change), record.time)))
    return found
