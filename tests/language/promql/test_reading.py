"""An expression is valid exactly if Prometheus accepts it, except for a few that are refused on purpose."""

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.promql.verdicts import READ_BY_BOTH, REFUSED_BY_BOTH, REFUSED_HERE_ALONE
from varve.language.fault import Fault
from varve.language.promql import reading

EVERY = (*READ_BY_BOTH, *REFUSED_BY_BOTH, *REFUSED_HERE_ALONE)


@pytest.mark.parametrize("text", READ_BY_BOTH)
def test_expressions_that_prometheus_accepts_have_no_fault(text: str) -> None:
    assert reading.fault(text) is None


@pytest.mark.parametrize("text", REFUSED_BY_BOTH)
def test_expressions_that_prometheus_refuses_have_a_fault_in_one_sentence(text: str) -> None:
    fault = reading.fault(text)
    assert fault
    assert fault.message == fault.message.strip().rstrip(".")
    assert not fault.message[:1].isupper() or fault.message.startswith("U+")
    assert "\n" not in fault.message
    assert fault.offset is None or 0 <= fault.offset <= len(text)


@pytest.mark.parametrize(("text", "message"), REFUSED_HERE_ALONE.items(), ids=REFUSED_HERE_ALONE)
def test_expressions_that_the_parser_may_misread_are_refused(text: str, message: str) -> None:
    fault = reading.fault(text)
    assert fault
    assert fault.message == message


@pytest.mark.parametrize("text", EVERY)
def test_direct_and_translated_reading_agree(text: str) -> None:
    """Most expressions are parsed as they are; their translation must have the same result."""
    assert (reading.fault(text) is None) is not isinstance(reading.read(text), Fault)


@given(
    st.lists(st.sampled_from(EVERY), min_size=2, max_size=4), st.sampled_from([" ", " + ", " or ", ",", "", "[", "("])
)
def test_direct_and_translated_reading_agree_on_random_texts(parts: list[str], glue: str) -> None:
    text = glue.join(parts)
    assert (reading.fault(text) is None) is not isinstance(reading.read(text), Fault)


@given(st.text(max_size=40) | st.text('x1m({[]})"`\\,=~!@+-# \n', max_size=40))
def test_no_text_raises(text: str) -> None:
    fault = reading.fault(text)
    assert fault is None or isinstance(fault, Fault)


TOO_LONG = "the expression has too many operators and parentheses for its length, record a part of it"


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ('up{a="b" or c="d"}', "`or` between matchers is supported by VictoriaMetrics only, not by Prometheus", 9),
        (
            "holt_winters(x[5m], 0.5, 0.5)",
            "`holt_winters` is called `double_exponential_smoothing` since Prometheus 3.0",
            0,
        ),
        ('x{a=~"(?=b)"}', "the regular expression is refused: invalid perl operator: `(?=`", 5),
        ('x{a=~"b{1001}"}', "the regular expression is refused: invalid repetition size: `{1001}`", 5),
        ("x[5m + 1m]", "a computed duration is not supported, write its result, such as `5m`", 5),
        ('x{a="\\d"}', "unknown escape sequence `\\d` in a string", 5),
        ("sum(rate(x))", "expected type matrix in call to function `rate`, got vector", None),
        ("x @ -1e300", "the instant after `@` is out of range", 5),
        ("x[300y]", "`300y` is out of range", 2),
        ('sum by ("") (x)', "the name of a label cannot be empty", 8),
        ('"\ud800"', "half a surrogate pair is not a character", 1),
        ("x" * 8193, "the expression is longer than 8192 characters", None),
        ("(" * 65, "the expression is nested deeper than 64 parentheses", 64),
        ("x" + "+x" * 128, TOO_LONG, None),
        ("((" * 32 + "x" + "+x" * 64 + ")" * 64, TOO_LONG, None),
        ("abs(" * 64 + "x{" + 'a="b",' * 1000 + "}" + ")" * 64, TOO_LONG, None),
        ("x{" + 'a=~"b",' * 65 + "}", "the expression has more than 64 regular expressions", 453),
        ("1" * 5000, "`" + "1" * 59 + "…` is out of range", 0),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_fault_names_what_is_wrong_and_where(text: str, message: str, offset: int | None) -> None:
    assert reading.fault(text) == Fault(message, offset)


DEEP: dict[str, Callable[[], str]] = {
    "chained operators in parentheses": lambda: "(" * 64 + "x" + "+x" * 63 + ")" * 64,
    "a power of a power": lambda: "2^" * 127 + "2",
    "signs": lambda: "(" * 64 + "-" * 87 + "x" + ")" * 64,
    "matchers in parentheses": lambda: "(" * 64 + "x{" + 'a="b",' * 94 + "}" + ")" * 64,
    "alternatives": lambda: " or ".join(["sum by (job) (rate(x_total{job='a',code!~'4..'}[5m]))"] * 33),
    "calls in calls": lambda: "abs(" * 64 + "x" + ")" * 64,
    "subqueries in subqueries": lambda: "max_over_time(" * 64 + "x" + "[5m:])" * 64,
    "many matchers": lambda: "x{" + 'a="b",' * 1300 + "}",
    "many arguments": lambda: 'label_join(x, "a"' + ', "b"' * 1500 + ")",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_the_deepest_text_within_the_limits_needs_little_stack_and_time(text: Callable[[], str]) -> None:
    """The parser recurses without a limit of its own: nesting that is too deep would end the process."""
    faults: list[object] = []
    threading.stack_size(1 << 20)
    begin = time.process_time()
    try:
        thread = threading.Thread(target=lambda: faults.append(reading.fault(text())))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(0)
    assert faults == [None]
    assert time.process_time() - begin < 0.5
