import pytest

from varve.language.name import keys as path
from varve.model.diagnostic import Place
from varve.model.layer import Layer, Stack
from varve.model.source import Map, Value
from varve.resolve.history import brief, history, layers_setting, origin, provenance
from varve.resolve.keyword import PATCH, REMOVE
from varve.resolve.merge import Strategy


def stack(*values: Map) -> Stack:
    return Stack(tuple(Layer("abc"[i], i, "platform", f"{'abc'[i]}.yaml", value) for i, value in enumerate(values)))


@pytest.mark.parametrize(
    ("values", "text", "verdicts"),
    [
        pytest.param([{"x": 1}, {}, {"x": 2}], "x", [("c", "sets"), ("a", "overridden")], id="strongest first"),
        pytest.param([{"x": {"y": 1}}, {"x": {"z": 1}}], "x", [("b", "adds"), ("a", "adds")], id="maps add up"),
        pytest.param(
            [{"x": {"y": 1}}, {"x": {PATCH: "delete"}}], "x.y", [("b", "deletes"), ("a", "overridden")], id="deleted"
        ),
        pytest.param(
            [{"x": {"y": 1}}, {"x": {REMOVE: ["y"]}}], "x.y", [("b", "removes"), ("a", "overridden")], id="removed"
        ),
        pytest.param(
            [{"x": {"y": 1}}, {"x": {PATCH: "replace", "z": 1}}],
            "x.y",
            [("b", "replaces"), ("a", "overridden")],
            id="replaced by a map without it",
        ),
        pytest.param(
            [{"x": {"y": 1}}, {"x": {PATCH: "replace", "y": 2}}],
            "x.y",
            [("b", "sets"), ("a", "overridden")],
            id="replaced by a map with it",
        ),
        pytest.param(
            [{"x": {"y": 1}}, {"x": None}], "x.y", [("b", "replaces"), ("a", "overridden")], id="replaced by a scalar"
        ),
        pytest.param([{"x": [1]}, {"x": [2, 3]}], "x[1]", [("b", "sets")], id="inside a list"),
        pytest.param([{"x": 1}], "y", [], id="never set"),
    ],
)
def test_a_history_has_the_verdict_of_each_layer(values: list[Map], text: str, verdicts: list[tuple[str, str]]) -> None:
    keys = path(text)
    assert keys is not None
    assert [
        (contribution.layer.name, contribution.verdict) for contribution in history(stack(*values), keys)
    ] == verdicts


SET = Strategy("set")


@pytest.mark.parametrize(
    ("values", "verdicts"),
    [
        pytest.param([{"x": [1]}, {"x": [2]}], [("b", "sets"), ("a", "adds")], id="each adds to the one below"),
        pytest.param(
            [{"x": [1]}, {"x": 5}, {"x": [2]}], [("c", "sets"), ("b", "overridden"), ("a", "overridden")], id="a scalar"
        ),
        pytest.param([{"x": [1]}, {REMOVE: ["x"]}], [("b", "removes"), ("a", "overridden")], id="removed"),
        pytest.param(
            [{"x": [1]}, {"x": {PATCH: "delete"}}, {"x": [2]}],
            [("c", "sets"), ("b", "deletes"), ("a", "overridden")],
            id="deleted in between",
        ),
    ],
)
def test_lists_that_add_to_a_set_are_not_overridden(values: list[Map], verdicts: list[tuple[str, str]]) -> None:
    assert [
        (contribution.layer.name, contribution.verdict) for contribution in history(stack(*values), ("x",), SET)
    ] == verdicts


def test_a_map_that_is_one_value_overrides_the_map_below_it() -> None:
    contributions = history(stack({"x": {"y": 1}}, {"x": {"z": 1}}), ("x",), Strategy(atom=True))
    assert [(contribution.layer.name, contribution.verdict) for contribution in contributions] == [
        ("b", "sets"),
        ("a", "overridden"),
    ]


def test_a_removal_contributes_only_the_removed_key() -> None:
    [removal, _] = history(stack({"x": {"y": 1, "z": 1}}, {"x": {REMOVE: ["z", "y"]}}), ("x", "y"))
    assert (removal.value, removal.place.keys) == (["y"], ("x", REMOVE, 1))


