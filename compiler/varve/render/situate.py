"""Finds the line and column of each diagnostic's places, and the text of these lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from varve.model.diagnostic import Diagnostic, Place, Rule, Span
from varve.model.situated import Situated, Spot
from varve.model.snapshot import Snapshot
from varve.read.locate import marked
from varve.read.mark import Marked, find
from varve.read.redaction import Veil, contains_login, is_read_rule, redacted, redacted_note, veil


def situate(diagnostics: Iterable[Diagnostic], snapshot: Snapshot) -> list[Situated]:
    """Every diagnostic with its places, by file, line, column and code; each file is parsed at most once.

    A line that contains something sealed, or that may contain a secret, is never shown, not even because of something
    else on it. Of a diagnostic that may quote a secret only the title of its rule is left.
    """
    diagnostics = list(diagnostics)
    lookup = _Lookup(snapshot)
    for place, rule in _places(diagnostics):
        if (place.sealed or (is_read_rule(rule) and _covers(place, rule, lookup))) and (span := lookup.span(place)):
            lookup.hidden.add((place.file, span.line))
    return sorted((_situated(each, lookup) for each in diagnostics), key=_order)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What has been looked up so far: the marks and the veil of each file, and the lines that must stay hidden."""

    snapshot: Snapshot
    files: dict[str, tuple[Marked, Veil]] = field(default_factory=dict)
    hidden: set[tuple[str, int]] = field(default_factory=set)

    def look(self, file: str) -> tuple[Marked, Veil]:
        if file not in self.files:
            source = self.snapshot.source(file)
            marks = marked(source)
            self.files[file] = marks, veil(source, marks)
        return self.files[file]

    def span(self, place: Place) -> Span | None:
        """The span of a place; None if it is a whole file, or in a file without text."""
        if not _readable(place.file, self.snapshot) or (place.span is None and not place.keys):
            return None
        return place.span or find(self.look(place.file)[0].root, place.keys, place.on)


def _situated(diagnostic: Diagnostic, lookup: _Lookup) -> Situated:
    rule, notes = diagnostic.rule, diagnostic.notes
    spots = tuple(_spot(note.place, rule, lookup) for note in notes)
    texts = (diagnostic.message, diagnostic.hint, *(note.message for note in notes))
    if _covers(diagnostic.place, rule, lookup) or any(map(contains_login, texts)):
        diagnostic = redacted(diagnostic)
    kept = tuple(redacted_note(note) if _covers(note.place, rule, lookup) else note for note in notes)
    return Situated(diagnostic._replace(notes=kept), _spot(diagnostic.place, rule, lookup), spots)


def _spot(place: Place | None, rule: Rule, lookup: _Lookup) -> Spot | None:
    if place is None:
        return None
    span = lookup.span(place)
    if span is None:
        return Spot(place.file, Span(1, 1, 1) if _readable(place.file, lookup.snapshot) else None)
    veil = lookup.look(place.file)[1]
    secret = (place.file, span.line) in lookup.hidden or veil.hides(span.line, rule)
    return Spot(place.file, span, None if secret else _line(veil.lines, span))


def _covers(place: Place | None, rule: Rule, lookup: _Lookup) -> bool:
    """Whether words about a place may quote a secret; words about a `sealed` place are known not to."""
    if place is None or place.sealed or (place.span is None and not place.keys):
        return False
    span = lookup.span(place)
    # In a file that cannot be parsed, anything may be a secret.
    return span is None or lookup.look(place.file)[1].covers(span, place.on, rule)


def _places(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[Place, Rule]]:
    for each in diagnostics:
        yield from ((place, each.rule) for place in (each.place, *(note.place for note in each.notes)) if place)


def _readable(file: str, snapshot: Snapshot) -> bool:
    """Whether `file` contains text: it exists and is neither a symbolic link nor a submodule."""
    return file in snapshot and snapshot.entries[file].mode.startswith("100")


def _line(lines: list[str], span: Span) -> str:
    return lines[span.line - 1].removesuffix("\r") if span.line <= len(lines) else ""


def _order(situated: Situated) -> tuple[bool, str, Span, str, str]:
    """By place; mistakes in artifacts come last, because their cause is usually in a source."""
    spot, diagnostic = situated.spot, situated.diagnostic
    span = (spot and spot.span) or Span(0, 0, 0)
    late = diagnostic.rule.code.startswith("write/")
    return late, spot.file if spot else "", span, diagnostic.rule.code, diagnostic.message
