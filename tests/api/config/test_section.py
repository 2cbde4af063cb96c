"""A view of configuration shows all values, and none can be changed."""

import json

import pytest

from varve.api.config.section import Section, at, frozen, thawed
from varve.model.source import Keys, Map, Value

VALUE: Map = {"name": "checkout", "targets": ["one:9090", {"port": 9090}], "scrape": {"app": {}}, "nothing": None}


def test_a_section_is_a_map() -> None:
    section = Section(VALUE)
    assert list(section) == list(VALUE)
    assert (len(section), "name" in section, "port" in section) == (4, True, False)
    assert (section["name"], section["nothing"], section.get("port", 1)) == ("checkout", None, 1)
    assert section["scrape"] == {"app": {}}
    assert section == Section(json.loads(json.dumps(VALUE)))
    assert section != Section({})
    assert repr(Section({"a": 1})) == "Section({'a': 1})"
    with pytest.raises(KeyError):
        section["port"]


def test_a_section_cannot_be_changed() -> None:
    section = Section(VALUE)
    targets = section["targets"]
    assert isinstance(targets, tuple)
    for each in (section, section["scrape"], targets[1]):
        assert isinstance(each, Section)
        assert not hasattr(each, "__setitem__")
        assert not hasattr(each, "__dict__")
    with pytest.raises(TypeError):
        hash(section)


def test_a_copy_is_the_callers_own() -> None:
    copy = thawed(VALUE)
    assert copy == VALUE
    assert frozen(copy) == frozen(VALUE)
    assert isinstance(copy, dict)
    copy["targets"] = []
    assert VALUE["targets"]


@pytest.mark.parametrize(
    ("keys", "found"),
    {
        "the whole": ((), VALUE),
        "a key": (("name",), "checkout"),
        "null": (("nothing",), None),
        "a position": (("targets", 1, "port"), 9090),
    }.values(),
)
def test_a_value_is_found_by_its_path(keys: Keys, found: Value) -> None:
    assert at(VALUE, keys) == found


@pytest.mark.parametrize(
    "keys", [("port",), ("targets", 2), ("targets", "one"), ("name", 0), ("nothing", "more"), ("scrape", 0)]
)
def test_a_path_without_a_value_is_an_error(keys: Keys) -> None:
    with pytest.raises(KeyError):
        at(VALUE, keys)
