import pytest

from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map, Value
from varve.resolve.reference import plain, resolve


def resolved(value: Map) -> tuple[Map, list[tuple[str, str]]]:
    """What `value` gives when one file says all of it, and the codes and paths of what was said."""
    report = Report()
    layers = Stack((Layer("only", 0, "tenant", "only.yaml", value),))
    found = resolve(value, layers, {"REGION_HINT": "none"}, report)
    return found, [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("%{n}", 5, id="a whole reference keeps its type"),
        pytest.param("%{m}", {"x": [1, True]}, id="a map can be referred to as a whole"),
        pytest.param("%{m.x}", [1, True], id="a path leads inside"),
        pytest.param("%{m.x[1]}", True, id="a position leads into a list"),
        pytest.param('%{q["a b"]}', "spaced", id="a key that is not plain"),
        pytest.param("<%{n}>", "<5>", id="a number stands inside a text"),
        pytest.param("%{m.x[1]}!", "true!", id="a truth value stands inside a text"),
        pytest.param("%{t}-%{t}", "text-text", id="two references in a text"),
        pytest.param("%{chain}", 5, id="a reference to a reference"),
        pytest.param("%%{n}", "%{n}", id="a doubled sign is a literal one"),
        pytest.param("100 %{ 1", "100 %{ 1", id="a sign without a letter is text"),
        pytest.param("%{env:REGION_HINT}", "none", id="a variable that is named"),
        pytest.param(["%{n}"], [5], id="inside a list"),
        pytest.param({"k": "%{n}"}, {"k": 5}, id="inside a map"),
        pytest.param({"%{n}": 1}, {"%{n}": 1}, id="never in a key"),
    ],
)
def test_a_reference_stands_for(written: Value, expected: Value) -> None:
    base: Map = {"n": 5, "m": {"x": [1, True]}, "t": "text", "chain": "%{n}", "q": {"a b": "spaced"}}
    found, said = resolved(base | {"v": written})
    assert (found["v"], said) == (expected, [])


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param({"v": "%{nowhere}"}, [("resolve/unknown-reference", "v")], id="leading nowhere"),
        pytest.param(
            {"v": "%{x.y}", "w": ["%{z}"], "x": {}},
            [("resolve/unknown-reference", "v"), ("resolve/unknown-reference", "w[0]")],
            id="all misses together",
        ),
        pytest.param({"v": "%{a..b}"}, [("resolve/unknown-reference", "v")], id="no path at all"),
        pytest.param({"a": "%{b}", "b": "%{a}"}, [("resolve/circular-reference", "b")], id="in a circle"),
        pytest.param({"a": "%{a}"}, [("resolve/circular-reference", "a")], id="to itself"),
        pytest.param({"a": {"b": "%{a}"}}, [("resolve/circular-reference", "a.b")], id="to what holds it"),
        pytest.param({"v": "x %{m}", "m": {"k": 1}}, [("resolve/map-in-text", "v")], id="a map inside a text"),
        pytest.param({"v": "%{env:HOME}"}, [("resolve/unknown-variable", "v")], id="a variable that is not named"),
    ],
)
def test_a_reference_is_refused(value: Map, said: list[tuple[str, str]]) -> None:
    assert resolved(value)[1][: len(said)] == said


def test_a_misspelt_reference_is_corrected() -> None:
    report = Report()
    value: Map = {"services": {"checkout": {"owner": "x"}}, "v": "%{services.chekout.owner}"}
    resolve(value, Stack((Layer("only", 0, "tenant", "only.yaml", value),)), {}, report)
    assert [each.hint for each in report] == ["did you mean `services.checkout`?"]


@pytest.mark.parametrize(("value", "text"), [(None, ""), (True, "true"), (False, "false"), (1.5, "1.5"), ("x", "x")])
def test_scalars_read_in_a_text_as_they_are_written(value: object, text: str) -> None:
    assert plain(value) == text
