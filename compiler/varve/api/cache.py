"""What a repository's caches contain, whether it is intact, and how space is freed."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from varve.api.findings import Findings, Result, Summarised, gather
from varve.model.diagnostic import Place, Report
from varve.render.document import document
from varve.render.table import table
from varve.world.cache import keeping, level, opening, survey
from varve.world.cache.folder import Folder
from varve.world.cache.limits import Limits
from varve.world.cache.opening import PATH
from varve.world.cache.settings import Settings
from varve.world.cache.store import report_failure
from varve.world.cache.survey import DAMAGED_CACHE, Examined, Stock
from varve.world.disk.refusal import Refusal
from varve.world.disk.transaction import CANNOT_WRITE
from varve.world.git.repository import Repository
from varve.world.package import digest

OWN: Final = "own"
SHARED: Final = "shared"

_HEAD: Final = ("CACHE", "SEGMENTS", "VERDICTS", "NAMES", "BYTES", "OLDEST", "NEWEST", "OTHERS", "DAMAGED")
_SECOND: Final = 10**9
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_PRUNE: Final = "`varve cache prune` removes what is damaged"
_REMOVE: Final = "remove it there: its results are computed again"


@dataclass(frozen=True, slots=True)
class Stocked(Result):
    """The contents of the repository's own cache and of the shared one, if there are any, by `own` and `shared`.

    `compiler` is the digest of this compiler, and `now` the time of the look in nanoseconds since 1970.
    """

    findings: Findings
    compiler: str
    stocks: Mapping[str, Stock] = field(default_factory=dict)
    now: int = 0

    @property
    def table(self) -> str:
        """A row for each cache, as `varve cache stats` prints it."""
        return table([_HEAD, *(self._row(name, stock) for name, stock in self.stocks.items())])

    def text(self, *, colour: bool = False, width: int = 100) -> str:
        """The table, and the findings."""
        return self.table + self.findings.text(colour=colour, width=width)

    def json(self) -> str:
        """The contents of each cache as one JSON document; ages are in seconds."""
        return document(
            {
                "compiler": self.compiler,
                "caches": {name: self._record(stock) for name, stock in self.stocks.items()},
            }
        )

    def _row(self, name: str, stock: Stock) -> tuple[str, ...]:
        counts = (stock.segments, stock.verdicts, stock.names, stock.size)
        ages = [_age(self._seconds(each)) for each in stock.times] if stock.times else ["-", "-"]
        return (name, *map(str, counts), *ages, str(stock.others), str(stock.damaged))

    def _record(self, stock: Stock) -> dict[str, object]:
        oldest, newest = map(self._seconds, stock.times) if stock.times else (None, None)
        return {**stock._asdict(), "times": {"oldest": oldest, "newest": newest}}

    def _seconds(self, time_: int) -> int:
        return max(self.now - time_, 0) // _SECOND


@dataclass(frozen=True, slots=True)
class Verified(Summarised):
    """The result of reading every byte of the caches, which have this number of segments."""

    findings: Findings
    segments: int = 0

    @property
    def summary(self) -> str:
        """That nothing is damaged, in one line without a newline; empty if anything is."""
        return "" if self.broken else f"nothing is damaged in {_segments(self.segments)}"


@dataclass(frozen=True, slots=True)
class Pruned(Summarised):
    """The numbers of segments and bytes in the repository's own cache, before and after."""

    findings: Findings
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)

    @property
    def summary(self) -> str:
        """What is left, in one line without a newline; empty if the cache could not be pruned."""
        if self.broken:
            return ""
        (segments, size), (left, now) = self.before, self.after
        return f"{_segments(segments)} of {size} bytes before, {_segments(left)} of {now} bytes now"


def stats(repository: Repository, settings: Settings) -> Stocked:
    """The contents of the repository's own cache, and of the shared one if there is one."""
    report = Report()
    compiler = digest.remembered(repository.folder)
    stocks = {OWN: Stock()}
    for name, place in _places(repository, settings, report):
        with _reporting_failures(name, report):
            stocks[name] = survey.stock(place, compiler)
    return Stocked(gather(report), compiler, stocks, time.time_ns())


def verify(repository: Repository, settings: Settings) -> Verified:
    """Read everything in the repository's own cache, and in the shared one if there is one, and verify every seal."""
    report = Report()
    segments = 0
    for name, place in _places(repository, settings, report):
        with _reporting_failures(name, report):
            for each in survey.examined(place, whole=True):
                segments += 1
                _judge(name, each, report)
    return Verified(gather(report), segments)


def prune(repository: Repository, limits: Limits, *, everything: bool = False) -> Pruned:
    """Compact the repository's own cache to one segment, within the limits and without damaged results.

    With `everything`, empty it instead.
    """
    report = Report()
    shelf = Folder(repository.root, PATH, own=True)
    place = opening.own(repository)
    before = after = (0, 0)
    try:
        before = _size(shelf)
        if everything or place is None:
            keeping.clear(shelf)
        else:
            _compact(place, digest.remembered(repository.folder), limits)
        after = _size(shelf)
    except OSError as error:
        hint = "check what is there, and who may write there"
        report.add(CANNOT_WRITE, str(Refusal(PATH, error)), Place(PATH), hint=hint)
    return Pruned(gather(report), before, after)


def _compact(place: opening.Place, compiler: str, limits: Limits) -> None:
    for each in list(survey.examined(place, whole=True)):
        if each.segment is None or (each.broken and each.segment.compiler != compiler):
            place.shelf.drop(each.item.name)
    opened = level.opened(*place, compiler, limits)
    try:
        keeping.compact(opened, time.time_ns())
    finally:
        opened.close()


def _places(repository: Repository, settings: Settings, report: Report) -> Iterator[tuple[str, opening.Place]]:
    if own := opening.own(repository):
        yield OWN, own
    if shared := opening.shared(repository, settings, report):
        yield SHARED, shared


@contextmanager
def _reporting_failures(cache: str, report: Report) -> Iterator[None]:
    """Report an `OSError` of a cache instead of raising it."""
    try:
        yield
    except OSError as error:
        if cache == SHARED:
            report_failure(error, report)
        else:
            reason = error.strerror or type(error).__name__
            hint = "make it readable for yourself, or remove what is there"
            report.add(DAMAGED_CACHE, f"`{PATH}` cannot be read: {reason}", Place(PATH), hint=hint)


def _judge(cache: str, found: Examined, report: Report) -> None:
    place, hint = (Place(f"{PATH}/{found.item.name}"), _PRUNE) if cache == OWN else (None, _REMOVE)
    if found.segment is None:
        fault = (
            "is damaged, or was not written here" if cache == OWN else "is damaged, or not signed by a trusted signer"
        )
        report.add(DAMAGED_CACHE, f"`{found.item.name}` {fault}", place, hint=hint)
    elif found.broken:
        verdicts = "1 result" if found.broken == 1 else f"{found.broken} results"
        report.add(DAMAGED_CACHE, f"{verdicts} of `{found.item.name}` cannot be used", place, hint=hint)


def _size(shelf: Folder) -> tuple[int, int]:
    items = shelf.items()
    return len(items), sum(item.size for item in items)


def _segments(number: int) -> str:
    return f"{number} segment{'' if number == 1 else 's'}"


def _age(seconds: int) -> str:
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
