"""Renders diagnostics as JSON, for programs.

A list of objects, in the order of file, line, column and code:

    code       the rule, as `varve rule` takes it
    severity   "error", "warning" or "note"
    message    one sentence
    file       the path from the folder of varve.yaml, or null
    line, column, endColumn
               counted from 1 in characters, the end exclusive; null where `file` is null or does not exist
    notes      the other places that contributed: message, file, line, column, endColumn
    hint       a way to fix it, or ""
"""

from collections.abc import Iterable
from typing import TypeAlias

from varve.model.situated import Situated, Spot
from varve.render.document import document

Fields: TypeAlias = dict[str, str | int | None]


def json(situated: Iterable[Situated]) -> str:
    """`situated` as one JSON document, in ASCII."""
    return document([_record(each) for each in situated])


def _record(situated: Situated) -> dict[str, object]:
    diagnostic = situated.diagnostic
    notes = zip(diagnostic.notes, situated.notes, strict=True)
    return {
        "code": diagnostic.rule.code,
        "severity": diagnostic.rule.severity.value,
        "message": diagnostic.message,
        **_place(situated.spot),
        "notes": [{"message": note.message, **_place(spot)} for note, spot in notes],
        "hint": diagnostic.hint,
    }


def _place(spot: Spot | None) -> Fields:
    span = spot.span if spot else None
    return {
        "file": spot.file if spot else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "endColumn": span.end if span else None,
    }
