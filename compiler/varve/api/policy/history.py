"""What the history of a repository shows: what policies say of its changes, and whether it ever held a credential."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from varve import pipeline
from varve.api.opening import asking_git
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
from varve.world.history.past import Step, Stood
from varve.world.package import library
from varve.world.snapshot import views
from varve.world.snapshot.views import Commit

MOST: Final = 50
"""How many changes are looked at where nobody asks for more."""

_REVIEWING: Final = "reviewed-commit"
_SHORTEST: Final = 8


class Wish(NamedTuple):
    """Which history is looked at, and how many of its newest changes."""

    revision: str = "HEAD"
    most: int = MOST


class _Court(NamedTuple):
    """By what changes are judged: the policies that bind anybody, and the environments that there are."""

    repository: Repository
    policies: Policies
    bound: list[Bound]
    environments: tuple[str, ...]


def judge(repository: Repository, snapshot: Snapshot, wish: Wish, report: Report) -> History | None:
    """What the policies of `snapshot` say of the newest changes: those that its settings or frameworks choose.

    A change of a tenant's files is tallied for that tenant, any other for nobody, which means for all. What cannot be
    judged has failed. None, which is reported, where the clone does not hold its history, or the policies are broken.
    """
    policies, opened = review.read(snapshot), pipeline.open_repository(snapshot, Report())
    if policies is None or opened is None or not past.is_whole(repository, report):
        return None
    court = _Court(repository, policies, review.everybody(policies, opened), opened.settings.environments)
    with asking_git(report):
        commit = views.resolve(repository, wish.revision, report)
        steps, whole = past.steps(repository, commit, wish.most) if commit else ((), 0)
        return _history(court, steps, whole, report)
    return None


def search(repository: Repository, snapshot: Snapshot, revision: str, report: Report) -> int | None:
    """Look for credentials in every file that ever stood among the sources, and report each; how many were looked at.

    Those that `snapshot` lists as rotated are left out. None, which is reported, where not all of them could be read.
    """
    listed = snapshot.source(looking.ROTATED).data if looking.ROTATED in snapshot else b""
    rotated = looking.rotated(listed.decode("utf-8", "replace"))
    if not past.is_whole(repository, report):
        return None
    with asking_git(report):
        commit = views.resolve(repository, revision, report)
        if commit is None:
            return None
        return sum(_look(each, rotated, report) for each in past.files(repository, commit))
    return None


def _look(stood: Stood, rotated: frozenset[str], report: Report) -> int:
    """Report what stood in a file; 1, for the file."""
    if stood.source.id not in rotated:
        (looking.check if stood.whole else looking.refuse)(stood.source, stood.commit, report)
    return 1


def _history(court: _Court, steps: Sequence[Step], whole: int, report: Report) -> History:
    changes = [(step, world.change(court.repository, step.parent, step.commit, report)) for step in steps]
    known = [change for _, change in changes if change]
    newest = max((_time(each) for each in known), default="")
    reviews = _reviews(known)
    tallies: dict[tuple[str, str], Tally] = {}
    for each in court.bound:
        _add(tallies, Tally(each.program.policy.id, judging.EVERYBODY, 0))
    for step, change in changes:
        for tally in _judged(court, step, change, (reviews, newest)):
            _add(tallies, tally)
    days = sorted(datetime.fromisoformat(_time(each)).date() for each in known)
    ends = (days[0], days[-1]) if days else (None, None)
    return History(tuple(tallies.values()), len(steps), whole, *ends)


def _add(tallies: dict[tuple[str, str], Tally], new: Tally) -> None:
    key = new.policy, new.unit.tenant
    known = tallies.get(key, Tally(new.policy, new.unit, 0))
    tallies[key] = Tally(*new[:2], known.population + new.population, known.failures + new.failures)


def _judged(
    court: _Court, step: Step, change: Change | None, later: tuple[Mapping[str, Sequence[Review]], str]
) -> Iterator[Tally]:
    """What each policy says of one change, for everybody whom that concerns."""
    if change is None:
        failed = (Failure(judging.short(step.commit)),)
        yield from (Tally(each.program.policy.id, judging.EVERYBODY, 1, failed) for each in court.bound)
        return
    made = _effect(court, step, change)
    reviews, newest = later
    made = made._replace(reviews=reviews.get(change.head, ()), age=_days(_time(change), newest))
    name, whom = judging.title(change), _whom(change)
    for tally in review.review(change, court.bound, made, court.policies, Report()):
        failures = tuple(each._replace(subject=name) for each in tally.failures)
        yield from (tally._replace(unit=unit, failures=failures) for unit in whom)


def _effect(court: _Court, step: Step, change: Change) -> Effect:
    if not judging.asks_for_values(court.bound):
        return Effect(court.environments)
    before, after = (_snapshot(court.repository, each) for each in (step.parent, step.commit))
    return review.effect(change, court.bound, review.opened(before, after))


def _snapshot(repository: Repository, commit: str | None) -> Snapshot:
    unheard = Report()
    found = views.snapshot(repository, Commit(commit), unheard) if commit else None
    return library.overlay(views.refusing(found or Snapshot({}, {}), unheard), repository)


def _whom(change: Change) -> list[Unit]:
    touched = owners(change.paths)
    tenants = [] if touched.platform else [Unit(tenant, "") for tenant in touched.tenants]
    return tenants or [judging.EVERYBODY]


def _time(change: Change) -> str:
    return max(each.time for each in change.records)


def _days(before: str, after: str) -> int:
    """How many days lie between two times, begun ones counted; none where the second is not later."""
    passed = datetime.fromisoformat(after) - datetime.fromisoformat(before)
    return max(0, -(-int(passed.total_seconds()) // 86400))


def _reviews(changes: Sequence[Change]) -> Mapping[str, list[Review]]:
    """Who has looked at which change afterwards: the trailers of later commits name it by how its id begins."""
    found: defaultdict[str, list[Review]] = defaultdict(list)
    for record in (record for change in changes for record in change.records):
        for name, text in record.trailers:
            begin = text.lower()
            if name.lower() == _REVIEWING and len(begin) >= _SHORTEST:
                for change in changes:
                    if change.head.startswith(begin) and record.time >= _time(change):
                        found[change.head].append(Review(record.author.email, _days(_time(change), record.time)))
    return found
