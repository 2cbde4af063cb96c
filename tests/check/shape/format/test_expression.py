"""What Prometheus or Alertmanager would not evaluate is refused."""

from typing import Final

from tests.check.shape.format.tried import Tried, mistaken
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


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
