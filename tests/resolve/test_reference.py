import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map, Value
from varve.resolve.reference import plain, resolve


def resolved(value: Map) -> tuple[Map, list[tuple[str, str]]]:
    """What `value` resolves to if one file sets all of it, and the codes and paths of what was reported."""
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
        pytest.param("<%{n}>", "<5>", id="a number inside a text"),
        pytest.param("%{m.x[1]}!", "true!", id="a truth value inside a text"),
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
    found, reported = resolved(base | {"v": written})
    assert (found["v"], reported) == (expected, [])


@pytest.mark.parametrize(
    ("value", "reported"),
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
        pytest.param({"v": "%{v", "w": 1}, [("resolve/open-reference", "v")], id="a text that opens and never closes"),
        pytest.param({"v": "see %{w and x", "w": 1}, [("resolve/open-reference", "v")], id="one opened in a text"),
        pytest.param({"v": "%{env:HOME}"}, [("resolve/unknown-variable", "v")], id="a variable that is not named"),
    ],
)
def test_a_reference_is_refused(value: Map, reported: list[tuple[str, str]]) -> None:
    assert resolved(value)[1][: len(reported)] == reported


def test_a_misspelt_reference_is_corrected() -> None:
    report = Report()
    value: Map = {"services": {"checkout": {"owner": "x"}}, "v": "%{services.chekout.owner}"}
    resolve(value, Stack((Layer("only", 0, "tenant", "only.yaml", value),)), {}, report)
    assert [each.hint for each in report] == ["did you mean `services.checkout.owner`?"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"v": "%{platform.locale}"}, id="a tenant that asks for what the platform says"),
        pytest.param({"platform": {"v": "x %{tenant.id}"}}, id="the platform that asks for a tenant"),
    ],
)
def test_between_platform_and_tenants_the_hint_is_to_write_the_value(value: Map) -> None:
    report = Report()
    resolve(value, Stack((Layer("only", 0, "platform", "only.yaml", value),)), {}, report)
    assert [(each.hint or "").partition(":")[0] for each in report] == ["write the value itself"]


def test_a_circle_shows_its_other_members_and_not_the_way_into_it() -> None:
    report = Report()
    value: Map = {"in": "%{a}", "a": "%{b}", "b": "%{c}", "c": "%{a}"}
    resolve(value, Stack((Layer("only", 0, "tenant", "only.yaml", value),)), {}, report)
    [diagnostic] = report
    assert diagnostic.message == "`a -> b -> c -> a` is a circle"
    assert [note.place.keys for note in diagnostic.notes if note.place] == [("a",), ("b",)]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_each_circle_is_reported_once(targets: list[int]) -> None:
    """Value number i refers to number targets[i], where there is one; each circle of that graph is one mistake."""
    value: Map = {f"v{index}": f"%{{v{target}}}" for index, target in enumerate(targets) if target < len(targets)}
    _, said = resolved(value | {f"v{index}": 1 for index, target in enumerate(targets) if target >= len(targets)})
    ends = set()
    for start in range(len(targets)):
        here, path = start, []
        while here < len(targets) and here not in path:
            path.append(here)
            here = targets[here]
        if here < len(targets):
            ends.add(frozenset(path[path.index(here) :]))
    assert [code for code, _ in said] == ["resolve/circular-reference"] * len(ends)


def test_a_text_that_doubles_with_every_step_is_refused_before_it_grows() -> None:
    value: Map = {f"v{index}": f"%{{v{index + 1}}}%{{v{index + 1}}}" for index in range(40)}
    found, reported = resolved(value | {"v40": "ha"})
    assert [code for code, _ in reported] == ["resolve/reference-expansion"]
    assert max(len(str(each)) for each in found.values()) < 3_000_000


def test_a_map_that_doubles_with_every_step_is_refused_too() -> None:
    value: Map = {f"v{index}": {"a": f"%{{v{index + 1}}}", "b": f"%{{v{index + 1}}}"} for index in range(40)}
    _, reported = resolved(value | {"v40": {}})
    assert [code for code, _ in reported] == ["resolve/reference-expansion"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_long_chain_of_references_is_refused_from_either_end(order: int) -> None:
    value: Map = {f"v{index}": {"next": f"%{{v{index + 1}}}"} for index in range(3000)}
    _, reported = resolved(dict(list((value | {"v3000": "end"}).items())[::order]))
    assert [code for code, _ in reported] == ["resolve/reference-expansion"]


def test_a_map_inside_a_text_leaves_the_reference_as_it_is_written() -> None:
    found, _ = resolved({"v": "see %{m} and %{t}", "m": {"secret": "a/b"}, "t": "x"})
    assert found["v"] == "see %{m} and x"


@pytest.mark.parametrize(("value", "text"), [(None, ""), (True, "true"), (False, "false"), (1.5, "1.5"), ("x", "x")])
def test_scalars_read_in_a_text_as_they_are_written(value: object, text: str) -> None:
    assert plain(value) == text
