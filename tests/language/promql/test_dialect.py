"""What the parser would misread is translated, so that it is read as in Prometheus."""

import pytest

from varve.language.fault import Fault
from varve.language.promql.dialect import Dialect, translate
from varve.language.promql.function import FEATURE_SINCE
from varve.language.promql.lexer import lex


def translated(text: str) -> Dialect | Fault:
    tokens = lex(text)
    assert not isinstance(tokens, Fault)
    return translate(tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x{a=`\\d`}", 'x{a="\\\\d"}'),
        ("x{a='b\"c'}", 'x{a="b\\"c"}'),
        ("x # why\n+ y", "x   - y"),
        ("1_000 + 0x_1F", "1000 - 0x1F"),
        ("x > 5m", "x > 300.0"),
        ("0e5 + 01E+5 + 10e5", "0.0 - 100000.0 - 10e5"),
        ("x[5m] offset 0s", "x[5m] offset 0s"),
    ],
)
def test_a_text_is_translated_token_by_token(text: str, expected: str) -> None:
    dialect = translated(text)
    assert isinstance(dialect, Dialect)
    assert dialect.text == expected


def test_an_instant_becomes_its_position_in_a_list() -> None:
    dialect = translated("x @ 1e15 + y @ - 2.5 + z @ start() + w @ +1m")
    assert isinstance(dialect, Dialect)
    assert dialect.text == "x @ 0 - y @  1 - z @ start() - w @ 2"
    assert dialect.instants == (1e15, -2.5, 60.0)


def test_a_pattern_becomes_a_code_that_matches_the_empty_string_if_the_pattern_does() -> None:
    dialect = translated('{a=~"b.*", c!~`.*`}')
    assert isinstance(dialect, Dialect)
    code, empty = "\uf8ff0\uf8ff", "(?:\uf8ff1\uf8ff)?"
    assert dialect.text == f'{{a=~"{code}", c!~"{empty}"}}'
    assert (dialect.pattern(code), dialect.pattern(empty)) == ("b.*", ".*")
    assert dialect.decoded(f"not {code}, {empty}") == "not b.*, .*"


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ('x{a="b"}[5m] offset 1h > 90', set()),
        ('{"my.metric"}', {"a quoted name"}),
        ('x{"l.n"="v"}', {"a quoted name"}),
        ('sum by ("l.n") (x)', {"a quoted name"}),
        ("x[90]", {"a number as a duration, or a duration as a number"}),
        ("x offset -90", {"a number as a duration, or a duration as a number"}),
        ("x > 5m", {"a number as a duration, or a duration as a number"}),
        ("1_000", {"`_` between digits"}),
        ("x + fill(0) y", {"`fill`"}),
    ],
)
def test_recent_syntax_is_recorded(text: str, features: set[str]) -> None:
    dialect = translated(text)
    assert isinstance(dialect, Dialect)
    assert dialect.features == features
    assert features <= FEATURE_SINCE.keys()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x{a=b}", "unexpected `b` in a matcher, expected a string"),
        ("x{a}", "unexpected `}` in a matcher"),
        ("x{,}", "unexpected `,` in a matcher"),
        ('x{a="b" c="d"}', "unexpected `c` after a matcher, expected `,` or `}`"),
        ("x @ + - 1", "unexpected `-` after `@` and a sign, expected a number"),
        ("x @ -start()", "unexpected `start` after `@` and a sign, expected a number"),
        ("x offset +5m", "an offset is written without `+`"),
        ("x[0]", "a range must be greater than 0"),
        ("x[1e300]", "the duration `1e300` is out of range"),
        ("x offset NaN", "the duration `NaN` is out of range"),
        ("1e400", "`1e400` is out of range"),
        ("x smoothed", "`smoothed` is not supported"),
    ],
)
def test_what_the_parser_would_accept_or_panic_on_is_refused(text: str, message: str) -> None:
    fault = translated(text)
    assert isinstance(fault, Fault)
    assert fault.message == message
