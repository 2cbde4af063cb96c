"""Diagnostics of a text in a form that fits into a table, and assertions for every format."""

from time import process_time

from varve.model.diagnostic import Place, Report
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Map, Source
from varve.read.locate import locate, locator
from varve.read.parse import parse
from varve.render.situate import situate


def source(text: str | bytes, name: str = "source.yaml") -> Source:
    return Source(name, "0", text if isinstance(text, bytes) else text.encode())


def parsed(text: str | bytes, name: str = "source.yaml") -> tuple[Map | None, list[str]]:
    """The value, and the diagnostics as `code line:column-end`, each followed by the places of its notes."""
    report, given = Report(), source(text, name)
    value = parse(given, report)
    return value, [" ".join([each.rule.code, *_places(given, each.place, each.notes)]) for each in report]


def _places(given: Source, place: Place | None, notes: tuple[object, ...]) -> list[str]:
    held = [place, *(getattr(note, "place", None) for note in notes)]
    return [_shown(given, each) for each in held if each is not None]


def _shown(given: Source, place: Place) -> str:
    span = place.span or locate(given, place.keys, place.on)
    return f"{span.line}:{span.column}-{span.end}"


def refused(text: str | bytes, name: str = "source.yaml") -> list[str]:
    """The diagnostics of a text that has no value."""
    value, diagnostics = parsed(text, name)
    assert value is None
    return diagnostics


def hints(text: str, name: str = "source.yaml") -> list[tuple[str, str]]:
    """The code of each diagnostic of a text, with its hint."""
    report = Report()
    parse(source(text, name), report)
    return [(each.rule.code, each.hint) for each in report]


def accepted(text: str | bytes, name: str = "source.yaml") -> Map:
    """The value of a text without diagnostics."""
    value, diagnostics = parsed(text, name)
    assert diagnostics == []
    assert value is not None
    return value


def assert_distinguished(bad: str, diagnostic: str, good: str, name: str = "source.yaml") -> None:
    """Assert that `bad` has this one diagnostic, and its counterpart `good` none."""
    assert refused(bad, name) == [diagnostic]
    accepted(good, name)


def assert_refused_quickly(text: str, name: str = "source.yaml") -> None:
    """Assert that a hostile text costs little: to parse, to locate a value in, and to show."""
    report, given = Report(), source(text, name)
    begun = process_time()
    assert parse(given, report) is None
    locator(given)(("a", 0), "value")
    situate(report, Snapshot({name: Entry("0", "100644")}, {"0": given.data}))
    assert process_time() - begun < 5
    assert report.broken
    assert len(list(report)) <= 50
