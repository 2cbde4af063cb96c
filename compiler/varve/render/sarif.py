"""Renders diagnostics for code scanning, as one SARIF 2.1.0 log, the format that GitHub, GitLab and editors read.

A result is one diagnostic: its rule, severity and place, with the places of its notes in `relatedLocations`. Its text
has a line for the message, for each note and for the hint. Columns are characters, counted from 1. Code scanning
accepts no result without a place: a diagnostic without a line is put on the first one, and one without a file on
`varve.yaml`.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from varve.model.diagnostic import Rule
from varve.model.situated import Situated, Spot
from varve.render.document import document
from varve.render.escape import escape
from varve.render.github import lines

_SETTINGS: Final = Spot("varve.yaml")


def sarif(situated: Sequence[Situated], prefix: str = "") -> str:
    """One log, in ASCII; `prefix` is the path from git's top level to varve.yaml: empty, or ending with a slash."""
    rules = list(dict.fromkeys(each.diagnostic.rule for each in situated))
    run = {
        "tool": {"driver": {"name": "varve", "rules": [_rule(each) for each in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules.index(each.diagnostic.rule), prefix) for each in situated],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return document({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": rule.explanation},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(situated: Situated, number: int, prefix: str) -> dict[str, object]:
    diagnostic = situated.diagnostic
    notes = zip(diagnostic.notes, situated.notes, strict=True)
    related = [{**_location(spot, prefix), "message": {"text": escape(note.message)}} for note, spot in notes if spot]
    return {
        "ruleId": diagnostic.rule.code,
        "ruleIndex": number,
        "level": diagnostic.rule.severity.value,
        "message": {"text": "\n".join(map(escape, lines(situated)))},
        "locations": [_location(situated.spot or _SETTINGS, prefix)],
        **({"relatedLocations": related} if related else {}),
    }


def _location(spot: Spot, prefix: str) -> dict[str, object]:
    file = quote((prefix + spot.file).encode("utf-8", "surrogateescape"))
    region = {"startLine": 1}
    if spot.span is not None:
        line, column, end = spot.span
        region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": max(column, end)}
    return {"physicalLocation": {"artifactLocation": {"uri": file, "uriBaseId": "%SRCROOT%"}, "region": region}}
