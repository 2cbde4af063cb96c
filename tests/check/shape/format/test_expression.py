"""What Prometheus or Alertmanager would refuse to evaluate is refused."""

from typing import Final

import pytest

from tests.check.shape.format.tried import Tried, bad, good, is_refused
from varve.check.shape.format.expression import FORMATS

TRIED: Final[Tried] = {
    "promql": (["up > 1", "1", 'rate(a{b=~"x.*"}[5m])'], ["", "up >", "a[5m]", '"text"', "rate(a)", "up{a=~'('}"]),
    "promql-selector": (
        ["up", 'a{b="c"}', '{"a.b"}', '{c="d", "a.b"}'],
        ["", "sum(up)", "a[5m]", "a offset 5m", "a > 1", "1", "{", '{b="c"}', '{__name__=~"slo:.*"}', '{"b"="c"}'],
    ),
    "go-template": (["text", "{{ $value }}", "{{ $labels.a | toUpper }}"], ["{{", '{{ query "up" }}', "{{ shout }}"]),
    "matchers": (
        ['service="ledger"', 'a=~"b|c",d!="e"', "{a=b}"],
        ["", "{}", "a", "a=", 'a="b', "a=b c", 'a=~"["', 'a=~"b)|(c"', '"a b"="c"', 'a="\\u00e9"', "a=b}", ","],
    ),
}


def test_every_format_is_tried() -> None:
    assert TRIED.keys() == FORMATS.keys()


@pytest.mark.parametrize(("name", "text"), good(TRIED))
def test_a_good_text_has_no_fault(name: str, text: str) -> None:
    assert FORMATS[name].fault(text) is None


@pytest.mark.parametrize(("name", "text"), bad(TRIED))
def test_a_bad_text_has_a_fault_and_a_way_out(name: str, text: str) -> None:
    assert is_refused(FORMATS[name], text)
