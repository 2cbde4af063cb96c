"""TOML, with dates and times as texts."""

import re
import tomllib
from datetime import date, datetime, time
from typing import Any, Final

from varve.model.diagnostic import Place, Report
from varve.model.source import Keys, Value
from varve.read import plain, toml_marks
from varve.read.mark import Lines, find

_AT: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_REPEATED: Final = ("Cannot overwrite", "Cannot declare", "Cannot redefine", "Cannot mutate", "Duplicate inline")


class _TooDeepError(Exception):
    """Its arguments are the keys of a collection that is nested too deep."""


def read(text: str, file: str, report: Report) -> Value:
    """The value of `text`; if an error is reported, the value is meaningless."""
    if fault := toml_marks.fault(text):
        hint = plain.FLATTEN if fault.rule is plain.TOO_DEEP else plain.QUOTE
        report.add(fault.rule, fault.message, Place(file, span=fault.span), hint=hint)
        return None
    try:
        return _plain(tomllib.loads(text), ())
    except tomllib.TOMLDecodeError as error:
        _report_error(str(error), text, file, report)
    except _TooDeepError as error:
        span = find(toml_marks.mark(text).root, error.args, "key")
        report.add(plain.TOO_DEEP, plain.TOO_DEEP_MESSAGE, Place(file, span=span), hint=plain.FLATTEN)
    return None


def _plain(value: Any, keys: Keys) -> Value:  # noqa: ANN401 - what tomllib gives has no narrower type
    match value:
        case dict() | list() if len(keys) >= plain.DEPTH:
            raise _TooDeepError(*keys)
        case dict():
            return {key: _plain(inner, (*keys, key)) for key, inner in value.items()}
        case list():
            return [_plain(inner, (*keys, position)) for position, inner in enumerate(value)]
        case datetime() | date() | time():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return value  # type: ignore[no-any-return]


def _report_error(problem: str, text: str, file: str, report: Report) -> None:
    """Report the error of tomllib, which stops at the first one; for a repeated key, with both places."""
    at = _AT.search(problem)
    repeats = toml_marks.mark(text).repeats[:1] if problem.startswith(_REPEATED) else []
    plain.report_repeats(repeats, file, report)
    if not repeats:
        lines = Lines(text)
        start = lines.index(int(at[1]), int(at[2])) if at and at[1] else len(text)
        message = problem[: at.start() if at else None]
        place = Place(file, span=lines.span(start, start + 1))
        hint = plain.syntax_hint(text, start, _hint(message, text[:start], text[start : start + 1]))
        report.add(plain.SYNTAX, f"this is not TOML: {message[:1].lower()}{message[1:]}", place, hint=hint)


def _hint(message: str, before: str, found: str) -> str:
    if message == "Invalid value" and found.isalpha():
        return "quote the text"
    # The line ends, or a comment or the next item begins, where a value is expected.
    return "write a value after the `=`" if before.rstrip().endswith("=") and found in "#\r\n,}" else ""
