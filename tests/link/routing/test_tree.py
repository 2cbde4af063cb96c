"""The data types of routing are immutable, and equal if their content is."""

import pytest

from varve.language.fault import Fault
from varve.link.routing import Tree, matched_labels, read


def tree() -> Tree:
    found = read({"route": {"receiver": "a", "routes": [{"matchers": ["a=b"]}]}, "inhibit_rules": [{"equal": ["c"]}]})
    assert not isinstance(found, Fault)
    return found


def test_trees_read_from_equal_files_are_equal() -> None:
    assert tree() == tree()
    assert len({tree().root, tree().root, tree().root.nodes[0]}) == 2


def test_the_labels_of_a_tree_are_those_of_all_its_nodes() -> None:
    found = read({"route": {"receiver": "a", "routes": [{"matchers": ["a=b"], "routes": [{"matchers": ["c=d"]}]}]}})
    assert not isinstance(found, Fault)
    assert list(matched_labels(found.root)) == ["a", "c"]


def test_a_tree_is_immutable() -> None:
    found = tree()
    for each, field in ((found, "root"), (found.root, "receiver"), (found.inhibitions[0], "equal")):
        with pytest.raises(AttributeError):
            setattr(each, field, None)
