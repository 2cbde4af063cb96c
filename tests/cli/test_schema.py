"""`varve schema` prints a JSON Schema that an editor can use by itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag

import jsonschema
import pytest
from referencing import Registry

from tests.workbench import ROOT, varve
from varve.model.diagnostic import Report
from varve.model.source import Source, Value
from varve.read.parse import parse

KINDS = (
    *("settings", "layer", "tenant", "service", "user", "unit", "platform", "pack", "rules", "dashboard", "routes"),
    *("policy", "framework", "waivers", "policies"),
)
WRITTEN = {
    "settings": "varve.*",
    "layer": "environments/**/*.*",
    "tenant": "tenants/*/tenant.*",
    "service": "tenants/*/services/*.*",
    "user": "tenants/*/users/*.*",
    "pack": "templates/packs/*/pack.yaml",
    "rules": "tenants/*/rules/*.*",
    "dashboard": "tenants/*/dashboards/*.*",
    "routes": "tenants/*/tests/routes.*",
    "policy": "policies/[!f]*/*.yaml",
    "framework": "policies/frameworks/*.yaml",
    "policies": "policies/settings.*",
}
EXAMPLES = [
    pytest.param(kind, path, id=f"{kind}: {path.relative_to(ROOT)}")
    for kind, pattern in WRITTEN.items()
    for path in sorted(ROOT.glob(pattern))
    if "secrets" not in path.parts and path.suffix in {".yaml", ".json", ".toml", ".xml"}
]


def schema(kind: str) -> dict[str, Value]:
    code, output = varve(f"schema {kind}", ROOT)
    assert code == 0
    found: dict[str, Value] = json.loads(output)
    return found


def values(node: Value, key: str) -> Iterator[str]:
    """Every text at `key`, at any depth."""
    match node:
        case dict():
            for name, each in node.items():
                if name == key and isinstance(each, str):
                    yield each
                yield from values(each, key)
        case list():
            for each in node:
                yield from values(each, key)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_valid_schema(kind: str) -> None:
    found = schema(kind)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(found)


@pytest.mark.parametrize("kind", KINDS)
def test_it_refers_to_nothing_outside_itself(kind: str) -> None:
    found = schema(kind)
    inside = set(values(found, "$id"))
    assert [ref for ref in values(found, "$ref") if urldefrag(ref).url not in {"", *inside}] == []


@pytest.mark.parametrize(("kind", "path"), EXAMPLES)
def test_a_file_of_the_example_is_valid(kind: str, path: Path) -> None:
    value = parse(Source(path.name, "", path.read_bytes()), Report())
    # A registry that retrieves nothing: a reference outside the schema fails.
    validator = jsonschema.Draft202012Validator(schema(kind), registry=Registry())
    assert [each.message for each in validator.iter_errors(value)] == []


def test_the_example_has_files_of_every_kind_that_is_written() -> None:
    assert {each.values[0] for each in EXAMPLES} == WRITTEN.keys()


@pytest.mark.parametrize(
    ("kind", "value"),
    {
        "a key that is none": ("service", {"ownr": "search"}),
        "a number for a text": ("tenant", {"locale": 12}),
        "settings without environments": ("settings", {"apiVersion": "varve/v1", "layers": []}),
    }.values(),
)
def test_it_refuses_what_the_compiler_refuses(kind: str, value: dict[str, Value]) -> None:
    validator = jsonschema.Draft202012Validator(schema(kind), registry=Registry())
    assert not validator.is_valid(value)


def test_an_unknown_kind_is_a_mistake(tmp_path: Path) -> None:
    code, output = varve("schema moon", tmp_path)
    assert code == 1
    assert "'moon'" in output


def test_without_a_kind_the_kinds_are_named(tmp_path: Path) -> None:
    code, output = varve("schema", tmp_path)
    assert code == 1
    assert [line.strip(" ,") for line in output.splitlines()[-len(KINDS) :]] == list(KINDS)
    help_text = " ".join(varve("schema --help", tmp_path)[1].split())
    assert f"A KIND is one of {', '.join(KINDS)}." in help_text
