"""Policies: whoever writes one, and whatever it is evaluated on, it is judged in bounded time and memory."""

import ctypes
import resource
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.defences.attack import (
    Attack,
    Off,
    each,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    switched_off,
    together,
    without,
)
from tests.defences.child import End, ended
from varve.language.cel import expression, function, native, syntax
from varve.language.cel.expression import Kind
from varve.language.fault import Fault
from varve.model.source import Map, Value

CODE: Final = "policy/bad-expression"
VARIABLES: Final[Mapping[str, Kind]] = {"unit": "map", "each": "maps"}


def policy(require: str) -> dict[str, str]:
    """A policy about every unit; `>>>` marks where it must be refused."""
    return {
        "policies/hostile.yaml": f"""
id: hostile
title: Nothing much
severity: error
applies: always
scope: unit
require: |-
  {require}
message: it is wrong
remediation: Mend it.
examples:
  - {{name: good, pass: {{unit: {{tenant: {{id: acme}}}}}}}}
  - {{name: bad, fail: {{unit: {{tenant: {{}}}}}}}}
"""
    }


def _natively(patch: pytest.MonkeyPatch) -> None:
    """With CEL's own functions instead of varve's."""
    patch.setattr(expression, "INSTEAD", {})
    patch.setattr(expression, "bad_pattern", lambda _: None)
    patch.setattr(function, "bad_pattern", lambda _: None)


ALL_OF_CEL: Final = together(instead(expression, "_config", lambda _: ""), without(syntax, "_absent"), _natively)


def _multiplied(levels: int) -> str:
    """Nested lists of ten, by loops: each has ten times the elements of the one around it."""
    inner = f"x{levels} == x{levels}"
    for level in range(levels, 1, -1):
        inner = f"[[{','.join([f'x{level - 1}'] * 10)}]].all(x{level}, {inner})"
    return f"[[1,1,1,1,1,1,1,1,1,1]].all(x1, {inner})"


MANY: Final = ",".join("1" * 200)
HEAVY: Final = r"(\pL|\pN|x){300}"
ATTACKS = {
    "texts that double": Attack(
        policy(f"['varve'].>>>map(x, x + x){'.map(x, x + x)' * 26} != []"),
        CODE,
        policy("['varve'].exists(x, x == 'varve')"),
        ALL_OF_CEL,
        End.EXHAUSTED,
    ),
    "lists of ten, ten times inside one another": Attack(
        policy(_multiplied(10).replace("[[x1,", "[[>>>x1,", 1)),
        CODE,
        policy("[[1, 1]].all(x, x == x)"),
        without(syntax, "_multiplied"),
        End.EXHAUSTED,
    ),
    "a pattern that takes a third of a second to compile, each time": Attack(
        policy(f"[{MANY}].all(x, !unit.tenant.id.matches(>>>r'{HEAVY}'))"),
        CODE,
        policy(f"[{MANY}].all(x, !unit.tenant.id.matches(r'(a|b|x){{30}}'))"),
        ALL_OF_CEL,
        End.EXHAUSTED,
    ),
}


