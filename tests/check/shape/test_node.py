import pytest

from varve.check.shape.node import nodes
from varve.language.name import dotted
from varve.model.source import Value


@pytest.mark.parametrize(
    ("schema", "at"),
    [
        pytest.param(True, [], id="a schema that allows everything"),
        pytest.param({"type": "string"}, [""], id="a plain one"),
        pytest.param({"properties": {"one": {}, "two": True}}, ["", "properties.one"], id="parameters"),
        pytest.param(
            {"properties": {"properties": {}}}, ["", "properties.properties"], id="one named like the keyword"
        ),
        pytest.param({"$defs": {"one": {"items": {}}}}, ["", '["$defs"].one', '["$defs"].one.items'], id="definitions"),
        pytest.param({"anyOf": [{}, {"not": {}}]}, ["", "anyOf[0]", "anyOf[1]", "anyOf[1].not"], id="in a list"),
        pytest.param({"const": {}, "enum": [{}], "default": {}, "examples": [{}]}, [""], id="values"),
        pytest.param({"x-else": {"minimum": 1}}, ["", "x-else"], id="an unknown keyword"),
    ],
)
def test_every_map_that_can_be_a_schema_is_found(schema: Value, at: list[str]) -> None:
    assert [dotted(keys) for keys, _ in nodes(schema)] == at
