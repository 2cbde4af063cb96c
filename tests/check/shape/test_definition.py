import socket
from pathlib import Path

import pytest

from varve.check.shape.definition import flaw, misplaced
from varve.check.shape.schema import check_parameters
from varve.language.name import dotted
from varve.model.diagnostic import Place, Report
from varve.model.source import Map, Value


def parameters(one: Value, **others: Value) -> Map:
    """A pack's schema with the parameter `one`."""
    return {"type": "object", "additionalProperties": False, "properties": {"one": one, **others}}


@pytest.mark.parametrize(
    ("one", "at"),
    [
        pytest.param({"type": "int"}, "properties.one.type", id="an unknown type"),
        pytest.param({"pattern": "["}, "properties.one.pattern", id="an invalid pattern"),
        pytest.param({"enum": "a"}, "properties.one.enum", id="choices that are not a list"),
        pytest.param({"minimum": "1"}, "properties.one.minimum", id="a bound that is not a number"),
        pytest.param({"format": "durations"}, "properties.one.format", id="an unknown format"),
        pytest.param({"items": {"format": "date"}}, "properties.one.items.format", id="a format of JSON Schema"),
        pytest.param({"$ref": "#/nowhere"}, 'properties.one["$ref"]', id="a reference that leads nowhere"),
        pytest.param({"$ref": "other.json"}, 'properties.one["$ref"]', id="a reference to another file"),
        pytest.param({"$ref": "file:///etc/passwd"}, 'properties.one["$ref"]', id="a reference to a file"),
        pytest.param({"$ref": "http://127.0.0.1:9/a"}, 'properties.one["$ref"]', id="a reference to the network"),
        pytest.param({"$ref": "varve:unit"}, 'properties.one["$ref"]', id="a reference to varve's own schemas"),
        pytest.param({"$ref": "#a"}, 'properties.one["$ref"]', id="a reference to an anchor"),
        pytest.param({"$dynamicRef": "#a"}, 'properties.one["$dynamicRef"]', id="a dynamic reference"),
        pytest.param({"$id": "http://x.example/"}, 'properties.one["$id"]', id="a name that moves references"),
        pytest.param({"$ref": "#/properties/one"}, 'properties.one["$ref"]', id="a reference to itself"),
        pytest.param({"items": {"$ref": "#"}}, 'properties.one.items["$ref"]', id="a reference to the whole"),
        pytest.param(
            {"anyOf": [{"type": "null"}, {"items": {"$ref": "#/properties/one"}}]},
            'properties.one.anyOf[1].items["$ref"]',
            id="a reference to its parent",
        ),
        pytest.param({"pattern": "a(?=b)"}, "properties.one.pattern", id="a pattern that RE2 does not have"),
        pytest.param({"pattern": "a{99999999999}"}, "properties.one.pattern", id="a pattern that repeats too often"),
        pytest.param(
            {"patternProperties": {"(a": {}}},
            'properties.one.patternProperties["(a"]',
            id="an invalid pattern of keys",
        ),
        pytest.param(
            {"unevaluatedProperties": False},
            "properties.one.unevaluatedProperties",
            id="a keyword with patterns of its own",
        ),
        pytest.param({"minimun": 1}, "properties.one.minimun", id="an unknown keyword"),
        pytest.param({"items": {"x-varve-list": "set"}}, "properties.one.items.x-varve-list", id="a unit's keyword"),
        pytest.param(
            {"type": "object", "additionalProperties": False, "properties": {"a": {}}, "required": ["a", "b"]},
            "properties.one.required[1]",
            id="a requirement that cannot be met",
        ),
        pytest.param(
            {"x-varve-at-most": "long"}, "properties.one.x-varve-at-most", id="a bound that is not a duration"
        ),
        pytest.param({"type": "integer", "default": "x"}, "properties.one.default", id="a default of another kind"),
        pytest.param({"format": "duration", "default": "5"}, "properties.one.default", id="a default of bad format"),
    ],
)
def test_a_schema_that_cannot_be_used_is_reported_at_its_flaw(one: Value, at: str) -> None:
    found = flaw(parameters(one))
    assert found is not None
    assert dotted(found.keys) == at


QUERY: Map = {"type": "string", "format": "promql"}
INSIDE: dict[str, tuple[Value, str]] = {
    "a query in a list": ({"items": QUERY}, "items.format"),
    "a selector in a map": ({"properties": {"a": {"format": "promql-selector"}}}, "properties.a.format"),
    "a Go template in any entry": ({"additionalProperties": {"format": "go-template"}}, "additionalProperties.format"),
    "a query in a choice": ({"anyOf": [{"type": "null"}, QUERY]}, "anyOf[1].format"),
    "a query that is referred to": ({"$ref": "#/properties/query"}, '["$ref"]'),
    "a query that is referred to from inside": ({"items": {"$ref": "#/properties/query"}}, 'items["$ref"]'),
    "a default in a list": ({"items": {"default": "a"}}, "items.default"),
    "a default in a map": ({"properties": {"a": {"default": "b"}}}, "properties.a.default"),
}


