"""A history is rendered as a table for people, and as one JSON document for programs."""

import json as standard
from datetime import UTC, datetime

import pytest

from varve.model.diagnostic import Span
from varve.model.layer import Layer, Stack
from varve.model.pack import Pack
from varve.model.source import Keys, Map, Value
from varve.render.history import Commit, Line, json, text, unset
from varve.resolve.history import history

ADA = Commit("a8904a6dac" + "0" * 30, "Ada", datetime(2025, 1, 31, 9, tzinfo=UTC))
PACKS = {"http": Pack("http", "service", {"properties": {"latency": {"default": "1s"}, "other": {}}}, {})}


def lines(layers: list[Map], *paths: Keys, commit: Commit | None = ADA, beyond: bool = False) -> list[Line]:
    """What the layers, weakest first, contribute to the paths, each on its own line."""
    stack = Stack(tuple(Layer("abc"[i], i, "platform", f"{'abc'[i]}.yaml", value) for i, value in enumerate(layers)))
    found = [(keys, contribution) for keys in paths for contribution in history(stack, keys)]
    return [Line(keys, contribution, Span(i, 2, 3), commit, beyond) for i, (keys, contribution) in enumerate(found, 1)]


def test_a_scalar_is_shown_with_all_layers_that_set_it() -> None:
    shown = text({"zone": "UTC"}, ("zone",), lines([{"zone": None}, {"zone": "UTC"}], ("zone",)))
    assert shown == (
        "zone is UTC\n"
        "UTC   sets        b  b.yaml:1:2  a8904a6dac 2025-01-31 Ada\n"
        "null  overridden  a  a.yaml:2:2  a8904a6dac 2025-01-31 Ada\n"
    )


def test_a_list_is_shown_in_full() -> None:
    assert text({"x": ["é", 1]}, ("x",), lines([{"x": ["é", 1]}], ("x",))).startswith(
        'x is ["é", 1]\na list of 2  sets'
    )


def test_each_value_of_a_map_is_shown() -> None:
    whole: Map = {"m": {"a": 1, "b": {"c": True}}}
    shown = text(whole, ("m",), lines([whole], ("m", "a"), ("m", "b", "c")))
    assert [line.split()[:3] for line in shown.splitlines()] == [["m.a", "1", "a"], ["m.b.c", "true", "a"]]


def test_a_deleted_value_is_shown_as_not_set() -> None:
    shown = text({}, ("x",), lines([{"x": 1}, {"x": {"$patch": "delete"}}], ("x",)))
    assert [line.split()[:2] for line in shown.splitlines()] == [["x", "is"], ["deletes", "b"], ["1", "overridden"]]


@pytest.mark.parametrize(("beyond", "who"), [(True, "unknown"), (False, "not committed yet")])
def test_a_line_without_a_commit_shows_why(beyond: bool, who: str) -> None:  # noqa: FBT001 - a table
    assert text({"x": 1}, ("x",), lines([{"x": 1}], ("x",), commit=None, beyond=beyond)).endswith(f"  {who}\n")


def test_json_has_the_value_and_each_contribution() -> None:
    record = standard.loads(json({"x": "é"}, ("x",), lines([{"x": "é"}], ("x",))))
    assert (record["path"], record["value"]) == ("x", "é")
    assert record["history"] == [
        {"path": "x", "layer": "a", "priority": 0, "owner": "platform", "verdict": "sets", "value": "é"}
        | {"file": "a.yaml", "line": 1, "column": 2}
        | {"commit": ADA.id, "author": "Ada", "date": "2025-01-31T09:00:00+00:00"}
    ]


@pytest.mark.parametrize(
    ("path", "explanation"),
    [
        pytest.param(("environment",), "environment is dev: varve itself sets it", id="the environment"),
        pytest.param(("services", "s", "packs", "http", "latency"), 'is "1s": the default of the pack', id="a default"),
        pytest.param(
            ("services", "s", "packs", "http", "other"), "none of these layers sets it\n  a ", id="no default"
        ),
        pytest.param(("servces", "s"), "did you mean `services.s`?\n", id="a path that is misspelt"),
    ],
)
def test_a_path_that_no_layer_sets_is_explained(path: Keys, explanation: str) -> None:
    whole: Map = {"environment": "dev", "services": {"s": {"packs": {"http": {}}}}}
    assert explanation in unset(whole, path, Stack((Layer("a", 0, "platform", "a.yaml", {}),)), PACKS)


HOSTILE = "##[error]no\u009b2J\u202e"
WAYS: tuple[Keys, ...] = ((HOSTILE,), ("list",), ())


def test_no_text_moves_a_cursor_or_commands_a_ci_host() -> None:
    whole: Map = {HOSTILE: HOSTILE, "list": [HOSTILE], "near": {"##[error]x": 1}}
    author = ADA._replace(author=HOSTILE)
    outputs = [each(whole, keys, lines([whole], keys, commit=author)) for each in (text, json) for keys in WAYS]
    outputs.append(unset(whole, ("near", "##[error]y"), Stack(()), {}))
    assert "did you mean" in outputs[-1]
    for each in outputs:
        assert each.replace("\n", "").isprintable()
        assert "##[" not in each


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        *((text_, f'"{text_}"') for text_ in ("true", "null", "12", "-1.5e3", "", " a", "a ", "a map of 2")),
        *((text_, text_) for text_ in ("truer", "10.0.0.1", "5m", "nullable", "a b")),
        (True, "true"),
        (None, "null"),
        (12, "12"),
        ('"a"', r'"\"a\""'),
    ],
)
def test_a_text_that_could_be_mistaken_for_another_value_is_quoted(value: Value, shown: str) -> None:
    whole: Map = {"m": {"x": value}}
    head, line = text(whole, ("m", "x"), lines([whole], ("m", "x"))).splitlines()
    assert (head, line.partition("  sets")[0]) == (f"m.x is {shown}", shown)
    assert text(whole, ("m",), lines([whole], ("m", "x"))).startswith(f"m.x  {shown}  a")


def test_a_deleted_key_of_a_map_is_shown_as_not_set() -> None:
    layers: list[Map] = [{"m": {"x": 1, "y": 2}}, {"m": {"$remove": ["y"]}}]
    assert text({"m": {"x": 1}}, ("m",), lines(layers, ("m", "y"))[:1]).startswith("m.y  not set  b  b.yaml:1:2")
