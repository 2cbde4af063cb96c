"""A template's values are bound, and its result is judged by a schema."""

from typing import Any

import pytest

import varve
from varve.model.source import Map

TEMPLATE = """\
name: {{ name }}
title: "for {{ name }}"
targets:
{% for host in hosts %}
  - "{{ host }}:9090"
{% endfor %}
"""
SCHEMA: Map = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://schemas.acme.example/targets",
    "type": "object",
    "required": ["name", "targets"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "title": {"type": "string"},
        "targets": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "host-port"}},
    },
}


def test_a_sound_result_is_a_value_and_its_yaml() -> None:
    made = varve.ConfigGenerator(TEMPLATE, {"name": "checkout", "hosts": ["a", "b"]}, SCHEMA).generate()
    assert made.sound
    assert made.value == {"name": "checkout", "title": "for checkout", "targets": ["a:9090", "b:9090"]}
    assert made.yaml == "name: checkout\ntitle: for checkout\ntargets:\n  - a:9090\n  - b:9090\n"
    assert made.text() == made.yaml


@pytest.mark.parametrize("name", ["a: b", "x\ntargets: []", '"', "{{ 1 }}", "# no", "null", "- a"])
def test_no_value_becomes_structure(name: str) -> None:
    made = varve.ConfigGenerator(TEMPLATE, {"name": name, "hosts": ["a"]}, SCHEMA).generate()
    assert made.value == {"name": name, "title": f"for {name}", "targets": ["a:9090"]}


@pytest.mark.parametrize(
    ("template", "variables", "code", "place"),
    {
        "a variable that is not given": (TEMPLATE, {"hosts": []}, "emit/undefined-variable", "templates/"),
        "a template that cannot be read": ("a: {{ b\n", {}, "emit/template-syntax", "templates/"),
        "a template that writes no YAML": ("a: [\n", {}, "emit/template-structure", "templates/"),
        "a template that does what none may": (
            "a: {{ b.__class__ }}\n",
            {"b": 1},
            "emit/template-forbids",
            "templates/",
        ),
        "a result of another shape": (TEMPLATE, {"name": "x", "hosts": ["a b"]}, "check/bad-host-port", "targets[0]"),
        "a key that the schema does not know": ("a: 1\n", {}, "check/unknown-key", "a"),
        "a variable that no file may say": (TEMPLATE, {"name": "\0"}, "read/control-character", "variables.json"),
    }.values(),
)
def test_a_mistake_is_reported_at_the_templates_line_or_the_values_path(
    template: str, variables: dict[str, Any], code: str, place: str
) -> None:
    made = varve.ConfigGenerator(template, variables, SCHEMA).generate()
    assert (made.value, made.yaml, made.broken) == (None, "", True)
    found = [(each.diagnostic.rule.code, each.spot.file if each.spot else "") for each in made.findings.situated]
    assert any(each == code and file.startswith(place) for each, file in found), found


def test_a_schema_is_not_needed() -> None:
    assert varve.ConfigGenerator("- {{ 1 }}\n").generate().value == [1]


@pytest.mark.parametrize("schema", [{"type": "objekt"}, {"$ref": "https://a.example"}, {"format": "emial"}])
def test_a_schema_that_cannot_be_used_is_an_error_of_the_caller(schema: Map) -> None:
    with pytest.raises(ValueError, match="not a JSON Schema that can be used"):
        varve.ConfigGenerator("a: 1\n", {}, schema).generate()


def test_a_variable_that_is_not_plain_data_is_an_error_of_the_caller() -> None:
    with pytest.raises(TypeError):
        varve.ConfigGenerator("a: {{ b }}\n", {"b": object()}).generate()  # type: ignore[dict-item]
