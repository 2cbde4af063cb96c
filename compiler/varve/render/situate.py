"""Turns the places of diagnostics into lines and columns, with the lines of text that stand there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from varve.model.diagnostic import Diagnostic, Place, Rule, Span
from varve.model.situated import Situated, Spot
from varve.model.snapshot import Snapshot
from varve.read.locate import marked
from varve.read.mark import Marked, find
from varve.read.veil import Veil, discreet, discreet_note, is_of_reading, logs_in, veil


def situate(diagnostics: Iterable[Diagnostic], snapshot: Snapshot) -> list[Situated]:
    """Every diagnostic with its places, by file, line, column and code; each file is parsed at most once.

    A line on which something sealed stands, or that may say a secret, is never shown, not even for the sake of
    something else on it. Of a diagnostic that may quote a secret only the title of its rule is left.
    """
    diagnostics = list(diagnostics)
    sight = _Sight(snapshot)
    for place, rule in _places(diagnostics):
        if (place.sealed or (is_of_reading(rule) and _covers(place, rule, sight))) and (span := sight.span(place)):
            sight.hidden.add((place.file, span.line))
    return sorted((_situated(each, sight) for each in diagnostics), key=_order)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What was looked up so far: the marks of each file and its veil, and the lines that are hidden."""

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
        """Where a place is, unless it is a file as a whole, or one without text."""
        if not _readable(place.file, self.snapshot) or (place.span is None and not place.keys):
            return None
        return place.span or find(self.look(place.file)[0].root, place.keys, place.on)


def _situated(diagnostic: Diagnostic, sight: _Sight) -> Situated:
    rule, notes = diagnostic.rule, diagnostic.notes
    spots = tuple(_spot(note.place, rule, sight) for note in notes)
    said = (diagnostic.message, diagnostic.hint, *(note.message for note in notes))
    if _covers(diagnostic.place, rule, sight) or any(map(logs_in, said)):
        diagnostic = discreet(diagnostic)
    kept = tuple(discreet_note(note) if _covers(note.place, rule, sight) else note for note in notes)
    return Situated(diagnostic._replace(notes=kept), _spot(diagnostic.place, rule, sight), spots)


def _spot(place: Place | None, rule: Rule, sight: _Sight) -> Spot | None:
    if place is None:
        return None
    span = sight.span(place)
    if span is None:
        return Spot(place.file, Span(1, 1, 1) if _readable(place.file, sight.snapshot) else None)
    veil = sight.look(place.file)[1]
    secret = (place.file, span.line) in sight.hidden or veil.hides(span.line, rule)
    return Spot(place.file, span, None if secret else _line(veil.lines, span))


def _covers(place: Place | None, rule: Rule, sight: _Sight) -> bool:
    """Whether words about a place may quote a secret; who seals a place has chosen them with care."""
    if place is None or place.sealed or (place.span is None and not place.keys):
        return False
    span = sight.span(place)
    # Of a file that cannot be looked into, nobody can tell.
    return span is None or sight.look(place.file)[1].covers(span, place.on, rule)


def _places(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[Place, Rule]]:
    for each in diagnostics:
        yield from ((place, each.rule) for place in (each.place, *(note.place for note in each.notes)) if place)


def _readable(file: str, snapshot: Snapshot) -> bool:
    """Whether `file` is one with text in it: neither absent, nor a link, nor another repository."""
    return file in snapshot and snapshot.entries[file].mode.startswith("100")


def _line(lines: list[str], span: Span) -> str:
    return lines[span.line - 1].removesuffix("\r") if span.line <= len(lines) else ""


def _order(situated: Situated) -> tuple[bool, str, Span, str, str]:
    """By place; what is wrong with artifacts comes last, because a source is mostly the cause."""
    spot, diagnostic = situated.spot, situated.diagnostic
    span = (spot and spot.span) or Span(0, 0, 0)
    late = diagnostic.rule.code.startswith("write/")
    return late, spot.file if spot else "", span, diagnostic.rule.code, diagnostic.message
