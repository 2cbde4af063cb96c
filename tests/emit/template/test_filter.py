"""Filters and tests are pure, bounded, and work on plain data."""

import pytest

from varve.emit.template.filter import COMPARISONS, FILTERS, TESTS, keep_within
from varve.emit.template.run import LARGEST, Refusal

ROWS = [{"n": 2, "s": {"t": "b"}}, {"n": 1, "s": {"t": "a"}}, {"n": 3}]


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("abs", (-1,), 1),
        ("capitalize", ("ab",), "Ab"),
        ("count", ([1, 2],), 2),
        ("dictsort", ({"b": 1, "B": 2, "a": 3},), [("B", 2), ("a", 3), ("b", 1)]),
        ("first", ([1, 2],), 1),
        ("float", ("0.5",), 0.5),
        ("int", (1.9,), 1),
        ("items", ({"b": 1, "a": 2},), [("b", 1), ("a", 2)]),
        ("join", (["a", 1, True], "-"), "a-1-true"),
        ("last", ([1, 2],), 2),
        ("length", ("abc",), 3),
        ("list", ({"a": 1},), ["a"]),
        ("lower", ("AB",), "ab"),
        ("map", (["a"], "upper"), ["A"]),
        ("max", ([1, 2],), 2),
        ("min", ([1, 2],), 1),
        ("rejectattr", (ROWS, "n", ">", 1), [ROWS[1]]),
        ("rejectattr", (ROWS, "s"), [ROWS[2]]),
        ("replace", ("aXa", "a", "b"), "bXb"),
        ("reverse", ([1, 2],), [2, 1]),
        ("round", (1.256, 2), 1.26),
        ("selectattr", (ROWS, "s.t", "==", "a"), [ROWS[1]]),
        ("selectattr", (ROWS, "s", "defined"), ROWS[:2]),
        ("selectattr", (ROWS, "s", "undefined"), ROWS[2:]),
        ("selectattr", (ROWS, "n", "in", [1, 3]), ROWS[1:]),
        ("sort", ([3, 1, 2],), [1, 2, 3]),
        ("sort", (["b", "B", "a"],), ["B", "a", "b"]),
        ("sort", (ROWS, True, "n"), [ROWS[2], ROWS[0], ROWS[1]]),
        ("string", (0.1,), "0.1"),
        ("sum", ([1, 2.5],), 3.5),
        ("sum", (ROWS, "n"), 6),
        ("title", ("ab cd",), "Ab Cd"),
        ("tojson", ({"a": 1},), {"a": 1}),
        ("unique", ([2, 1, 2],), [2, 1]),
        ("upper", ("ab",), "AB"),
    ],
)
def test_a_filter(name: str, arguments: tuple[object, ...], expected: object) -> None:
    assert FILTERS[name](*arguments) == expected


def test_values_at_an_attribute() -> None:
    assert FILTERS["map"](ROWS, attribute="n") == [2, 1, 3]
    assert FILTERS["map"](ROWS[:2], attribute="s.t") == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("join", ("abc", "-")),
        ("join", ([None], "-")),
        ("join", ([{}], "-")),
        ("list", ("abc",)),
        ("sort", ("abc",)),
        ("string", (None,)),
        ("string", ([],)),
        ("join", (["x"] * 1000, "y" * 2000)),
        ("replace", ("x" * 2000, "x", "y" * 1000)),
    ],
)
def test_a_filter_refuses(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(Refusal):
        FILTERS[name](*arguments)


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("boolean", (True,), (1,)),
        ("divisibleby", (6, 3), (7, 3)),
        ("even", (2,), (3,)),
        ("false", (False,), (0,)),
        ("in", (1, [1]), (2, [1])),
        ("mapping", ({},), ([],)),
        ("none", (None,), (0,)),
        ("number", (1.5,), (True,)),
        ("odd", (3,), (2,)),
        ("sequence", ([],), ("a",)),
        ("string", ("a",), (1,)),
        ("true", (True,), (1,)),
    ],
)
def test_a_test(name: str, yes: tuple[object, ...], no: tuple[object, ...]) -> None:
    assert TESTS[name](*yes)
    assert not TESTS[name](*no)


def test_no_known_dangerous_filter_is_on_the_list() -> None:
    dangerous = {
        "attr",
        "format",
        "random",
        "pprint",
        "safe",
        "xmlattr",
        "center",
        "wordwrap",
        "groupby",
        "urlize",
        "filesizeformat",
    }
    assert not dangerous & FILTERS.keys()
    assert not {"callable", "sameas", "filter", "test"} & TESTS.keys()
    assert not {"**", "*", "%"} & COMPARISONS.keys()


def test_texts_are_limited_in_size() -> None:
    keep_within(LARGEST)
    with pytest.raises(Refusal):
        keep_within(LARGEST + 1)
