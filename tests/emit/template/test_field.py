"""A tree of fields has what is known of every place."""

import pytest

from varve.emit.template.field import Field, Fields, FieldTree, below, is_named

TREE: FieldTree = {"expr": Field.PROMQL, "labels": {"*": Field.GOTEMPLATE}, "*": Field.TEXT}


@pytest.mark.parametrize(
    ("fields", "key", "known"),
    [
        (TREE, "expr", Field.PROMQL),
        (TREE, "labels", {"*": Field.GOTEMPLATE}),
        (TREE, "anything", Field.TEXT),
        ({"a": Field.DURATION}, "b", None),
        ({"*": Field.DURATION}, "*", Field.DURATION),
        (Field.TEXT, "a", None),
        (None, "a", None),
    ],
)
def test_the_fields_below_a_key(fields: Fields, key: str, known: Fields) -> None:
    assert below(fields, key) == known


def test_a_key_is_named_when_its_neighbours_do_not_share_its_language() -> None:
    assert is_named(TREE, "expr")
    assert not is_named(TREE, "other")
    assert not is_named(Field.TEXT, "expr")
    assert not is_named(None, "expr")
