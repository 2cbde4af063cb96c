import pytest

from benchmarks.jsonnet import library, literal, program
from benchmarks.layers import Unit
from benchmarks.sample import File
from varve.model.source import Value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param({"a": {"b": 1}}, '{"a"+: {"b": 1}}', id="a map goes into the weaker one"),
        pytest.param({"a": [True, None]}, '{"a": [true, null]}', id="a list replaces"),
        pytest.param(
            "x.%{tenant.id}.example", '"x." + $.tenant.id + ".example"', id="a reference is to what the whole says"
        ),
        pytest.param("é", '"é"', id="letters stay as they are"),
    ],
)
def test_a_layer_is_written_as_jsonnet(value: Value, written: str) -> None:
    assert literal(value) == written


def test_a_program_adds_up_the_layers_of_its_unit() -> None:
    assert program(Unit("acme", "dev", ("defaults", "tenants.acme.tenant"))) == (
        "(import '../../unit.libsonnet')((import '../../layers/defaults.libsonnet')"
        " + (import '../../layers/tenants/acme/tenant.libsonnet')"
        ' + {"environment": "dev", "tenant"+: {"id": "acme"}, "service": "service-0"})\n'
    )


def test_a_library_writes_each_file_in_its_format() -> None:
    assert library([File("a.json", "", {"b": "tenant-0001"}), File("c.yaml", "", {})]) == (
        "function(p) {\n"
        '  "a.json": std.manifestJsonEx({"b": p.tenant.id}, \'  \'),\n'
        '  "c.yaml": std.manifestYamlDoc({}, indent_array_in_object=true, quote_keys=false),\n'
        "}\n"
    )
