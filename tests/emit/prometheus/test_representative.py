"""One expression represents all that differ only in the content of their strings, if that is safe."""

import pytest

from varve.emit.prometheus import representative
from varve.language import promql

ALIKE = {
    "a matcher": ('up{job="a"}', 'up{job="x"}'),
    "two strings": ('up{a="1",b=~"2|3"} > 5', 'up{a="x",b=~"x"} > 5'),
    "an empty string": ('up{a=""}', 'up{a="x"}'),
    "a range": ('rate(up{a="[5m]"}[5m])', 'rate(up{a="x"}[5m])'),
    "a quoted name": ('{"a.b"}', '{"x"}'),
    "no string": ("up", "up"),
}

ITSELF = {
    "another quote": "up{a='\"'}[5m] or up{b='\"'}",
    "a raw string": 'up{a=`"`, b="c"}',
    "a comment": '# "\nup{a="b"}',
    "an escaped quote": r'up{a="\""}',
}

READ = {
    "a range": 'up{job="a"}[5m]',
    "a vector": 'sum by (job) (rate(up{job="a"}[5m])) > 0.5',
    "a string": '"a"',
    "a scalar": 'scalar(up{job="a"})',
    "one that is sound only because its string is empty": 'count_values("", up)',
    "one that is sound only as it is": 'label_replace(up, "", "$1", "a", "(.*)")',
    "a matcher of nothing": '{a=""}',
    "quotes in quotes": "('[5m]' == bool \"a\")",
    "a young function": 'limitk(2, up{a="info("})',
    "a quoted name": '{"a b", c="d"}',
}


@pytest.mark.parametrize(("expr", "proof"), ALIKE.values(), ids=ALIKE)
def test_the_content_of_strings_is_left_out(expr: str, proof: str) -> None:
    assert representative.representative(expr) == proof


@pytest.mark.parametrize("expr", ITSELF.values(), ids=ITSELF)
def test_an_expression_with_ambiguous_quotes_represents_itself(expr: str) -> None:
    assert representative.representative(expr) == expr


@pytest.mark.parametrize("expr", [*READ.values(), *ITSELF.values()], ids=[*READ, *ITSELF])
def test_reading_gives_the_same_as_promql(expr: str) -> None:
    query = promql.read(expr)
    if isinstance(query, promql.Query):
        assert representative.read(expr) == query