@each(ATTACKS)
def test_a_policy_that_would_exhaust_the_process_is_refused(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_a_harmless_policy_like_it_is_judged(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_the_policy_would_exhaust_the_process(attack: Attack) -> None:
    goes_through_without(attack)


def answer(text: str, data: Mapping[str, Value]) -> str:
    """The result of a condition on data: true, false, or why there is none."""
    made = expression.compiled(text, VARIABLES)
    found = made if isinstance(made, Fault) else expression.is_true(made, expression.activation(VARIABLES, data))
    return found.message if isinstance(found, Fault) else str(found)


def of(unit: Map, many: int = 0) -> Mapping[str, Value]:
    """The variables: a unit, and many things."""
    return {"unit": unit, "each": [{"n": number} for number in range(many)]}


def _text(size: int) -> Map:
    return {"text": "a" * size, "part": "a" * (size // 2) + "b", "pattern": HEAVY}


class Question(NamedTuple):
    """A condition and data for which it would take too much, why there is no result, and a harmless twin."""

    text: str
    data: Mapping[str, Value]
    refusal: str
    twin: str
    twin_data: Mapping[str, Value]
    off: Off | None = None


PART: Final = "each.all(x, !unit.text.contains(unit.part))"
PATTERN: Final = "each.all(x, !unit.text.matches(unit.pattern))"
QUESTIONS: Final = {
    "a part as long as its text": Question(
        PART,
        of(_text(400_000), 100),
        "a text is longer than 100000 characters",
        PART,
        of(_text(4_000), 100),
        ALL_OF_CEL,
    ),
    "a heavy pattern out of the data": Question(
        PATTERN,
        of(_text(100), 100),
        f"`{HEAVY}` is not a valid regular expression: pattern too large - compile failed",
        PATTERN,
        of({**_text(100), "pattern": "b"}, 100),
        ALL_OF_CEL,
    ),
    "lists that are copied for each of their members": Question(
        "each.filter(x, x.n >= 0).size() > 0",
        of({}, 5_000),
        "there is no `filter` in policies, only `all` and `exists`",
        "each.exists(x, x.n >= 0)",
        of({}, 5_000),
        ALL_OF_CEL,
    ),
    "loops inside loops": Question(
        "each.all(a, each.all(b, each.all(c, a.n < 0 || b.n < 0 || c.n >= 0)))",
        of({}, 1_000),
        "it takes too many steps",
        "each.all(a, each.all(b, each.all(c, a.n < 0 || b.n < 0 || c.n >= 0)))",
        of({}, 10),
    ),
    "a hundred thousand things": Question(
        "each.all(x, x.n >= 0)", of({}, 100_000), "it takes too many steps", "each.all(x, x.n >= 0)", of({}, 1_000)
    ),
}
DEFENDED: Final = {name: question for name, question in QUESTIONS.items() if question.off}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_condition_that_would_exhaust_the_process_has_no_result(question: Question) -> None:
    assert ended(lambda: answer(question.text, question.data)) == question.refusal
    assert answer(question.twin, question.twin_data) == "True"


@pytest.mark.parametrize("question", DEFENDED.values(), ids=DEFENDED)
def test_without_the_defence_the_condition_would_exhaust_the_process(question: Question) -> None:
    assert question.off
    with switched_off(question.off):
        assert ended(lambda: answer(question.text, question.data)) is End.EXHAUSTED


def outright_of(text: str, parameters: Map, data: Mapping[str, Value]) -> str:
    """What a condition says of data without the library."""
    condition = native.condition(text, VARIABLES, parameters)
    assert condition
    return str(condition(native.bindings(data)))


LONG: Final = "a" * 40_000 + "b"
HARD: Final[Mapping[str, tuple[str, Map, Mapping[str, Value]]]] = {
    "a part as long as its text": (PART, {}, of({"text": "a" * 90_000, "part": LONG}, 100)),
    "a parameter as long as the texts": (
        "each.all(x, !unit.text.contains(params.part))",
        {"part": LONG},
        of({"text": "a" * 90_000}, 100),
    ),
    "a pattern that others try again and again": (
        "each.all(x, !unit.text.matches(params.pattern))",
        {"pattern": "^(a+)+$"},
        of({"text": "a" * 90_000 + "!"}, 100),
    ),
}


@pytest.mark.parametrize(("text", "parameters", "data"), HARD.values(), ids=HARD)
def test_what_is_answered_outright_takes_no_longer_than_texts_are_long(
    text: str, parameters: Map, data: Mapping[str, Value]
) -> None:
    assert ended(lambda: outright_of(text, parameters, data), seconds=2.0) == "True"


def test_loops_inside_loops_are_left_to_the_library_which_stops_them() -> None:
    loops = QUESTIONS["loops inside loops"]
    assert ended(lambda: outright_of(loops.text, {}, loops.twin_data), seconds=2.0) == "True"
    assert "Error" in str(ended(lambda: outright_of(loops.text, {}, loops.data), seconds=2.0))
    with switched_off(instead(native, "MOST_STEPS", 1 << 40)):
        assert ended(lambda: outright_of(loops.text, {}, loops.data), seconds=2.0) is End.EXHAUSTED


GROWTH: Final = {
    "a part": "each.all(x, !unit.text.contains('zz'))",
    "a part that is a parameter": "each.all(x, !unit.text.contains(params.part))",
    "parts": "each.all(x, !params.parts.exists(part, unit.text.contains(part)))",
    "a small pattern": "each.all(x, !unit.text.matches(params.pattern))",
    "an end": "each.all(x, !unit.text.endsWith(params.part) && !unit.text.startsWith('z'))",
    "a comparison": "each.all(x, unit.text.size() > 3 && unit.text != params.part && !(unit.text in params.parts))",
}
PARAMETERS: Final[Map] = {"part": "zz", "parts": ["zz", "zzz"], "pattern": "z{2,3}"}


def _grown(evaluate: Callable[[], str]) -> str:
    """By how many MiB memory grows while a condition is answered twenty thousand times, of 4 KB each."""
    assert evaluate() == "True"
    ctypes.CDLL(None).malloc_trim(0)  # what other tests have freed would take what is asked for, and not grow
    before = _pages()
    for _ in range(20):
        evaluate()
    return str((_pages() - before) * resource.getpagesize() >> 20)


def _pages() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])


FULL: Final = of({"text": "a" * 4_000}, 1_000)


@pytest.mark.parametrize("text", GROWTH.values(), ids=GROWTH)
def test_what_is_answered_outright_leaves_nothing_in_memory(text: str) -> None:
    assert int(str(ended(lambda: _grown(lambda: outright_of(text, PARAMETERS, FULL)), seconds=4.0))) < 8


def test_what_the_library_gives_to_functions_of_ours_stays_in_memory() -> None:
    text = GROWTH["a part"]
    grown = ended(lambda: _grown(lambda: answer(text, FULL)), seconds=8.0)
    assert int(str(grown)) > 40  # of 76


DEEP: Final = {
    "parentheses": ("(" * 500 + "true" + ")" * 500, "(" * 20 + "true" + ")" * 20),
    "lists": ("[" * 500 + "]" * 500 + " == []", "[" * 20 + "]" * 20 + " != []"),
    "choices": ("true ? " * 300 + "true" + " : true" * 200, "true ? true : true"),
    "members": ("unit" + ".a" * 900 + " == 1", "!has(unit.a)"),
    "denials": ("!" * 1_996 + "true", "!!true"),
    "differences": ("0 == 0" + " - 0" * 400, "0 == 0 - 0 - 0"),
}


@pytest.mark.parametrize(("text", "twin"), DEEP.values(), ids=DEEP)
def test_what_is_nested_deeply_is_refused_or_answered_and_never_crashes(text: str, twin: str) -> None:
    found = ended(lambda: answer(text, of({})))
    assert isinstance(found, str)
    assert not found.endswith("Error")
    assert answer(twin, of({})) == "True"


KINDS: Final[Mapping[str, Value]] = {
    "a text": "x",
    "a number": 1,
    "a fraction": 0.5,
    "a truth": True,
    "nothing": None,
    "a list": ["x"],
    "a map": {"x": "x"},
    "the largest number": (1 << 63) - 1,
}
CONDITIONS: Final = (
    *("unit.v == 'x'", "unit.v > 1", "unit.v < 0.5", "unit.v.contains('x')", "unit.v.matches('x')", "unit.v[0] == 1"),
    *("unit.v['x'] == 'x'", "unit.v.x == 'x'", "has(unit.v.x)", "'x' in unit.v", "size(unit.v) == 1", "unit.v * 2 > 1"),
    *("unit.v.all(x, x == 'x')", "lower(unit.v) == 'x'", "seconds(unit.v) > 1.0", "older(unit.v, '1.0')", "unit.v"),
    *(
        "unit.v ? true : false",
        "!unit.v",
        "-unit.v == 1",
        "string(unit.v) == 'x'",
        "int(unit.v) == 1",
        "unit.v && true",
    ),
    *("timestamp(unit.v) == timestamp(unit.v)", "duration(unit.v) == duration('1s')", "unit.v in unit.v"),
)


@pytest.mark.parametrize("value", KINDS.values(), ids=KINDS)
def test_a_value_of_another_kind_than_was_thought_of_has_an_answer_or_none(value: Value) -> None:
    found = {text: answer(text, of({"v": value})) for text in CONDITIONS}
    assert all(each in ("True", "False") or each[0].islower() or each[0] == "`" for each in found.values()), found


WORDS = st.sampled_from(
    (
        *(
            "unit",
            "each",
            ".",
            "v",
            "x",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "?",
            "'a'",
            "1",
            "0.5",
            "-",
            "!",
            "==",
        ),
        *(
            "&&",
            "||",
            "in",
            "has",
            "all",
            "exists",
            "size",
            "<",
            "*",
            "/",
            "%",
            "null",
            "true",
            "lower",
            "matches",
            "+",
        ),
        *(
            "timestamp",
            "duration",
            "type",
            "dyn",
            "int",
            "string",
            "map",
            "\n",
            "//",
            "b'a'",
            "r'",
            '"',
            "\\",
            "é",
            "@",
        ),
    )
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_written_is_answered_or_refused(text: str) -> None:
    made = expression.compiled(text, VARIABLES, condition=False)
    if not isinstance(made, Fault):
        data = expression.activation(VARIABLES, of({"v": ["x", {"v": 1}]}, 2))
        assert isinstance(expression.is_true(made, data), bool | Fault)
        assert isinstance(expression.text(made, data), str | Fault)
    else:
        assert made.message
        assert not made.message.endswith(".")
        assert made.offset is None or 0 <= made.offset <= len(text)


def test_too_much_data_is_not_asked_about() -> None:
    assert expression.excess({"a": [{"b": number} for number in range(50_000)]}) is not None
    assert expression.excess({"a": ["x" * 90_000] * 12}) is not None
    assert expression.excess({"a": "x" * 100_001}) is not None
    assert expression.excess({"a": [{"b": number} for number in range(10_000)]}) is None
