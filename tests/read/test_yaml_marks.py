"""The marks of a YAML text follow its values, through anchors, merges and repeats, and stop at an error."""

from varve.model.diagnostic import Span
from varve.read.mark import Repeat, find
from varve.read.yaml_marks import mark


def test_a_repeated_key_is_marked_at_both_places_and_the_first_one_counts() -> None:
    root, repeats = mark("a: 1\nb: {c: 1, c: 2, c: 3}\na: 2\n")
    assert repeats == [
        Repeat("c", Span(2, 5, 6), Span(2, 11, 12)),
        Repeat("c", Span(2, 5, 6), Span(2, 17, 18)),
        Repeat("a", Span(1, 1, 2), Span(3, 1, 2)),
    ]
    assert find(root, ("a",), "value") == Span(1, 4, 5)


def test_a_mappings_own_keys_take_precedence_over_merged_ones() -> None:
    root, repeats = mark("x: &x {a: 1, b: 1}\ny:\n  <<: *x\n  b: 2\nz: {<<: [{c: 1}, *x]}")
    assert repeats == []
    assert find(root, ("y", "a"), "value") == Span(1, 11, 12)
    assert find(root, ("y", "b"), "value") == Span(4, 6, 7)
    assert find(root, ("z", "c"), "value") == Span(5, 14, 15)
    assert find(root, ("z", "b"), "key") == Span(1, 14, 15)


def test_a_broken_text_is_marked_up_to_where_it_breaks() -> None:
    root, _ = mark("a: {b: 1}\nc: [1, 2\nd: }")
    assert find(root, ("a", "b"), "value") == Span(1, 8, 9)
    assert find(root, ("c", 1), "value") == Span(2, 8, 9)
    assert find(root, ("d",), "value") == Span(1, 1, 1)


def test_a_value_that_contains_itself_is_followed_only_as_far_as_the_keys() -> None:
    root, _ = mark("a: &a {b: *a, <<: *a}")
    assert find(root, ("a", "b", "b", "b"), "value") == Span(1, 11, 13)


def test_a_block_at_the_end_of_the_text_has_the_place_of_its_key() -> None:
    assert find(mark("a:\n  b: 1").root, ("a",), "value") == Span(1, 1, 2)


def test_keys_that_are_not_scalars_have_no_marks() -> None:
    root, _ = mark("? [x]\n: 1\na: 2")
    assert list(root.children) == ["a"]
