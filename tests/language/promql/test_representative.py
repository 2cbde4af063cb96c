"""One expression represents all that differ from it only in their strings or numbers."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.language.promql.verdicts import READ_BY_BOTH, REFUSED_BY_BOTH, REFUSED_HERE_ALONE
from varve.language.fault import Fault
from varve.language.promql import query, representative
from varve.language.promql.reading import LONGEST

EVERY = (*READ_BY_BOTH, *REFUSED_BY_BOTH, *REFUSED_HERE_ALONE)

NUMBERED = {
    "a threshold": ("x > 101", "x > 1"),
    "a part": ("x > 0.25", "x > 1"),
    "a number with a part": ("x * 12.5", "x * 1"),
    "an instant": ("x @ 1609746000", "x @ 1609746000"),
    "a small instant": ("x @ 60", "x @ 1"),
    "an argument": ("topk(5,x)", "topk(1,x)"),
    "a difference": ("x-5", "x-1"),
    "a string of digits": ('x{a="5"} > 5', 'x{a="5"} > 1'),
}

ITSELF = {
    "nothing": "x > 0",
    "a duration": "x offset 5m",
    "a range": "rate(x[5m])",
    "a range that is a number": "rate(x[300])",
    "a step": "max_over_time(x[1h:0.5])",
    "a name that ends with digits": "x5 or a:5",
    "base 16": "x > 0x1f - 0xe",
    "an exponent": "x > 1e5 or x > 2E+7 or x > 1.5e-3",
    "digits kept apart": "x > 1_000",
    "no digit before the point": "x > .5",
    "no digit behind the point": "x > 5.",
    "two points": "x > 1.2.3",
    "a variable of Grafana": "x > $5 or x > ${5} or x > ${a:5}",
    "another quote": "x{a='5'} > 5",
    "a comment": "x > 5 # 5",
    "an escape": r'x{a="\\5"} > 5',
    "a text that is too long": f"x > 5{' ' * LONGEST}",
}


@pytest.mark.parametrize(("text", "numbered"), NUMBERED.values(), ids=NUMBERED)
def test_plain_numbers_are_interchangeable(text: str, numbered: str) -> None:
    assert representative.without_numbers(text) == numbered


@pytest.mark.parametrize("text", ITSELF.values(), ids=ITSELF)
def test_numbers_with_a_special_meaning_stay(text: str) -> None:
    assert representative.without_numbers(text) == text


def _agrees(text: str) -> bool:
    """Whether the representative of `text` is refused, or has the same properties."""
    found = query._read(representative.without_numbers(text))  # noqa: SLF001 - the cached result, without the second reading
    return isinstance(found, Fault) or found == query._read(text)  # noqa: SLF001


@pytest.mark.parametrize("text", EVERY)
def test_the_representative_of_an_expression_has_its_properties(text: str) -> None:
    assert _agrees(text)
    assert query.read(text) == query._read(text)  # noqa: SLF001


PIECES = [
    *("x", "e", "topk(", "quantile(", "limitk(", "sum by (a) (", "fill(", "info(", "vector(", ")", "[", "]", "{", "}"),
    *("@", "offset", "bool", "group_left(a)", "on(a)", "start()", ":", ",", "-", "+", "^", "*", ">", "==", "m", "e+"),
    *(
        "0",
        "7",
        "999999999",
        "9999999999",
        "0.000000001",
        "1.5",
        "12.",
        ".5",
        "1e9",
        "1e400",
        "0x1e",
        "1_0",
        "5m",
        "07",
    ),
    *(' {a="5"}', '{a=~"5+"}', "[5]", "[0.0001]", "[5m:7]", " ", "\n", "$a", "${5}"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=9), st.sampled_from(["", " "]))
def test_numbers_next_to_anything_keep_the_properties(pieces: list[str], glue: str) -> None:
    assert _agrees(glue.join(pieces))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(READ_BY_BOTH), st.sampled_from(["7", "0.000000001", "999999999", "1e400", "0x1e-7", "5m"]))
def test_any_number_keeps_the_properties(text: str, number: str) -> None:
    assert _agrees(text.replace("1", number))
    assert _agrees(f"{text} > {number}")


def test_pieces_are_substituted_in_order() -> None:
    text = 'sum(rate(x{a="b[1]",c!="5"}[5m])) / 300 > bool 0.5 and x "unclosed'
    assert representative.substituted(text, str) == text
    number = iter(range(4))
    put = representative.substituted(text, lambda piece: f"<{next(number)}:{len(piece)}>")
    assert put == 'sum(rate(x{a=<0:6>,c!=<1:3>}[5m])) / <2:3> > bool <3:3> and x "unclosed'


def test_finding_pieces_takes_linear_time() -> None:
    for text in ("x " * 4000, "1e5 " * 2000, '"a' * 4000 + '"', "[a" * 4000, "5" * 8000, "5.5 " * 2000, "1e+" * 2600):
        start = time.process_time()
        representative.substituted(text, str)
        assert time.process_time() - start < 0.1
