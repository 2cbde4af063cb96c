"""The diagnostics for users: rules, places, and the report that collects them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.model.source import Keys

On: TypeAlias = Literal["key", "value"]
"""Whether a place is a key itself or the value under it."""


class Severity(Enum):
    """How serious a diagnostic is: an error stops the write, a warning does not, a note is for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Rule(NamedTuple):
    """One kind of mistake, declared beside the code that finds it.

    `code` is `stage/what-is-wrong`, and the stage is the folder of the declaration. `title` is one line, `explanation`
    is what `varve rule CODE` prints below it: why it matters and how to fix it, in whole sentences.
    """

    code: str
    title: str
    explanation: str
    severity: Severity = Severity.ERROR

    def __hash__(self) -> int:
        # A code identifies its rule, and hashing the explanation as well is slow.
        return hash(self.code)


class Span(NamedTuple):
    """A part of one line of a text: line and columns, counted from 1 in characters; `end` is exclusive."""

    line: int
    column: int
    end: int


class Place(NamedTuple):
    """A position in a file, given by keys, or by a span if a parser already knows it.

    Keys are resolved to a span only when the place is shown (see `varve.read.locate`). The text at a `sealed` place may
    be a secret, and is never shown.
    """

    file: str
    keys: Keys = ()
    on: On = "value"
    span: Span | None = None
    sealed: bool = False


class Note(NamedTuple):
    """Another place that contributed to a mistake, and how."""

    message: str
    place: Place | None = None


class Diagnostic(NamedTuple):
    """One mistake of a user: the rule, one sentence, its place, related places, and how to fix it.

    `more` is true for the last one that a report keeps of a kind: it stands for all further ones (see `Report`).
    """

    rule: Rule
    message: str
    place: Place | None = None
    notes: tuple[Note, ...] = ()
    hint: str = ""
    more: bool = False


MOST_ALIKE: Final = 20
"""How many diagnostics of one rule in one file are kept; a last one then reports that there are more."""


@dataclass(slots=True)
class Report:
    """The diagnostics of a stage, in the order in which they were added, without duplicates.

    Nobody reads thousands of one kind, and a file may be crafted to cause them: beyond `MOST_ALIKE` only their number
    is kept.
    """

    _diagnostics: dict[Diagnostic, None] = field(default_factory=dict)
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, rule: Rule, message: str, place: Place | None = None, *notes: Note, hint: str = "") -> None:
        """Add one diagnostic; `message` is one sentence that names the value, in lower case, without a full stop."""
        self._add(Diagnostic(rule, message, place, notes, hint))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add the diagnostics of another report."""
        for each in diagnostics:
            self._add(each)

    def _add(self, new: Diagnostic) -> None:
        before = len(self._diagnostics)
        self._diagnostics.setdefault(new)
        if new.place is None or len(self._diagnostics) == before:
            return
        kind = new.rule.code, new.place.file
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        if number > MOST_ALIKE:
            del self._diagnostics[new]
        if number == MOST_ALIKE + 1:
            message = "there are more like these in this file"
            last = Diagnostic(new.rule, message, new.place, hint="fix these first", more=True)
            self._diagnostics[last] = None

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._diagnostics)

    def __len__(self) -> int:
        return len(self._diagnostics) + sum(
            count - MOST_ALIKE - 1 for count in self._counts.values() if count > MOST_ALIKE + 1
        )

    @property
    def broken(self) -> bool:
        """Whether any diagnostic so far is an error."""
        return any(each.rule.severity is Severity.ERROR for each in self._diagnostics)
