"""Results that one compile hands to the next in the same process, as long as they are certain to hold."""

from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar, cast

from varve.model.diagnostic import Diagnostic, Report
from varve.model.snapshot import Snapshot
from varve.read.reading import Reading, reading

T = TypeVar("T")


class _Result(NamedTuple):
    """A result, the questions that were asked to find it, and other texts on which it depends."""

    value: object
    questions: Collection[str]
    context: tuple[str, ...]


class _Recorded(NamedTuple, Generic[T]):
    """A result with the diagnostics that were reported and the questions that were asked to find it."""

    value: T
    diagnostics: tuple[Diagnostic, ...]
    questions: tuple[str, ...]


@dataclass(slots=True)
class Carried:
    """Results that compiles found, each valid while all of its questions have the same answers.

    `before` is the reading of the latest compile, and `found` the results that it has found or recalled. When the next
    compile begins, those of them that are still valid become `earlier`, and all others are dropped. Verdicts are
    remembered by the same principle, but these results are never written, so they may be of any type.
    """

    before: Reading | None = None
    found: dict[Hashable, _Result] = field(default_factory=dict)
    earlier: dict[Hashable, _Result] = field(default_factory=dict)

    def begin(self, snapshot: Snapshot, report: Report) -> Reading:
        """Begin the next compile, and return the reading of its files, in which unchanged files stay parsed."""
        before, self.before = self.before, reading(snapshot, report, self.before)
        self.earlier, self.found = _still_valid(self.found, before, snapshot), {}
        return self.before

    def recall(self, kind: type[T], name: Hashable, *context: str) -> T | None:
        """The result of this type that was kept under this name with the same `context`, if it still holds."""
        key = kind, name
        known = self.found.get(key) or self.earlier.get(key)
        if known is None or known.context != context:
            return None
        self.found[key] = known
        return cast("T", known.value)

    def keep(self, name: Hashable, value: object, questions: Collection[str], *context: str) -> None:
        """Keep a result that was found by asking these questions of the files of this compile."""
        self.found[type(value), name] = _Result(value, questions, context)

    def once(self, name: Hashable, view: Reading, find: Callable[[Reading], T], *context: str) -> T:
        """The result of `find`, kept or found now; in both cases `view` gets its diagnostics and questions."""
        known = cast("_Recorded[T] | None", self.recall(_Recorded, name, *context))
        if known is None:
            report = Report()
            recording = view.recording(report)
            known = _Recorded(find(recording), tuple(report), tuple(recording.questions))
            if not report.broken:
                self.keep(name, known, known.questions, *context)
        view.report.extend(known.diagnostics)
        view.questions.update(dict.fromkeys(known.questions))
        return known.value


def _still_valid(found: dict[Hashable, _Result], before: Reading | None, now: Snapshot) -> dict[Hashable, _Result]:
    """The results from the files of the compile `before` that also hold for the files of `now`."""
    # No question asks which files are refused, so a result that depends on that could not be detected.
    if before is None or before.snapshot.refused or now.refused:
        return {}
    changed = frozenset(_changed_questions(before.snapshot, now))
    return {name: each for name, each in found.items() if changed.isdisjoint(each.questions)} if changed else found


def _changed_questions(before: Snapshot, now: Snapshot) -> Iterator[str]:
    """The questions whose answers may differ between the two snapshots."""
    old, new = before.entries, now.entries
    # Most files have the identical entry object in both, which is fast to compare.
    others = [path for path, entry in new.items() if old.get(path) is not entry]
    yield from (path for path in others if old.get(path) != new[path])
    yield from before.library ^ now.library
    for path in (*(path for path in others if path not in old), *(path for path in old if path not in new)):
        yield from (path, f"{path.rpartition('.')[0]}.")
        # Results that depend on a whole folder ask for its names only, so every folder above the path counts.
        yield from (path[:end] for end, sign in enumerate(path, 1) if sign == "/")