@pytest.mark.parametrize(("one", "at"), INSIDE.values(), ids=INSIDE)
def test_defaults_and_formats_of_parameters_are_refused_inside_them(one: Value, at: str) -> None:
    schema = parameters(one, query=QUERY)
    found = misplaced(schema)
    assert (flaw(schema), found and dotted(found.keys)) == (
        None,
        dotted(("properties", "one")) + f".{at}".replace(".[", "["),
    )


@pytest.mark.parametrize(
    "one",
    [
        QUERY | {"default": "up"},
        {"format": "go-template", "default": "{{ $value }}"},
        {"type": "object", "properties": {"format": {"type": "string"}, "default": {"type": "string"}}},
        {"type": "array", "items": {"format": "duration"}, "default": []},
        {"type": "object", "default": {"default": "x", "format": "promql"}},
    ],
    ids=["a query", "a Go template", "names that are keywords", "a list", "a default that contains such keywords"],
)
def test_defaults_and_formats_are_allowed_on_a_parameter_itself(one: Value) -> None:
    schema = parameters(one, properties={"type": "object", "properties": {"default": {}, "format": {}}})
    assert (flaw(schema), misplaced(schema)) == (None, None)


def test_two_parameters_that_refer_to_each_other_are_endless() -> None:
    found = flaw(parameters({"$ref": "#/properties/two"}, two={"$ref": "#/properties/one"}))
    assert found is not None
    assert "endlessly" in found.reason


@pytest.mark.parametrize(
    "one",
    [
        pytest.param({"type": "integer", "default": 5}, id="a default that fits"),
        pytest.param({"$ref": "#/properties/two"}, id="a reference to another parameter"),
        pytest.param({"items": {"$ref": "#/properties/two"}}, id="a reference inside a list"),
        pytest.param({"pattern": r"\A\pL+\z"}, id="a pattern that only RE2 has"),
        pytest.param({"allOf": [{"$ref": "#/properties/two"}] * 50}, id="one reference many times"),
        pytest.param({"x-varve-at-most": "1d", "format": "duration", "default": "24h"}, id="a duration at its bound"),
        pytest.param({"properties": {"minimun": {}}, "required": ["other"]}, id="names that are the author's own"),
        pytest.param({"dependentRequired": {"minimun": ["b"]}, "$comment": "x"}, id="rare keywords"),
        pytest.param(
            {"additionalProperties": False, "patternProperties": {"^a": {}}, "required": ["ab"]},
            id="a requirement that a pattern lets be met",
        ),
        pytest.param({"const": {"$ref": "#/nowhere", "format": "x"}}, id="a value that only looks like a schema"),
        pytest.param({"properties": {"format": {"type": "string"}, "$ref": {}}}, id="parameters named like keywords"),
        pytest.param(True, id="anything at all"),
    ],
)
def test_a_valid_schema_has_no_flaw(one: Value) -> None:
    assert flaw(parameters(one, two={"type": "string", "format": "id"})) is None


def doubling(times: int) -> Map:
    """Parameters, each with two references to the next."""
    step: Map = {f"p{number}": {"allOf": [{"$ref": f"#/properties/p{number + 1}"}] * 2} for number in range(times)}
    last: Map = {f"p{times}": {"type": "integer", "default": 1}}
    return parameters({"$ref": "#/properties/p0"}, **step, **last)


def chain(length: int) -> Map:
    """Parameters, each a reference to the next."""
    step: Map = {f"p{number}": {"$ref": f"#/properties/p{number + 1}"} for number in range(length)}
    return parameters({}, **step, **{f"p{length}": {}})


def test_references_may_not_multiply_without_bound() -> None:
    found = flaw(doubling(20))
    assert found is not None
    assert found.reason == "with its references resolved it has more than 2000 values"
    assert flaw(doubling(5)) is None


def test_references_that_lead_back_in_two_ways_are_found_quickly() -> None:
    found = flaw(
        parameters({"anyOf": [{"$ref": "#/properties/two"}] * 2}, two={"allOf": [{"$ref": "#/properties/one"}] * 2})
    )
    assert found is not None
    assert found.reason == "it refers to itself endlessly"


@pytest.mark.parametrize("reverse", [False, True])
def test_references_may_not_follow_each_other_for_ever(reverse: bool) -> None:  # noqa: FBT001 - either end first
    long = chain(150)
    if reverse:
        long = {**long, "properties": dict(reversed(long["properties"].items()))}  # type: ignore[union-attr]
    found = flaw(long)
    assert found is not None
    assert found.reason.startswith("with its references resolved it ")
    assert flaw(chain(20)) is None


@pytest.fixture
def sealed_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every network access fail."""

    def refuse(*_: object) -> None:
        raise AssertionError("a schema was fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("sealed_off")
@pytest.mark.parametrize(
    "scheme", ["file://{}", "http://127.0.0.1:9{}", "https://schemas.example{}", "{}", "ftp://x{}"]
)
def test_nothing_outside_of_a_schema_is_ever_read(scheme: str, tmp_path: Path) -> None:
    """Neither when the schema is refused, nor if the validator receives it after all."""
    outside = tmp_path / "outside.json"
    outside.write_text('{"type": "string"}')
    schema = parameters({"$ref": scheme.format(outside)})
    assert flaw(schema) is not None
    with pytest.raises(Exception, match=r"(?i)unresolvable|outside.json"):
        check_parameters(schema, {"one": 1}, lambda keys, on: (Place("x", keys, on), ()), (), Report())
