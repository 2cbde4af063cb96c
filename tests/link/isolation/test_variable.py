"""The proof accepts exactly the variables that the emitter accepts, and finds changed bytes."""

import json
from collections.abc import Callable
from time import process_time
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emit.grafana.variables import HOSTILE, REFUSED, TAKEN, custom, drawn, made, query_variable
from varve.link.isolation import dashboard
from varve.link.isolation.evidence import Breach, Facts, File
from varve.link.isolation.variable import breaches
from varve.model.source import Keys

PATH: Final = "build/production/tenants/acme/dashboards/raw/traffic.json"


def proven(written: object) -> tuple[Breach, ...]:
    value = json.loads(json.dumps(written))
    return dashboard.prove(File(PATH, "acme", strict=False, value=value), Facts("production", "/run")).breaches


@pytest.mark.parametrize("source", TAKEN.values(), ids=TAKEN)
def test_variables_that_the_emitter_accepts_are_proven(source: dict[str, Any]) -> None:
    assert proven(made(source)[0]) == ()


@pytest.mark.parametrize("source", [source for source, _ in REFUSED.values()], ids=REFUSED)
def test_variables_that_the_emitter_refuses_are_not_proven(source: dict[str, Any]) -> None:
    assert proven(made(source)[0])


PIECES: Final = st.sampled_from(
    [
        "up",
        "5m",
        "1.5",
        "0",
        " : ",
        "\t:\t",
        ",",
        "\\,",
        "\\",
        "\\\\",
        '"',
        "'",
        "`",
        "$",
        "{",
        "[[",
        "]]",
        "y",
        "$y",
        "${y}",
        "$__interval",
        "$__rate_interval",
        "$__auto_interval_x",
        "$__all",
        "_",
        "(",
        ")",
        "|",
        ".*",
        " ",
        "-",
        "\u00a0",
        "é",
    ]
)
PLACES: Final = ("sum($x)", "up > ${x:raw}", "rate(up[$x])", 'up{a="${x}"}', 'up{a="${x:text}"}', "sum by ($x) (up)")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES, max_size=6).map("".join),
    st.sampled_from(PLACES),
    st.sampled_from(["custom", "interval", "constant", "textbox"]),
)
def test_proof_and_emitter_agree_on_any_value(text: str, expr: str, kind: str) -> None:
    written, wrong = made(drawn(expr, {"name": "x", "type": kind, "query": text}))
    assert bool(wrong) == bool(proven(written))


ATOMS: Final = [
    "^",
    "$",
    "(",
    ")",
    "|",
    "?:",
    "a",
    "0",
    ".",
    "\\.",
    "\\d",
    "\\w",
    "[0-9]",
    "[^a]",
    "[a-z]",
    "[A-z]",
    "+",
    "*",
    "?",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(ATOMS), max_size=7).map("".join), st.sampled_from(PLACES[:3]))
def test_proof_and_emitter_agree_on_any_regex(inside: str, expr: str) -> None:
    written, wrong = made(drawn(expr, query_variable(regex=f"/{inside}/")))
    assert bool(wrong) == bool(proven(written))


def variable(**fields: object) -> Callable[[Any], None]:
    return lambda file: file["templating"]["list"][1].update(fields)


def target(**fields: object) -> Callable[[Any], None]:
    return lambda file: file["panels"][0]["targets"][0].update(fields)


X: Final = ("templating", "list", 1)
SPOILT: Final[dict[str, tuple[Callable[[Any], None], Keys]]] = {
    "a value": (variable(query=HOSTILE), (*X, "query")),
    "the current value": (variable(current={"value": HOSTILE}), (*X, "current", "value")),
    "all": (variable(allValue=HOSTILE), (*X, "allValue")),
    "an option": (variable(options=[{"value": HOSTILE}]), (*X, "options", 0, "value")),
    "several": (variable(current={"value": ["up", "b"]}, multi=False, query="up"), X),
    "a name that no query can use": (variable(name="1"), X),
    "a name that is another's": (variable(name="datasource"), X),
    "filters added to a query": (target(adhocFilters=[]), ("panels", 0, "targets", 0, "adhocFilters")),
    "a scope added to a query": (target(Scopes=[]), ("panels", 0, "targets", 0, "Scopes")),
    "another query in its target": (target(EXPR="up"), ("panels", 0, "targets", 0, "EXPR")),
    "a variable over the end of a string": (
        target(expr='up{tenant="acme",a="${x:",b="}"}'),
        ("panels", 0, "targets", 0, "expr"),
    ),
    "what a copied panel holds": (
        lambda file: file["panels"][0].update(scopedVars={"x": {"value": HOSTILE}}),
        ("panels", 0, "scopedVars"),
    ),
}


@pytest.mark.parametrize(("spoil", "keys"), SPOILT.values(), ids=SPOILT)
def test_a_changed_byte_is_found(spoil: Callable[[Any], None], keys: Keys) -> None:
    written: Any = made(drawn("sum($x)", custom("up,down")))[0]
    assert proven(written) == ()
    spoil(written)
    found = {each.keys for each in proven(written)}
    assert keys in found


@pytest.mark.parametrize("regex", ["", None, "/.*/", "/^a|b$/", "/^[A-z]+$/", "/^.+$/", "/^(a)?(.*)$/", "/[(\\d)]/", 7])
def test_a_variable_outside_of_strings_needs_a_bounding_regex(regex: object) -> None:
    written: Any = made(drawn("sum($x)", query_variable()))[0]
    assert proven(written) == ()
    written["templating"]["list"][1]["regex"] = regex
    assert proven(written)


def test_many_variables_in_many_queries_are_proven_quickly() -> None:
    """Each variable is checked once for each kind of place, however many queries use it."""
    every = [custom(",".join(f"a{number}" for number in range(90)), name=f"v{index}") for index in range(200)]
    variables = [{**each, "name": f"v{index}"} for index, each in enumerate(every)]
    selectors = " ".join(f'a{{b=~"$v{index}"}} or' for index in range(200))
    queries = [(f"{selectors} c{number}", ("panels", number)) for number in range(500)]
    written: Any = {"templating": {"list": variables}}
    start = process_time()
    assert [*breaches(written, queries, [])] == []
    assert process_time() - start < 10  # seconds; it takes two
