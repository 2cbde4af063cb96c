"""Values are compared leaf by leaf, and each has the place of the word that says it."""

from varve.inquire.difference.value import Given, values
from varve.model.diagnostic import Place
from varve.model.difference import Change
from varve.model.layer import Layer, Stack
from varve.model.source import Map, Value
from varve.resolve.merge import PLAIN, Strategy


def given(merged: Map, *layers: tuple[str, Map]) -> Given:
    stack = Stack(tuple(Layer(file, 10 * rank, "tenant", file, value) for rank, (file, value) in enumerate(layers)))
    return Given(merged, stack, _line)


def _line(place: Place) -> str:
    return f"{place.file}:{'.'.join(map(str, place.keys))}"


def found(before: Map, after: Map, strategy: Strategy = PLAIN) -> dict[str, tuple[str | None, str | None]]:
    left, right = (given(each, ("a", each)) for each in (before, after))
    return {each.change.subject: (each.change.before, each.change.after) for each in values(left, right, strategy)}


def test_each_changed_leaf_is_listed() -> None:
    before: Map = {"a": {"b": 1, "c": 2}, "d": "x"}
    after: Map = {"a": {"b": 1, "c": 3}, "e": "x"}
    assert found(before, after) == {"a.c": ("2", "3"), "d": ("x", None), "e": (None, "x")}


def test_a_map_that_comes_or_goes_is_one_value() -> None:
    assert found({}, {"a": {"b": {"c": 1}, "d": 2}}) == {"a": (None, "{b: {c: 1}, d: 2}")}
    assert found({"a": {"b": 1}}, {}) == {"a": ("{b: 1}", None)}


def test_an_added_or_removed_long_map_is_listed_by_its_entries() -> None:
    inside: Map = {"b": {"c": "x" * 50}, "d": {"e": "x" * 50, "f": {"g": "x" * 50, "h": {}}}}
    shown = {"a.b": f"{{c: {'x' * 50}}}", "a.d": "{e, f} with 3 values"}
    assert found({}, {"a": inside}) == {path: (None, text) for path, text in shown.items()}
    assert found({"a": inside}, {}) == {path: (text, None) for path, text in shown.items()}


def test_true_is_not_one_and_a_number_no_text() -> None:
    assert found({"a": True, "b": 1}, {"a": 1, "b": "1"}) == {"a": ("true", "1"), "b": ("1", '"1"')}
    assert found({"a": [1, {"b": True}]}, {"a": [1, {"b": 1}]}) == {"a": ("[1, {b: true}]", "[1, {b: 1}]")}
    assert found({"a": [1, {"b": 1}]}, {"a": [1, {"b": 1}]}) == {}


def test_null_is_something_that_is_there() -> None:
    assert found({"a": None}, {}) == {"a": ("null", None)}


def test_a_list_is_one_value_and_so_is_a_map_that_cannot_be_divided() -> None:
    assert found({"a": [1, 2]}, {"a": [1, 3]}) == {"a": ("[1, 2]", "[1, 3]")}
    whole = Strategy(inside={"a": Strategy(atom=True)})
    assert found({"a": {"b": 1}}, {"a": {"b": 2}}, whole) == {"a": ("{b: 1}", "{b: 2}")}


def test_differences_inside_long_lists_of_maps_and_long_maps_are_listed() -> None:
    before: Map = {"a": [{"severity": "warning", "after": "30m", "receivers": ["team"]}, {"severity": "info"}]}
    after: Map = {"a": [{"severity": "warning", "after": "15m", "receivers": ["team", "boss"]}, {"severity": "info"}]}
    assert found(before, after) == {"a[0].after": ("30m", "15m"), "a[0].receivers": ("[team]", "[team, boss]")}
    left, right = (given(each, ("own", each)) for each in (before, after))
    assert {each.where for each in values(left, right, PLAIN)} == {"own:a"}
    whole = Strategy(inside={"a": Strategy(atom=True)})
    one, other = (Map({"a": {"en": "x" * 30, "fr": word * 30}}) for word in ("y", "z"))
    assert found(one, other, whole) == {"a.fr": ("y" * 30, "z" * 30)}


def test_added_and_removed_items_of_a_long_list_are_listed() -> None:
    names: list[Value] = [f"{each}.example:9090" for each in "abcd"]
    assert found({"a": names}, {"a": [*names, "e"]}) == {"a[4]": (None, "e")}
    assert found({"a": names}, {"a": names[1:]}) == {"a[0]": ("a.example:9090", None)}
    assert found({"a": names}, {"a": ["x", *names[1:]]}) == {"a[0]": ("a.example:9090", "x")}
    left, right = (given({"a": each}, ("a", {"a": each})) for each in (names, ["x", "y", *names[1:]]))
    assert [each.change[1:] for each in values(left, right, PLAIN)] == [
        ("a[0]", "", "a.example:9090", None),
        ("a[0]", "", None, "x"),
        ("a[1]", "", None, "y"),
    ]


