"""No expression that varve takes for sound is one that a real Prometheus would not load."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from random import Random

import pytest

from tests.language.promql.verdicts import READ_BY_BOTH, REFUSED_BY_BOTH, REFUSED_HERE_ALONE
from varve.language import promql

AGES = ("newest", "oldest")
FLAGS = {
    "newest": ("--enable-feature=promql-experimental-functions,promql-binop-fill-modifiers",),
    "oldest": (),
}
YOUNG = promql.FUNCTION_SINCE.keys() | promql.FEATURE_SINCE.keys()

SIGNS = ("", "-", "+", "- ", "+ ", "-+", "--")
NUMBERS = ("1", "0", ".5", "1e3", "Inf", "NaN", "0x1f", "0xE", "0x1e", "0x1e-1", "0x_1e5", "5m", "1_0", "(1)", "time()")
VECTORS = ("x", "(x)", "sum(x)", "{a='b'}", "x offset 5m", "vector(1)", "1 * x", "offset")
OTHERS = ("x[5m]", "x[5m:]", "x[0x1e]", "1[5m:1m]", "'a'", "('a')")
SIGNED = tuple(f"{sign}{value}" for sign, value in product(SIGNS, (*NUMBERS, *VECTORS, *OTHERS)))
MOMENTS = (*NUMBERS, "start()", "end()", "START( )", "start", "step()", "x", "'1'", "(start())", "9.3e18", "300y")
FUNCTIONS = (
    *("abs", "absent", "ceil", "exp", "ln", "log2", "log10", "sqrt", "sgn", "scalar", "vector", "hour", "time", "info"),
    *("rate", "delta", "max_over_time", "absent_over_time", "mad_over_time", "timestamp", "sort", "round", "clamp"),
    *("sum", "topk", "quantile", "count_values", "limitk", "histogram_quantile", "label_join", "pi", "LN", "Exp"),
)
OPERATORS = ("+", "-", "*", "^", "==", "> bool", "and", "or on(x)", "/ on(x) group_left(y)", "+ fill(0)", "atan2")
PIECES = ("(", ")", "[", "]", "{", "}", ",", ":", "@", "'", "#", "=~", "!", "-", "+", "0", "1", "m", "e", "x", " ", "_")


def calls() -> Iterator[str]:
    """Every function of one argument or two, with whatever may have a sign before it."""
    for name in FUNCTIONS:
        yield from (f"{name}({value})" for value in SIGNED)
        yield from (f"{name}({one}, {other})" for one, other in product(("1", "-1", "x", "x[5m]", "'a'"), SIGNED[::4]))


def modifiers() -> Iterator[str]:
    """Every instant and offset, with whatever may have a sign before it."""
    for operand, word, sign, moment in product(("x", "x[5m]", "x[5m:]"), ("@", "offset"), SIGNS, MOMENTS):
        yield f"{operand} {word} {sign}{moment}"


def compounds(random: Random) -> Iterator[str]:
    """Operands with operators between them, of which some were damaged."""
    for _ in range(4000):
        one, other = (random.choice((*SIGNED, *READ_BY_BOTH)) for _ in range(2))
        text = f"{one} {random.choice(OPERATORS)} {other}"
        yield text
        at = random.randrange(len(text))
        yield text[:at] + random.choice(PIECES) + text[at + random.randrange(2) :]


def refused(expressions: Iterable[str], promtool: Path, age: str, folder: Path) -> dict[str, str]:
    """Those that promtool refuses, each with what it says."""
    numbered = dict(enumerate(expressions))
    rules = [{"record": f"r{index}", "expr": text} for index, text in numbered.items()]
    (folder / "rules.json").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
    command = [str(promtool), "check", "rules", "--lint=none", *FLAGS[age], str(folder / "rules.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.findall(r'rule \d+, "r(\d+)": (.*)', done.stdout + done.stderr)
    assert bool(found) == bool(done.returncode), done.stderr
    return {numbered[int(index)]: message for index, message in found}


def accepted(texts: Iterable[str], age: str) -> list[str]:
    """Those that varve takes for sound, and for a Prometheus of such an age, each once."""
    read = {text: promql.read(text) for text in texts}
    return [
        text
        for text, query in read.items()
        if isinstance(query, promql.Query) and (age == "newest" or not YOUNG & (query.functions | query.features))
    ]


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_varve_accepts_is_loaded(seed: int, age: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    random = Random(seed)  # noqa: S311 - the same expressions every time
    sound = accepted([*calls(), *modifiers(), *compounds(random)], age)
    assert len(sound) > 500
    assert refused(sound, request.getfixturevalue(f"promtool_{age}"), age, tmp_path) == {}


def test_the_verdicts_are_those_of_the_newest(tmp_path: Path, promtool_newest: Path) -> None:
    expressions = [text for text in (*READ_BY_BOTH, *REFUSED_BY_BOTH) if text.strip()]
    assert set(expressions) - refused(expressions, promtool_newest, "newest", tmp_path).keys() == set(READ_BY_BOTH)


def test_what_was_read_too_kindly_is_refused_by_both(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The parser behind varve reads these; neither Prometheus does."""
    kind = ["ln(-1)", "log2(-Inf)", "log10(-NaN)", "exp(Inf)", "x @ -start()", "x @ + end()", "+'a'"]
    assert accepted(kind, "newest") == []
    for age in AGES:
        assert [*refused(kind, request.getfixturevalue(f"promtool_{age}"), age, tmp_path)] == kind
    assert "x offset +5m" in REFUSED_HERE_ALONE
    assert [*refused(["x offset +5m"], request.getfixturevalue("promtool_oldest"), "oldest", tmp_path)]
