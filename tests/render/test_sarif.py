"""Diagnostics become results of code scanning: valid as SARIF 2.1.0, and nothing in them can be anything else."""

import json
from typing import Any, Final

import jsonschema
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from varve.model.diagnostic import Diagnostic, Note, Place, Rule, Severity, Span
from varve.model.situated import Situated, Spot
from varve.render.sarif import sarif

RULE = Rule("check/policy", "A policy is broken", "Its explanation.")
WARNING = Rule("read/comment-eats-value", "A comment eats a value", "Its explanation.", Severity.WARNING)
PLACE = Place("tenants/acme/tenant.yaml", ("a",))


def closed(**properties: object) -> dict[str, Any]:
    """A map with these keys, of which those whose names begin with `maybe_` may be missing."""
    names = {name.removeprefix("maybe_"): each for name, each in properties.items()}
    needed = [name for name in properties if not name.startswith("maybe_")]
    return {"type": "object", "properties": names, "required": needed, "additionalProperties": False}


NUMBER: Final = {"type": "integer", "minimum": 1}
TEXT: Final = closed(text={"type": "string", "minLength": 1})
LEVEL: Final = {"enum": ["error", "warning", "note"]}
REGION: Final = closed(startLine=NUMBER, maybe_startColumn=NUMBER, maybe_endLine=NUMBER, maybe_endColumn=NUMBER)
# A relative reference of RFC 3986: nothing before the first slash can be taken for a scheme.
FILE: Final = closed(
    uri={"type": "string", "pattern": r"^(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+\Z"}, uriBaseId={"const": "%SRCROOT%"}
)
AT: Final = closed(artifactLocation=FILE, region=REGION)
RULES: Final = closed(
    id={"type": "string"},
    shortDescription=TEXT,
    fullDescription=TEXT,
    help=TEXT,
    defaultConfiguration=closed(level=LEVEL),
)
RESULT: Final = closed(
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=TEXT,
    locations={"type": "array", "items": closed(physicalLocation=AT), "minItems": 1, "maxItems": 1},
    maybe_relatedLocations={"type": "array", "items": closed(physicalLocation=AT, message=TEXT)},
)
RUN: Final = closed(
    tool=closed(driver=closed(name={"const": "varve"}, rules={"type": "array", "items": RULES, "uniqueItems": True})),
    columnKind={"const": "unicodeCodePoints"},
    results={"type": "array", "items": RESULT},
)
LOG: Final = closed(
    **{"$schema": {"const": "https://json.schemastore.org/sarif-2.1.0.json"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "items": RUN, "minItems": 1, "maxItems": 1},
)


def read(log: str) -> dict[str, Any]:
    """The one run of a log, which is valid."""
    document = json.loads(log)
    jsonschema.validate(document, LOG)
    run: dict[str, Any] = document["runs"][0]
    return run


def test_each_diagnostic_is_one_result(snapshot: SnapshotAssertion) -> None:
    notes = (Note("0.5 was set here", PLACE), Note("nobody may exceed it"))
    spots = (Spot("environments/production.yaml", Span(3, 16, 19), ""), None)
    situated = [
        Situated(Diagnostic(RULE, "100% is too much"), None, ()),
        Situated(Diagnostic(RULE, "a, b: c", PLACE, notes, "ask"), Spot("a:b 100%.yaml", Span(4, 3, 9), ""), spots),
        Situated(Diagnostic(WARNING, "`x` is missing", PLACE), Spot("environments/x.yaml"), ()),
    ]
    log = sarif(situated)
    read(log)
    assert log == snapshot


def test_where_nothing_is_wrong_the_log_is_empty() -> None:
    run = read(sarif([]))
    assert run["results"] == run["tool"]["driver"]["rules"] == []


def test_each_result_names_its_rule_which_stands_there_once() -> None:
    situated = [Situated(Diagnostic(rule, "a"), None, ()) for rule in (RULE, WARNING, RULE)]
    run = read(sarif(situated))
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    assert rules == ["check/policy", "read/comment-eats-value"]
    assert [rules[each["ruleIndex"]] for each in run["results"]] == [each["ruleId"] for each in run["results"]]


def test_paths_begin_at_the_top_of_the_git_repository() -> None:
    situated = Situated(Diagnostic(RULE, "wrong", PLACE), Spot("varve.yaml", Span(1, 1, 2), ""), ())
    ((result,),) = [read(sarif([situated], prefix="monitoring/"))["results"]]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "monitoring/varve.yaml"


@given(st.text(st.characters(codec=None), min_size=1), st.text(st.characters(codec=None), min_size=1))
def test_any_text_is_valid_and_visible(text: str, path: str) -> None:
    path = path.encode("utf-8", "replace").decode()
    diagnostic = Diagnostic(RULE, text, PLACE, (Note(text, PLACE),), text)
    log = sarif([Situated(diagnostic, Spot(path, Span(1, 1, 2), text), (Spot(path),))])
    assert log.isascii()
    (result,) = read(log)["results"]
    texts = [result["message"]["text"], *(each["message"]["text"] for each in result["relatedLocations"])]
    assert all(text.replace("\n", "").isprintable() for text in texts)