def test_a_very_long_list_is_compared_as_a_text() -> None:
    many: list[Value] = ["a"] * 50_000
    assert list(found({"a": many}, {"a": [*many, "b"]})) == ["a"]


def test_an_item_has_the_place_of_the_layer_that_sets_it() -> None:
    union = Strategy(inside={"a": Strategy("set")})
    long: list[Value] = ["x" * 50, "y"]
    own = ("own", Map({"a": ["z"]}))
    before = given({"a": [*long, "z"]}, ("defaults", {"a": long}), own)
    after = given({"a": [*long, "w", "z"]}, ("defaults", {"a": [*long, "w"]}), own)
    assert [each.where for each in values(before, after, union)] == ["defaults:a"]
    assert [each.where for each in values(after, before, union)] == ["defaults:a"]


def test_of_an_item_that_is_gone_it_is_the_word_that_overrides_the_list() -> None:
    long: list[Value] = ["x" * 50, "y", "z"]
    before = given({"a": long}, ("defaults", {"a": long}))
    after = given({"a": long[:2]}, ("defaults", {"a": long}), ("own", {"a": long[:2]}))
    assert [each.where for each in values(before, after, PLAIN)] == ["own:a"]


def test_a_list_that_merges_by_a_key_is_compared_by_it() -> None:
    keyed = Strategy(inside={"a": Strategy("map", "name")})
    before: Map = {"a": [{"name": "x", "v": 1}, {"name": "y", "v": 1}]}
    after: Map = {"a": [{"name": "y", "v": 2}, {"name": "x", "v": 1}]}
    assert found(before, after, keyed) == {"a.y.v": ("1", "2")}


def test_the_place_is_that_of_the_word_that_won_after() -> None:
    before = given({"a": 1}, ("defaults", {"a": 1}))
    after = given({"a": 2}, ("defaults", {"a": 1}), ("own", {"a": 2}))
    assert [each.where for each in values(before, after, PLAIN)] == ["own:a"]


def test_a_removed_value_has_the_place_that_removed_it_or_else_that_set_it() -> None:
    before = given({"a": {"b": 1}}, ("defaults", {"a": {"b": 1}}))
    without = given({"a": {}}, ("defaults", {"a": {}}))
    taken = given({"a": {}}, ("defaults", {"a": {"b": 1}}), ("own", {"a": {"$remove": ["b"]}}))
    assert [each.where for each in values(before, without, PLAIN)] == ["defaults:a.b"]
    assert [each.where for each in values(before, taken, PLAIN)] == ["own:a.$remove.0"]


def test_the_difference_of_a_long_value_is_shown_and_a_new_one_is_cut() -> None:
    text = "one two three four five six seven eight nine ten %s twelve thirteen"
    before, after = (given({"a": text % word}, ("a", {"a": ""})) for word in ("eleven", "twelve"))
    assert [each.change for each in values(before, after, PLAIN)] == [
        Change("value", "a", "", "ten eleven", "ten twelve")
    ]
    assert found({}, {"a": "x" * 900})["a"][1] == "x" * 159 + "… (900 characters)"


def test_a_renamed_entry_is_listed_with_its_other_differences() -> None:
    slow: Map = {"expr": "a > 1", "for": "5m", "severity": "warning", "summary": "Slow"}
    before: Map = {"alerts": {"Slow": slow, "Late": {"expr": "b"}}}
    after: Map = {"alerts": {"Late": {"expr": "b"}, "Slower": {**slow, "for": "10m"}}}
    left, right = given(before, ("own", before)), given(after, ("base", after), ("over", {"alerts": {"Slower": {}}}))
    assert [(each.change, each.where) for each in values(left, right, PLAIN)] == [
        (Change("value", "alerts.Slower", "name", "Slow", "Slower"), "base:alerts.Slower"),
        (Change("value", "alerts.Slower.for", "", "5m", "10m"), "base:alerts.Slower.for"),
    ]


def test_a_value_removed_from_a_renamed_entry_has_its_old_place() -> None:
    one: Map = {"a": 1, "b": 2, "c": 3, "d": 4}
    before: Map = {"slos": {"x": one}}
    after: Map = {"slos": {"y": {key: one[key] for key in "abc"}}}
    found = values(given(before, ("own", before)), given(after, ("own", after)), PLAIN)
    assert [(each.change.subject, each.where) for each in found] == [
        ("slos.y", "own:slos.y"),
        ("slos.y.d", "own:slos.x.d"),
    ]
