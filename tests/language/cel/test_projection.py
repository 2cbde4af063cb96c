"""What expressions use: with a value that is cut to it, they have the same result or the same fault."""

from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varve.language.cel import expression, projection
from varve.language.cel.expression import Expression, Kind
from varve.model.source import Map, Value

VARIABLES: Final[Mapping[str, Kind]] = {"a": "map", "b": "map", "many": "maps", "word": "string"}

LABELS: Final[Map] = {"team": "x", "tier": "gold"}
LIST: Final[list[Value]] = [{"p": 1, "q": "long"}, {"p": 2, "r": {"s": True}}]
DEEP: Final[Map] = {"one": {"u": 1, "v": 2}, "two": {"u": 3}}
A: Final[Map] = {"name": "Down", "n": 3, "labels": LABELS, "list": LIST, "texts": ["x", "y"], "deep": DEEP}
DATA: Final[Map] = {
    "a": A,
    "b": {"key": "team", "unused": ["z"] * 3},
    "many": [{"name": "x", "of": {"k": 1}}, {"name": "y"}],
    "word": "team",
}

CUT: dict[str, tuple[str, Map]] = {
    "a field": ("a.name == 'Down'", {"a": {"name": "Down"}}),
    "two fields of two": ("a.n > 1 && b.key != ''", {"a": {"n": 3}, "b": {"key": "team"}}),
    "a field that is not there": ("a.nope == 1", {"a": {}}),
    "a field of a field": ("a.deep.one.u == 1", {"a": {"deep": {"one": {"u": 1}}}}),
    "whether one is there": ("has(a.labels)", {"a": {"labels": {}}}),
    "whether one of one is there": ("has(a.deep.one)", {"a": {"deep": {"one": {}}}}),
    "one by a text": ("a['name'] == 'Down'", {"a": {"name": "Down"}}),
    "one by a text with an escape": (r"a['\x6eame'] == 'Down'", {"a": A}),
    "one by another value": ("a.labels[b.key] == 'x'", {"a": {"labels": LABELS}, "b": {"key": "team"}}),
    "one by a number": ("a.list[0].p == 1", {"a": {"list": [{"p": 1}, {"p": 2}]}}),
    "the keys of a map": ("'team' in a.deep", {"a": {"deep": {"one": {}, "two": {}}}}),
    "what a list holds": ("'x' in a.texts", {"a": {"texts": ["x", "y"]}}),
    "how many there are": ("a.deep.size() == 2", {"a": {"deep": {"one": {}, "two": {}}}}),
    "how many a function counts": ("size(a.texts) == 2", {"a": {"texts": ["x", "y"]}}),
    "a field of each": ("a.list.all(x, x.p > 0)", {"a": {"list": [{"p": 1}, {"p": 2}]}}),
    "a field of each by its key": (
        "a.deep.all(k, a.deep[k].u > 0)",
        {"a": {"deep": {"one": {"u": 1}, "two": {"u": 3}}}},
    ),
    "one of which more is used than of each": (
        "a.deep.all(k, a.deep[k].u > 0) && a.deep.one.v == 2",
        {"a": {"deep": {"one": {"u": 1, "v": 2}, "two": {"u": 3}}}},
    ),
    "each as it is": ("a.list.exists(x, x == {'p': 1})", {"a": {"list": LIST}}),
    "how long each is": ("a.texts.all(x, x.size() == 1)", {"a": {"texts": ["x", "y"]}}),
    "loops inside loops": (
        "many.all(x, !has(x.of) || x.of.all(k, x.of[k] == 1))",
        {"many": [{"of": {"k": 1}}, {}]},
    ),
    "a loop that is named as a variable": ("many.all(a, a.name != '')", {"many": [{"name": "x"}, {"name": "y"}]}),
    "a variable after a loop that is named so": (
        "many.all(a, a.name != '') && a.n == 3",
        {"many": [{"name": "x"}, {"name": "y"}], "a": {"n": 3}},
    ),
    "a variable inside a loop that is named so": (
        "many.all(a, .a.n == 3 && has(a.name))",
        {"many": [{"name": "x"}, {"name": "y"}], "a": {"n": 3}},
    ),
    "a field that is named as a variable": ("!has(a.many)", {"a": {}}),
    "a name in quotes": ("a.`name` == 'Down'", {"a": {"name": "Down"}}),
    "one of a choice": (
        "(true ? a.deep : a.labels).one.u == 1",
        {"a": {"deep": DEEP, "labels": LABELS}},
    ),
    "an expression in parentheses": ("(a.deep).one.u == 1", {"a": {"deep": DEEP}}),
    "what is put into a list": ("[a.deep].all(x, x.one.u == 1)", {"a": {"deep": DEEP}}),
    "a whole variable": ("type(a) == map", {"a": A}),
    "two that are compared": ("a.deep == a.labels", {"a": {"deep": DEEP, "labels": LABELS}}),
    "a text": ("word == 'team'", {"word": "team"}),
    "nothing at all": ("true", {}),
}


