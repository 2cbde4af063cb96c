"""What varve says to people: rules, places, diagnostics, and the report that collects them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, NamedTuple, TypeAlias

from varve.model.source import Keys

On: TypeAlias = Literal["key", "value"]
"""Which of the two a place is: the key itself, or what it holds."""


class Severity(Enum):
    """How much a diagnostic matters: an error stops the write, a warning does not, a note is a comment."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Rule(NamedTuple):
    """One thing that can be wrong, declared beside the code that finds it.

    `code` is `stage/what-is-wrong`, and the stage is the folder of the declaration. `title` is one line, `explanation`
    is what `varve rule CODE` prints below it: why it matters and how to mend it, in whole sentences.
    """

    code: str
    title: str
    explanation: str
    severity: Severity = Severity.ERROR

    def __hash__(self) -> int:
        # A code names one rule, and to hash all that is said about it takes long.
        return hash(self.code)


class Span(NamedTuple):
    """Where something stands in a text: line and columns counted from 1 in characters, `end` exclusive, on one line."""

    line: int
    column: int
    end: int


class Place(NamedTuple):
    """Somewhere in a file: by the keys that lead there, or by a span where a parser already knows it.

    Keys are turned into a span only when the place is shown (see `varve.read.locate`). What stands at a `sealed` place
    may be a secret, and is never shown.
    """

    file: str
    keys: Keys = ()
    on: On = "value"
    span: Span | None = None
    sealed: bool = False


class Note(NamedTuple):
    """Another place that contributed, and what it contributed."""

    message: str
    place: Place | None = None


class Diagnostic(NamedTuple):
    """One mistake of a user: the rule, one sentence, where, who else contributed, and the way out."""

    rule: Rule
    message: str
    place: Place | None = None
    notes: tuple[Note, ...] = ()
    hint: str = ""


MOST_ALIKE: Final = 20
"""How many diagnostics of one rule in one file are said; after them it is only said that there are more."""


@dataclass(slots=True)
class Report:
    """The diagnostics of a stage, in the order they were met; saying the same thing twice says it once.

    Nobody reads thousands of one kind, and a file may be made to hold them: of those beyond `MOST_ALIKE` only their
    number is kept.
    """

    _said: dict[Diagnostic, None] = field(default_factory=dict)
    _alike: dict[tuple[str, str], int] = field(default_factory=dict)

    def say(self, rule: Rule, message: str, place: Place | None = None, *notes: Note, hint: str = "") -> None:
        """Add one diagnostic; `message` is one sentence, lower case, without a full stop, naming the value."""
        self._add(Diagnostic(rule, message, place, notes, hint))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add what another report says."""
        for each in diagnostics:
            self._add(each)

    def _add(self, new: Diagnostic) -> None:
        before = len(self._said)
        self._said.setdefault(new)
        if new.place is None or len(self._said) == before:
            return
        alike = new.rule.code, new.place.file
        self._alike[alike] = said = self._alike.get(alike, 0) + 1
        if said > MOST_ALIKE:
            del self._said[new]
        if said == MOST_ALIKE + 1:
            more = Diagnostic(new.rule, "there are more like these in this file", new.place, hint="fix these first")
            self._said[more] = None

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said) + sum(count - MOST_ALIKE - 1 for count in self._alike.values() if count > MOST_ALIKE + 1)

    @property
    def broken(self) -> bool:
        """Whether anything said so far is an error."""
        return any(each.rule.severity is Severity.ERROR for each in self._said)