def test_an_origin_names_the_strongest_layer_and_what_it_overrode() -> None:
    place, notes = origin(stack({"x": 1}, {"x": 2}), ("x",))
    assert place == Place("b.yaml", ("x",))
    assert [(note.message, note.place) for note in notes] == [
        ("1 was set here and overridden", Place("a.yaml", ("x",)))
    ]


@pytest.mark.parametrize(
    ("values", "key", "expected"),
    [
        pytest.param([{"x": 1}, {"y": 2}, {"x": 3}], "x", "ca", id="that say it"),
        pytest.param([{"x": 1}, {REMOVE: ["x"]}, {"y": 3}], "x", "ba", id="that may remove it"),
        pytest.param([{"x": 1}, {REMOVE: ["x"]}], "y", "ab", id="all where none says it"),
    ],
)
def test_the_provenance_of_a_value_depends_only_on_the_layers_that_set_its_first_key(
    values: list[Map], key: str, expected: str
) -> None:
    whole = stack(*values)
    found = layers_setting(whole, key)
    assert "".join(layer.name for layer in found) == expected
    alone = Stack(tuple(layer for layer in whole.layers if layer in found))
    assert provenance(alone, (key, "z")) == provenance(whole, (key, "z"))


def test_the_origin_of_a_missing_value_is_that_of_the_nearest_map_above() -> None:
    assert origin(stack({"x": {"y": 1}}, {"z": 1}), ("x", "missing")) == (Place("a.yaml", ("x",)), ())


def test_the_origin_of_a_missing_key_is_the_file_that_made_the_map() -> None:
    """The tenant's before the platform's, the first before those that add to it, the whole before a part."""
    layers = (
        Layer("defaults", 0, "platform", "defaults.yaml", {"alerts": {"a": {"for": 1}}}),
        Layer("tenant", 1, "tenant", "tenant.yaml", {"alerts": {"a": {"expr": 1}}}),
        Layer("services", 2, "tenant", "services/x.yaml", {"services": {"x": {}}}, ("services", "x")),
        Layer("overlay", 3, "tenant", "overlay.yaml", {"alerts": {"a": {"for": 2}}}),
    )
    assert origin(Stack(layers), ("alerts", "a", "summary"))[0] == Place("tenant.yaml", ("alerts", "a"))
    assert origin(Stack(layers), ("timezone",))[0] == Place("tenant.yaml")
    assert origin(Stack(layers), ("services", "x", "owner"))[0] == Place("services/x.yaml")


def test_the_origin_of_a_deleted_value_is_the_layer_that_deleted_it() -> None:
    taken = stack({"zone": "UTC", "alerts": {"a": {"expr": 1}}}, {REMOVE: ["zone"], "alerts": {"a": {PATCH: "delete"}}})
    assert origin(taken, ("zone",))[0] == Place("b.yaml", (REMOVE, 0))
    assert origin(taken, ("alerts", "a", "expr"))[0] == Place("b.yaml", ("alerts", "a", PATCH), "key")


def test_an_origin_follows_references_to_where_their_values_are_set() -> None:
    layers = stack({"a": "%{b}", "b": "x %{c.d}", "c": {"d": 1}, "m": "%{c}"})
    assert [note.place and note.place.keys for note in origin(layers, ("a",))[1]] == [("b",), ("c", "d")]
    assert [note.place and note.place.keys for note in origin(layers, ("m", "d"))[1]] == [("c", "d")]


def test_references_in_a_circle_are_followed_once() -> None:
    layers = stack({"a": "%{b}", "b": "%{a}"})
    assert [note.place and note.place.keys for note in origin(layers, ("a",))[1]] == [("b",)]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": 1}, "a map of 1"),
        ([1, 2], "a list of 2"),
        (None, "null"),
        (True, "true"),
        ("x" * 50, "x" * 39 + "…"),
        (5, "5"),
    ],
)
def test_a_value_in_a_few_words(value: Value, words: str) -> None:
    assert brief(value) == words
