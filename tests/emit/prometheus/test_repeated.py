"""What is written once is what would be written again, and nothing else is taken for it."""

import pytest

from varve.emit.prometheus import repeated
from varve.language import canonical
from varve.model.source import Map

ALIKE: list[tuple[Map, Map]] = [
    ({"a": 1}, {"a": True}),
    ({"a": 0.5}, {"a": "0.5"}),
    ({"a": None}, {"a": "None"}),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ({"a": ["b"]}, {"a": {"b": None}}),
]


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=repr)
def test_values_that_look_alike_are_told_apart(one: Map, other: Map) -> None:
    for value in (one, other, one):
        assert repeated.yaml(value) == canonical.yaml(value)


def test_the_same_is_written_once() -> None:
    value: Map = {"tests": [{"interval": "1m"}]}
    assert repeated.yaml(value) is repeated.yaml({"tests": [{"interval": "1m"}]})
