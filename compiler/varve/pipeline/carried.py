"""What one compile leaves to the next in the same process: whatever it found out that surely still holds."""

from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar, cast

from varve.model.diagnostic import Diagnostic, Report
from varve.model.snapshot import Snapshot
from varve.read.reading import Reading, reading

T = TypeVar("T")


class _Found(NamedTuple):
    """What was found, the questions that were asked for it, and texts that tell on what else it rests."""

    value: object
    asked: Collection[str]
    beside: tuple[str, ...]


class _Told(NamedTuple, Generic[T]):
    """What was found, what was said of it, and what was asked."""

    value: T
    said: tuple[Diagnostic, ...]
    asked: tuple[str, ...]


@dataclass(slots=True)
class Carried:
    """What was found of the files of the compile `before`, and holds as long as it would be found by the same answers.

    That is how verdicts are remembered, too; here nothing is written, and what was found may be anything. When the next
    compile begins, all goes that rests on another answer, and all that nobody has asked for in this one; what is left
    of it is `earlier` then.
    """

    before: Reading | None = None
    found: dict[Hashable, _Found] = field(default_factory=dict)
    earlier: dict[Hashable, _Found] = field(default_factory=dict)

    def begin(self, snapshot: Snapshot, report: Report) -> Reading:
        """A reading of the files of the next compile; what has not changed since the one before stays read."""
        before, self.before = self.before, reading(snapshot, report, self.before)
        self.earlier, self.found = _holding(self.found, before, snapshot), {}
        return self.before

    def recall(self, kind: type[T], name: Hashable, *beside: str) -> T | None:
        """What was found under a name, and by these texts, if it still holds."""
        key = kind, name
        known = self.found.get(key) or self.earlier.get(key)
        if known is None or known.beside != beside:
            return None
        self.found[key] = known
        return cast("T", known.value)

    def keep(self, name: Hashable, value: object, asked: Collection[str], *beside: str) -> None:
        """Carry what was found by asking these questions of the files of this compile."""
        self.found[type(value), name] = _Found(value, asked, beside)

    def once(self, name: Hashable, asking: Reading, find: Callable[[Reading], T], *beside: str) -> T:
        """What `find` gives, found now or before; the reading hears what is said of it, and records what was asked."""
        known = cast("_Told[T] | None", self.recall(_Told, name, *beside))
        if known is None:
            said = Report()
            view = asking.watched(said)
            known = _Told(find(view), tuple(said), tuple(view.asked))
            if not said.broken:
                self.keep(name, known, known.asked, *beside)
        asking.report.extend(known.said)
        asking.asked.update(dict.fromkeys(known.asked))
        return known.value


def _holding(found: dict[Hashable, _Found], before: Reading | None, now: Snapshot) -> dict[Hashable, _Found]:
    """What was found of the files of the compile `before`, and would be found of those of `now`."""
    # Which files are refused, no answer tells.
    if before is None or before.snapshot.refused or now.refused:
        return {}
    altered = frozenset(_altered(before.snapshot, now))
    return {name: each for name, each in found.items() if altered.isdisjoint(each.asked)} if altered else found


def _altered(before: Snapshot, now: Snapshot) -> Iterator[str]:
    """The questions that may be answered otherwise now than before."""
    there, here = before.entries, now.entries
    # Of most files it is one and the same entry.
    others = [path for path, entry in here.items() if there.get(path) is not entry]
    yield from (path for path in others if there.get(path) != here[path])
    yield from before.library ^ now.library
    for path in (*(path for path in others if path not in there), *(path for path in there if path not in here)):
        yield from (path, f"{path.rpartition('.')[0]}.")
        # Whoever rests on all that stands in a folder asks for the names in that folder alone.
        yield from (path[:end] for end, sign in enumerate(path, 1) if sign == "/")
