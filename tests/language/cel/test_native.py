"""Results in Python are those of the library; if the library has none, Python gives up."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Final, NamedTuple

import pytest

from varve.language.cel import expression, native
from varve.language.cel.expression import Expression, Kind
from varve.language.cel.native import Condition, bindings, condition
from varve.language.cel.term import UNCERTAIN
from varve.model.policy import Scope
from varve.model.source import Map, Value
from varve.policy.scope import VARIABLES, completed

GIVEN: Final[Mapping[str, Kind]] = {"params": "map", "a": "map", "name": "string"}
PARAMETERS: Final[Map] = {
    "names": ["x", "gold"],
    "table": {"gold": "^g", "x": "("},
    "share": 2.5,
    "word": "ol",
    "on": True,
    "bad": "(",
    "sign": "^g",
}
VALUES: Final[list[Value]] = [
    *("", "x", "gold", "Gold", "é€", "5m", "https://Acme.example/x", "1.10", "name", "b"),
    *(0, 1, 3, (1 << 53) - 1, 1 << 60, -2, 2.5, 3.0, 1e300, float("nan"), float("inf"), True, False, None),
    [],
    ["x"],
    ["gold", 1],
    [None],
    [True],
    {},
    {"b": "x"},
    {"gold": "x", "b": {"c": 1}},
]
OTHERS: Final[list[Map]] = [{}, {"gold": "x", "x": {"b": 1}}, {"b": [{"c": 1}, {"c": 1.0}]}, {"b": [{"c": 2}, {}]}]
USUAL: Final = [
    *("has(a.b)", "!has(a.b)", "has(a.b.c)", "a.b", "!a.b", "name == a.b", 'a["b"] != name', "a.b == a.c"),
    *("a.b == 'x'", "a.b != 3", "a.b == 2.5", "a.b == true", "a.b == null", "a.b == []", "a.b == {}", "[] == a.b"),
    *("a.b < 'x'", "a.b <= 3", "a.b > params.share", "a.b >= a.c", "a.b < a.c", "3 > a.b"),
    *("size(a.b) >= 2", "a.b.size() == 1", "a.b.size() == a.c.size()"),
    *("a.b in params.names", "a.b in params.table", "a.b in a.c", "'x' in a.b", "a.b in ['', null]"),
    *(
        "a.b.startsWith('g')",
        "a.b.endsWith(params.word)",
        "a.b.contains(a.c)",
        "a.b.contains('')",
        "name.contains('b')",
    ),
    *("a.b.matches(params.sign)", "a.b.matches('^[gé]')", "a.b.matches(params.table[a.b])", "a.b.matches(a.c)"),
    *("lower(a.b) == 'gold'", "host(a.b) == 'acme.example'", "scheme(a.b) in ['https']", "seconds(a.b) >= 60.0"),
    *("older(a.b, '1.9')", "older('1.9', a.b)", "seconds(a.b) >= seconds('5m')", "lower(a.b) == a.c"),
    *("a.b.all(k, k in params.names)", "a.b.exists(k, k == 'x')", "a.b.all(k, a.b[k] == 'x')", "a.all(k, has(a.b))"),
    *("a.b.exists(k, a.c.all(l, l == k))", "params.names.all(k, k in a)", "a.b.exists(k, k)", "a.b.all(k, k.c == 1)"),
    *(
        "a.b || has(a.c)",
        "has(a.b) && a.b == 'x'",
        "a.b == 'x' || a.c == 'x' || name == 'x'",
        "a.b && a.c && params.on",
    ),
    *("has(a.b) ? a.b == 'x' : has(a.c)", "a.b ? a.c : params.on", "a.b == 'x' ? true : a.c == 'x' ? false : true"),
    *("type(a.b) == string", "type(a.b) == map || type(a.b) == list", "type(a.b) != int", "type(a.b) == double"),
    *("type(a.b) == bool", "type(a.b) == type(a.c)", "a.b == 'x' // twice", "// once\n(a.b == 'x')"),
    *("a.b == r'x'", 'a.b.matches(R"^\\w+$")', "a.b != r'\\w'", 'a.b == r""'),
    *("!(a.b == 'x' && !has(a.c))", "a[name] == 'x'", "a.b[a.c] == 'x'"),
    *('a.b == "it\'s"', 'a.b == "\\"x\\""', "a == params", "a.b == params.table", "(has(a.b))", "!!has(a.b)"),
]
DOUBTED: Final = ["a.b < true", "a.b[0] == 'x'", "1 in a.b", "a.b in [a.c]"]
UNUSUAL: Final = [
    *(
        "a.b == b'x'",
        "a.b == r'''x'''",
        "a.b == '''x'''",
        "a.b == '\\u0078'",
        "a.b < 1e3",
        "a.b == 0x1",
        "a.b - 1 < 2",
        "-1 < a.b",
    ),
    *("params.missing == a.b", "dyn(a.b) == 'x'", "timestamp(a.b) == timestamp(a.c)", "a.b.matches(params.bad)"),
    *(
        "a.b.all(name, true)",
        "a.b.all(params, true)",
        "a.b.all(k, a.c.all(k, k))",
        "a.b == 'x' == true",
        ".name == 'x'",
    ),
    *("a.`b` == 'x'", "(" * 25 + "a.b" + ")" * 25, "!" * 30 + "a.b", "a" + ".b" * 30, "1234567890123456 == a.b"),
]


def some() -> Iterator[Map]:
    """Maps with one or two of the values, and other maps."""
    for one in VALUES:
        yield {"b": one}
        yield from ({"b": one, "c": other} for other in VALUES)
    yield from OTHERS


def count_certain(text: str) -> int:
    """How many results are certain; each must be that of the library."""
    made, evaluate = expression.compiled(text, GIVEN), condition(text, GIVEN, PARAMETERS)
    assert isinstance(made, Expression), made
    found = 0
    for each in some():
        given: Map = {"a": each, "name": "b", "params": PARAMETERS}
        if evaluate is not None and (result := answer(evaluate, given)) is not None:
            assert result is expression.is_true(made, expression.activation(GIVEN, given)), each
            found += 1
    return found


def answer(evaluate: Condition, given: Map) -> bool | None:
    """The result in Python, or None if it gives up."""
    try:
        return evaluate(bindings(given))
    except UNCERTAIN:
        return None


@pytest.mark.parametrize("text", USUAL)
def test_certain_results_are_those_of_the_library(text: str) -> None:
    assert count_certain(text)


@pytest.mark.parametrize("text", DOUBTED)
def test_comparisons_of_other_types_are_left_to_the_library(text: str) -> None:
    assert not count_certain(text)


@pytest.mark.parametrize("text", UNUSUAL)
def test_unusual_conditions_are_left_to_the_library(text: str) -> None:
    assert condition(text, GIVEN, PARAMETERS) is None


@pytest.mark.parametrize(
    "text", ["a.b == ", "a.b)", "a.b == 'x", "a..b", "a.b ? 1", "", "has()", "a.b[", "nobody", "@"]
)
def test_invalid_conditions_are_left_to_the_library(text: str) -> None:
    assert condition(text, GIVEN, PARAMETERS) is None


def test_iterations_are_limited() -> None:
    evaluate = condition("a.b.all(k, a.b.all(l, l != 'y'))", GIVEN, {})
    assert evaluate is not None
    assert evaluate(bindings({"a": {"b": ["x"] * 60}}))
    with pytest.raises(UNCERTAIN):
        evaluate(bindings({"a": {"b": ["x"] * 100}}))
    assert native.MOST_STEPS < 100 * 100


def test_conditions_on_the_same_bindings_share_the_limit_of_iterations() -> None:
    evaluate = condition("a.b.all(k, k == 'x')", GIVEN, {})
    assert evaluate is not None
    several = bindings({"a": {"b": ["x"] * 2000}})
    assert [evaluate(several), evaluate(several)] == [True, True]
    with pytest.raises(UNCERTAIN):
        evaluate(several)


def test_a_missing_variable_is_left_to_the_library() -> None:
    variables = VARIABLES[Scope.UNIT]
    evaluate = condition("alerts.all(alert, alert.name != '')", variables, {})
    assert evaluate is not None
    assert evaluate(bindings(completed(Scope.UNIT, {"alerts": [{"name": "Down"}]})))
    with pytest.raises(UNCERTAIN):
        evaluate(bindings({}))


NAMES: Final = ("b", "c", "size", "gold", "k", "string")
MORE_VALUES: Final[list[Value]] = [*VALUES, "😀", "^g", "(", "1.9", -0.0, 1.0, 1 << 53, 7, 5.0, 60.0]
PLAIN: Final = (
    *("''", "'b'", '"gold"', "'^g'", "'\\\\'", "'1.9'", "0", "007", "2.5", "3.0", "true", "null", "[]", "{}", "60.0"),
    *("string", "map", "int", "double", "['b', 1, null]"),
)
JOINED: Final = (
    "{} && {}",
    "{} || {} && {}",
    "{} && {} || {}",
    "{} ? {} : {}",
    "!{}",
    "({})",
    "!({} // or\n)",
    "{} == {}",
)


class _Dice(NamedTuple):
    """Makes random data and conditions, with supported and unsupported parts; not all of them compile."""

    random: Random

    def one(self, *several: str) -> str:
        return self.random.choice(several)

    def path(self, named: tuple[str, ...]) -> str:
        root = self.one("a", "a.b", "a.b", "a.c", "name", "params.names", "params.table", "params.word", *named)
        more = (*(f".{each}" for each in NAMES), "['b']", "[name]", "[a.c]", "[0]")
        return root + "".join(self.random.choices(more, k=0 if root == "name" else self.random.choice((0, 0, 0, 1, 2))))

    def value(self, named: tuple[str, ...]) -> str:
        shape = self.one("{}", "size({})", "{}.size()", "type({})", "[{}, 'b']", "lower({})", "host({})", "seconds({})")
        return self.one(self.path(named), self.one(*PLAIN), shape.format(self.path(named)))

    def condition(self, depth: int, named: tuple[str, ...] = ()) -> str:
        if not depth:
            return self.test(named)
        if self.random.random() < 0.3:
            loop, way = self.one("k", "l", "string", "size", "b"), self.one("all", "exists")
            return f"{self.path(named)}.{way}({loop}, {self.condition(depth - 1, (*named, loop, loop, loop))})"
        shape = self.one(*JOINED)
        return shape.format(*(self.condition(depth - 1, named) for _ in range(shape.count("{}"))))

    def test(self, named: tuple[str, ...]) -> str:
        one, other, path = self.value(named), self.value(named), self.path(named)
        sign = self.one("==", "!=", "<", "<=", ">", ">=", "in", "in")
        way = self.one("contains", "startsWith", "endsWith", "matches")
        compared = f"{one} {sign} {other}"
        return self.one(compared, compared, f"has({path})", path, f"{path}.{way}({other})", f"older({path}, {other})")

    def data(self, depth: int = 0) -> Value:
        several = self.random.choice((0, 1, 1, 2)) if depth < 2 and self.random.random() < 0.4 else None
        if several is None:
            return self.random.choice(MORE_VALUES)
        if self.random.random() < 0.5:
            return [self.data(depth + 1) for _ in range(several)]
        return {name: self.data(depth + 1) for name in self.random.sample(NAMES, several)}


@pytest.mark.parametrize("seed", range(3))
def test_random_conditions_have_the_librarys_result(seed: int) -> None:
    dice = _Dice(Random(seed))  # noqa: S311 - the same conditions every time
    found = 0
    for _ in range(2000):
        text = dice.condition(dice.random.choice((0, 1, 1, 2, 3)))
        made, evaluate = expression.compiled(text, GIVEN), condition(text, GIVEN, PARAMETERS)
        for _ in range(8 if isinstance(made, Expression) and evaluate else 0):
            each = {name: dice.data() for name in ("b", "b", "c", "k")[dice.random.choice((0, 1)) :]}
            given: Map = {"a": each, "name": dice.one("", "b", "gold", "é"), "params": PARAMETERS}
            if evaluate and isinstance(made, Expression) and (result := answer(evaluate, given)) is not None:
                assert result is expression.is_true(made, expression.activation(GIVEN, given)), (text, given)
                found += 1
    assert found > 400
