"""A query that reads only one tenant passes, any other is refused with a reason, with and without placeholders."""

from typing import Final

import pytest

from varve.language import promql
from varve.link.isolation import expression
from varve.link.isolation.expression import foreign_expression, foreign_query

BOUNDED: Final = (
    'up{tenant="acme"}',
    "vector(1)",
    '{tenant="acme",__name__=~"a.*"}',
    'rate(up{job="x",tenant="acme"}[5m]) / on (job) group_left (tenant) rate(up{tenant="acme"}[1h30m] offset 5m)',
    'label_replace(up{tenant="acme"}, "owner", "$1", "tenant", "(.*)")',
    'count_values("size", up{tenant="acme"})',
    'info(up{tenant="acme"}, {tenant="acme",region=~".+"})',
    'absent_over_time(up{tenant="acme"}[10m:1m])',
    'up{tenant="acme"} > 0.5 # not {tenant="bank"}',
    "up{tenant='acme'} == 1e3",
    'up{"tenant"="acme"}',
    'a{tenant="acme"} * on ("instance") group_left ("version") b{tenant="acme"}',
    'topk(3, up{tenant="acme",code!~"5..|404"} @ 1700000000)',
)
FOREIGN: Final = (
    "up",
    'up{tenant="bank"}',
    'up{job="acme"}',
    'up{tenant=~"acme"}',
    'up{tenant="acme",tenant!="x"}',
    'up{tenant="acme"} or down',
    'label_replace(up{tenant="acme"}, "tenant", "x", "", "")',
    'label_join(up{tenant="acme"}, (("tenant")), "", "job")',
    'count_values("tenant", up{tenant="acme"})',
    'info(up{tenant="acme"})',
    'info(up{tenant="acme"}, {region=~".+"})',
    "up{tenant='bank'}",
    'up{`tenant`="bank"}',
    'up{tenant="acme",code=~"("}',
    "up{",
    "",
)


@pytest.mark.parametrize("text", BOUNDED)
def test_a_bounded_query_passes(text: str) -> None:
    assert foreign_expression(text, "acme") is None
    assert foreign_query(text, "acme", frozenset()) is None


@pytest.mark.parametrize("text", FOREIGN)
def test_a_query_that_may_read_more_is_refused(text: str) -> None:
    assert foreign_expression(text, "acme") is not None
    assert foreign_query(text, "acme", frozenset()) is not None


@pytest.mark.parametrize("tenant", ["acme", "own", "x", "tenant", "a-1"])
@pytest.mark.parametrize("text", BOUNDED + FOREIGN)
def test_placeholders_do_not_change_the_result(text: str, tenant: str) -> None:
    query = text.replace("acme", tenant)
    directly = expression._foreign(query, tenant)  # noqa: SLF001 - the way without a shortcut
    assert (foreign_expression(query, tenant) is None) is (directly is None)


@pytest.mark.parametrize("text", BOUNDED)
def test_queries_that_the_compiler_leaves_unchanged_pass(text: str) -> None:
    """The proof and the compiler share only the parser."""
    assert promql.scope(text, "acme") == text
    assert promql.scope(text, "bank") != text or foreign_expression(text, "bank") is None


QUERIES: Final = {
    'sum(rate(up{tenant="acme",job=~"$job"}[$__rate_interval]))': True,
    'up{tenant="acme"} > $limit': True,
    'up{tenant="acme"} > $other': False,
    '$metric{tenant="acme"}': True,
    "$metric": False,
    'up{tenant="$tenant"}': False,
    "up{tenant=$tenant}": False,
    'up{tenant="acme"}[': False,
}


@pytest.mark.parametrize(("text", "bounded"), QUERIES.items())
def test_a_query_with_variables_passes_only_if_any_value_keeps_it_bounded(text: str, *, bounded: bool) -> None:
    assert (foreign_query(text, "acme", frozenset({"limit"})) is None) is bounded
