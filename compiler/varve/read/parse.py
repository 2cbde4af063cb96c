"""Parses a source of any of the four formats into a plain mapping."""

from collections.abc import Callable, Iterable
from posixpath import splitext
from typing import Final

from varve.language.kind import kind
from varve.model.diagnostic import Diagnostic, Place, Report, Rule, Severity
from varve.model.source import Map, Source, Value
from varve.read import decode, locate, plain

EXTENSIONS: Final = (".yaml", ".yml", ".json", ".toml", ".xml")
"""The extensions of sources, which decide the format; a file with any other is not a source."""

NOT_A_MAPPING = Rule(
    "read/not-a-mapping",
    "A source is not a mapping at the top level",
    "Every source is merged with others, key by key, so it must be a mapping from keys to values. A list or a single "
    "value has no keys to merge by. Put it under the key that it belongs to.",
)

_MAX_DIAGNOSTICS: Final = 50
_HINTS: Final = {
    plain.NOT_FINITE: "write a finite number, or quote it if it is text",
    plain.INTEGER_TOO_LARGE: plain.QUOTE,
    decode.CONTROL_CHARACTER: "remove the character",
    decode.BIDIRECTIONAL_CHARACTER: "remove the character",
    decode.HIDDEN_CHARACTER: "remove the character",
    plain.NOT_COMPOSED: "type it again with composed letters",
}


def parse(source: Source, report: Report) -> Map | None:
    """The mapping in `source`, or None after reporting errors; warnings alone do not lose the value.

    The extension, one of `EXTENSIONS`, decides the format.

    The values are dict (with str keys), list, str, int (of 64 bits), float (finite), bool and None, at most 64 deep,
    and no two places share one collection. No text contains an invisible character, and keys are in NFC.
    """
    diagnostics = Report()
    value = _value(source, diagnostics)
    if not diagnostics.broken and not isinstance(value, dict):
        message = f"the file contains {kind(value)} where a mapping is expected"
        diagnostics.add(NOT_A_MAPPING, message, Place(source.path), hint="write `key: value` pairs")
    report.extend(_first(diagnostics))
    return value if isinstance(value, dict) and not diagnostics.broken else None


def _first(diagnostics: Report) -> Iterable[Diagnostic]:
    """The diagnostics of one file; if they are too many to read, the first ones, errors before warnings."""
    if len(diagnostics) <= _MAX_DIAGNOSTICS:
        return diagnostics
    return sorted(diagnostics, key=lambda each: each.rule.severity is not Severity.ERROR)[:_MAX_DIAGNOSTICS]


def _value(source: Source, report: Report) -> Value:
    text = decode.decode(source, report)
    if text is None:
        return None
    value = _reader(splitext(source.path)[1])(text, source.path, report)
    if not report.broken:
        escapes = "\\" in text or "&#" in text
        _check(value, source, report, plain.Checks(escapes, escapes or not text.isascii()))
    return value


def _check(value: Value, source: Source, report: Report, checks: plain.Checks) -> None:
    faults = list(plain.faults(value, checks))
    if faults:
        find = locate.locator(source)
        for fault in faults:
            place = Place(source.path, on=fault.on, span=find(fault.keys, fault.on))
            report.add(fault.rule, fault.message, place, hint=_HINTS[fault.rule])


def _reader(extension: str) -> Callable[[str, str, Report], Value]:
    """The reader for an extension, imported when the first file of that format is read."""
    match extension:
        case ".json":
            from varve.read.json import read
        case ".toml":
            from varve.read.toml import read
        case ".xml":
            from varve.read.xml import read
        case _:
            from varve.read.yaml import read
    return read
