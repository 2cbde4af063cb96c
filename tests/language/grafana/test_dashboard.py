from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.grafana.dashboard import filled, length, listed

CONSTANT: dict[str, Any] = {"name": "A", "type": "constant", "value": "eu"}


def test_a_constant_replaces_its_input_in_all_texts() -> None:
    value: dict[str, Any] = {"__inputs": [CONSTANT], "tags": ["${A}-1", 7], "panels": [{"${A}": "of ${A} and ${B}"}]}
    assert filled(value) == {"__inputs": [CONSTANT], "tags": ["eu-1", 7], "panels": [{"${A}": "of eu and ${B}"}]}


@pytest.mark.parametrize("text", ["$A", "[[A]]", "${A:raw}", "${ A}", "$${A"])
def test_texts_that_grafana_does_not_expand_stay(text: str) -> None:
    assert filled({"__inputs": [CONSTANT], "title": text})["title"] == text


def test_inserted_values_are_not_expanded_again() -> None:
    inputs: Any = [{**CONSTANT, "value": "${B}"}, {"name": "B", "type": "constant", "value": "${A}"}]
    assert filled({"__inputs": inputs, "title": "${A}${B}"})["title"] == "${B}${A}"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("prometheus", "${datasource}"), (None, "${datasource}"), ("__expr__", "__expr__"), ("grafana", "grafana")],
)
def test_a_data_source_is_the_tenants_unless_it_is_built_in(kind: str | None, expected: str) -> None:
    inputs: Any = [{"name": "DS", "type": "datasource", "pluginId": kind}]
    assert filled({"__inputs": inputs, "title": "${DS}"})["title"] == expected


def test_a_constant_without_a_value_is_empty() -> None:
    assert filled({"__inputs": [{"name": "A", "type": "constant"}], "title": "x${A}"})["title"] == "x"


def test_a_value_that_is_not_json_is_a_text() -> None:
    deep = "[" * 100_000
    assert [listed(text) for text in ('["a", {"b": 1}]', "a, b", deep)] == [["a", {"b": 1}], "a, b", deep]


def _characters(value: Any) -> int:  # noqa: ANN401 - any piece of a dashboard
    match value:
        case str():
            return len(value)
        case dict():
            return sum(len(key) + _characters(each) for key, each in value.items())
        case list():
            return sum(map(_characters, value))
    return 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["${A}", "${B}", "${DS}", "$", "{A}", "x"]), max_size=6).map("".join), st.text(max_size=9)
)
def test_the_length_is_that_of_the_result(text: str, constant: str) -> None:
    inputs: Any = [{**CONSTANT, "value": constant}, {"name": "DS", "type": "datasource"}]
    value: dict[str, Any] = {"__inputs": inputs, "title": text, "panels": [{"title": text, "id": 1}]}
    assert length(value) == _characters(filled(value))


def test_the_length_is_computed_without_the_result() -> None:
    inputs: Any = [{**CONSTANT, "value": "a" * 1_000_000}]
    assert length({"__inputs": inputs, "title": "${A}" * 100_000}) > 100_000_000_000