@pytest.mark.parametrize(("text", "left"), CUT.values(), ids=CUT)
def test_a_value_is_cut_to_what_is_used(text: str, left: Map) -> None:
    assert cut_for(text, DATA) == left
    same(text, DATA)


def test_several_expressions_share_one_projection() -> None:
    cuts = projection.cuts(("a.n > 1", "has(a.labels.team)", "a.labels.size() > 1"), ("a",))
    assert cuts["a"](A) == {"n": 3, "labels": {"team": "x", "tier": "gold"}}


def test_a_value_of_an_unexpected_type_keeps_it() -> None:
    cuts = projection.cuts(("a.list.all(x, x.p > 0) && has(a.name) && a.deep.one.u == 1",), ("a",))
    odd: Map = {"list": "text", "name": [1, 2], "deep": [3]}
    assert cuts["a"](odd) == {"list": "text", "name": [], "deep": []}


def test_the_original_value_is_not_changed() -> None:
    before = repr(DATA)
    cut_for("a.list.all(x, x.p > 0) && a.deep.one.u == 1", DATA)
    assert repr(DATA) == before


def cut_for(text: str, data: Mapping[str, Value]) -> Map:
    """The part of the data that an expression uses."""
    return {name: cut(data[name]) for name, cut in projection.cuts((text,), tuple(VARIABLES)).items()}


def same(text: str, data: Mapping[str, Value]) -> None:
    """Whether an expression has the same result for the data and for the part that it uses."""
    made = expression.compiled(text, VARIABLES)
    assert isinstance(made, Expression)
    whole, part = (
        expression.is_true(made, expression.activation(VARIABLES, each)) for each in (data, cut_for(text, data))
    )
    assert part == whole, (text, whole, part)


_ATOMS: Final = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "k", "name", "xx"])
_VALUES: Final = st.recursive(
    _ATOMS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "n", "of", "all"]), inner),
    max_leaves=12,
)
_MAPS: Final = st.dictionaries(st.sampled_from(["k", "n", "of", "all", "size"]), _VALUES, max_size=4)
_PATHS: Final = st.recursive(
    st.sampled_from(["a", "b", "x", "y"]),
    lambda inner: st.one_of(
        st.builds("{}.{}".format, inner, st.sampled_from(["k", "n", "of", "all", "size"])),
        st.builds("{}[{}]".format, inner, st.sampled_from(["'k'", '"n"', "0", "word", "'\\x6b'", "b.k", "x"])),
        st.builds("({})".format, inner),
    ),
    max_leaves=5,
)
_ASKING: Final = st.recursive(
    st.one_of(
        st.builds("{} == {}".format, _PATHS, st.sampled_from(["1", "'k'", "null", "true", "[]", "{}", "a", "b.n"])),
        st.builds("{} in {}".format, st.sampled_from(["'k'", "1", "word", "b.k"]), _PATHS),
        st.builds("has({}.{})".format, _PATHS, st.sampled_from(["k", "n", "of", "all"])),
        st.builds("{}.size() > {}".format, _PATHS, st.integers(0, 2)),
        st.builds("size({}) > {}".format, _PATHS, st.integers(0, 2)),
        st.builds("type({}) == {}".format, _PATHS, st.sampled_from(["map", "list", "string"])),
        st.builds("{}.startsWith('k')".format, _PATHS),
    ),
    lambda inner: st.one_of(
        st.builds("{} && {}".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("{}.{}({}, {})".format, _PATHS, st.sampled_from(["all", "exists"]), st.sampled_from("xyab"), inner),
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(text=_ASKING, a=_MAPS, b=_MAPS, many=st.lists(_MAPS, max_size=2))
def test_unused_data_has_no_effect_on_the_result(text: str, a: Map, b: Map, many: list[Value]) -> None:
    loops = f"many.all(x, many.exists(y, {text}))"
    if isinstance(expression.compiled(loops, VARIABLES), Expression):
        same(loops, {"a": a, "b": b, "many": many, "word": "k"})
