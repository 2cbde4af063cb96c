"""Every value of another shape than the proof covers is found, at its place."""

from typing import Final

import pytest

from varve.link.isolation.shape import MAP, TEXT, TEXTS, TRUTH, Shape, listed, maps, misshapen, under
from varve.model.source import Keys, Value

SHAPE: Final[Shape] = {"name": TEXT, "on": TRUTH, "of": TEXTS, "all": [{"name": TEXT, "*": MAP}], "any": None}

BAD: Final[dict[str, tuple[Value, Keys]]] = {
    "no map": ([], ()),
    "an unknown key": ({"zoo": 1}, ("zoo",)),
    "a list where a text is": ({"name": ["a"]}, ("name",)),
    "a text where a truth is": ({"on": "yes"}, ("on",)),
    "a map in a map of texts": ({"of": {"a": {}}}, ("of", "a")),
    "a map where a list is": ({"all": {"0": {}}}, ("all",)),
    "a text in a list of maps": ({"all": [{}, "a"]}, ("all", 1)),
    "deep down": ({"all": [{"name": {}}]}, ("all", 0, "name")),
    "under any key": ({"all": [{"more": "a"}]}, ("all", 0, "more")),
}


@pytest.mark.parametrize(("value", "keys"), BAD.values(), ids=BAD)
def test_another_shape_is_found_at_its_place(value: Value, keys: Keys) -> None:
    assert [each.keys for each in misshapen(value, SHAPE)] == [keys]


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"name": "a", "on": False, "of": {"a": "b", "c": 1}, "all": [{"name": 1.5, "x": {"y": [1]}}], "any": [[[]]]},
        {"name": None, "on": None, "of": {"a": None}, "all": [None]},
    ],
    ids=["nothing", "an empty map", "everything", "nulls"],
)
def test_the_right_shape_passes(value: Value) -> None:
    assert misshapen(value, SHAPE) == ()


def test_nulls_are_found() -> None:
    assert (maps({"a": [None]}, "a"), listed({"a": None}, "a"), under({"a": None}, "a")) == ([{}], [], {})
