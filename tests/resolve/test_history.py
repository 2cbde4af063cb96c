import pytest

from varve.language.name import keys as path
from varve.model.diagnostic import Place
from varve.model.layer import Layer, Stack
from varve.model.source import Map, Value
from varve.resolve.history import about, brief, history, origin, said
from varve.resolve.merge import Strategy
from varve.resolve.word import PATCH, REMOVE


def stack(*values: Map) -> Stack:
    return Stack(tuple(Layer("abc"[i], i, "platform", f"{'abc'[i]}.yaml", value) for i, value in enumerate(values)))


@pytest.mark.parametrize(
    ("values", "asked", "told"),
    [
        pytest.param([{"x": 1}, {}, {"x": 2}], "x", [("c", "says"), ("a", "overridden")], id="strongest first"),
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
            [("b", "says"), ("a", "overridden")],
            id="replaced by a map with it",
        ),
        pytest.param(
            [{"x": {"y": 1}}, {"x": None}], "x.y", [("b", "replaces"), ("a", "overridden")], id="replaced by a scalar"
        ),
        pytest.param([{"x": [1]}, {"x": [2, 3]}], "x[1]", [("b", "says")], id="inside a list"),
        pytest.param([{"x": 1}], "y", [], id="never said"),
    ],
)
def test_a_history_asks_each_layer(values: list[Map], asked: str, told: list[tuple[str, str]]) -> None:
    keys = path(asked)
    assert keys is not None
    assert [(voice.layer.name, voice.verdict) for voice in history(stack(*values), keys)] == told


SET = Strategy("set")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param([{"x": [1]}, {"x": [2]}], [("b", "says"), ("a", "adds")], id="each adds to the one below"),
        pytest.param(
            [{"x": [1]}, {"x": 5}, {"x": [2]}], [("c", "says"), ("b", "overridden"), ("a", "overridden")], id="a scalar"
        ),
        pytest.param([{"x": [1]}, {REMOVE: ["x"]}], [("b", "removes"), ("a", "overridden")], id="removed"),
        pytest.param(
            [{"x": [1]}, {"x": {PATCH: "delete"}}, {"x": [2]}],
            [("c", "says"), ("b", "deletes"), ("a", "overridden")],
            id="deleted in between",
        ),
    ],
)
def test_what_a_set_is_made_of_is_not_overridden(values: list[Map], told: list[tuple[str, str]]) -> None:
    assert [(voice.layer.name, voice.verdict) for voice in history(stack(*values), ("x",), SET)] == told


def test_a_map_that_is_one_value_overrides_the_map_below_it() -> None:
    voices = history(stack({"x": {"y": 1}}, {"x": {"z": 1}}), ("x",), Strategy(atom=True))
    assert [(voice.layer.name, voice.verdict) for voice in voices] == [("b", "says"), ("a", "overridden")]


def test_of_what_is_removed_only_the_path_is_said() -> None:
    [said, _] = history(stack({"x": {"y": 1, "z": 1}}, {"x": {REMOVE: ["z", "y"]}}), ("x", "y"))
    assert (said.value, said.place.keys) == (["y"], ("x", REMOVE, 1))


def test_an_origin_names_the_strongest_voice_and_whom_it_overrode() -> None:
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
def test_where_a_value_is_said_rests_on_the_layers_about_it(values: list[Map], key: str, expected: str) -> None:
    whole = stack(*values)
    found = about(whole, key)
    assert "".join(layer.name for layer in found) == expected
    alone = Stack(tuple(layer for layer in whole.layers if layer in found))
    assert said(alone, (key, "z")) == said(whole, (key, "z"))


def test_what_nobody_says_comes_from_the_nearest_above_it() -> None:
    assert origin(stack({"x": {"y": 1}}, {"z": 1}), ("x", "missing")) == (Place("a.yaml", ("x",)), ())


def test_what_a_map_lacks_is_asked_of_the_file_that_made_it() -> None:
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


def test_what_a_layer_took_away_is_asked_of_that_layer() -> None:
    taken = stack({"zone": "UTC", "alerts": {"a": {"expr": 1}}}, {REMOVE: ["zone"], "alerts": {"a": {PATCH: "delete"}}})
    assert origin(taken, ("zone",))[0] == Place("b.yaml", (REMOVE, 0))
    assert origin(taken, ("alerts", "a", "expr"))[0] == Place("b.yaml", ("alerts", "a", PATCH), "key")


def test_an_origin_follows_references_to_where_the_value_is_said() -> None:
    said = stack({"a": "%{b}", "b": "x %{c.d}", "c": {"d": 1}, "m": "%{c}"})
    assert [note.place and note.place.keys for note in origin(said, ("a",))[1]] == [("b",), ("c", "d")]
    assert [note.place and note.place.keys for note in origin(said, ("m", "d"))[1]] == [("c", "d")]


def test_references_in_a_circle_are_followed_once() -> None:
    said = stack({"a": "%{b}", "b": "%{a}"})
    assert [note.place and note.place.keys for note in origin(said, ("a",))[1]] == [("b",)]


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
