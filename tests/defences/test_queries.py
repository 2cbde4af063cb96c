"""Queries: no PromQL of a tenant reads or forges anything of another tenant.

Remote read and the HTTP API of Prometheus do not apply: nothing that varve writes uses them for a tenant.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from tests.defences.attack import (
    Attack,
    Files,
    each,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    repository,
    switched_off,
    together,
    without,
)
from tests.defences.placing import PLACES, of_records, of_vendors_records, variables
from tests.defences.volley import (
    Volley,
    are_refused,
    go_through_without,
    have_a_twin,
    texts,
    unproven,
)
from tests.emit.repository import CHECKOUT, pack
from varve import pipeline
from varve.emit import scope
from varve.emit.grafana import scope as of_dashboards
from varve.emit.prometheus import unscoped
from varve.language.grafana import interpolation

unkept: Final = together(
    without(unscoped, "check"),
    instead(scope, "scoped_or_fault", lambda expr, _: expr),
    instead(scope, "_are_scoped", lambda *_: True),
    instead(interpolation, "scope", lambda text, *_: interpolation.Scoped(text, frozenset())),
)

# Queries that cannot be limited to a tenant are refused at every place

FOREIGN: Final = {
    "another tenant": 'up{tenant="bank"}',
    "another tenant, in single quotes": "up{tenant='bank'}",
    "another tenant, in backquotes": "up{tenant=`bank`}",
    "another tenant, spelt in escapes": r'up{tenant="b\x61nk"}',
    "another tenant, of a quoted label": 'up{"tenant"="bank"}',
    "another tenant, of a label in single quotes": "{'up', 'tenant'='bank'}",
    "another tenant, of a label spelt in escapes": r'up{"ten\141nt"="bank"}',
    "another tenant behind a comment": 'up{# tenant="acme"\ntenant="bank"}',
    "every tenant": 'up{tenant=~".*"}',
    "every tenant, without a name": '{__name__=~".+",tenant=~".+"}',
    "a pattern of the own name": 'up{tenant=~"acme"}',
    "all others": 'up{tenant!="acme"}',
    "all that no pattern names": 'up{tenant!~"acme"}',
    "whatever has a tenant": 'up{tenant!=""}',
    "whatever has none": 'up{tenant=""}',
    "the own, and another": 'up{tenant="acme",tenant="bank"}',
    "the own, and every": 'up{tenant="acme",tenant=~".*"}',
    "another, after an or": 'up or up{tenant="bank"}',
    "another, after an and": 'up and on (job) up{tenant="bank"}',
    "another, unless": 'up unless on () up{tenant="bank"}',
    "another, by the labels of a group": 'up * on (job) group_left (whose) up{tenant="bank"}',
    "another, behind an offset": 'up{tenant="bank"} offset 5m',
    "another, at an instant": 'up{tenant="bank"} @ 1700000000',
    "another, at the end": 'up{tenant="bank"} @ end()',
    "another, over a range": 'rate(up{tenant="bank"}[5m])',
    "another, in a subquery": 'max_over_time(rate(up{tenant="bank"}[5m])[1h:1m])',
    "another, in a subquery of a sum": "max_over_time((sum(up{tenant='bank'}))[1h:])",
    "another, by its absence": 'absent(up{tenant="bank"})',
    "another, by its absence over time": 'absent_over_time(up{tenant="bank"}[5m])',
    "another, as the parameter of an aggregation": 'topk(scalar(up{tenant="bank"}), up)',
    "another, as the argument of a function": 'clamp_max(up, scalar(up{tenant="bank"}))',
    "another, deep in parentheses": f'{"(" * 40}up{{tenant="bank"}}{")" * 40}',
    "another, as a negative": '-up{tenant="bank"}',
    "another, counted": 'count({tenant="bank"})',
    "a label that is replaced": 'label_replace(up, "tenant", "bank", "", "")',
    "a label that is replaced, in parentheses": 'label_replace(up, (("tenant")), "bank", "", "")',
    "a label that is replaced, in backquotes": 'label_replace(up, `tenant`, "bank", "", "")',
    "a label that is replaced, spelt in escapes": r'label_replace(up, "t\u0065nant", "bank", "", "")',
    "a label that is joined": 'label_join(up, "tenant", "", "job")',
    "a label that is counted": 'count_values("tenant", up)',
    "a label that is counted, by a group": 'count_values by (job) ("tenant", up)',
    "a label that is replaced, deep inside": 'sum(label_replace(up, "tenant", "bank", "", "")) > 0',
}
OWN: Final = (
    'up{tenant="acme"}',
    'label_replace(up, "owner", "bank", "", "")',
    'up{job="bank"}',
    'up # {tenant="bank"}\n',
)


_MOST: Final = 20
"""The most diagnostics of one code that are shown for a file."""

_STRIDE: Final = 7


def _volleys() -> Iterator[tuple[str, Volley]]:
    """All of them in vendor alerts and recordings; at every other place some, different ones at each."""
    sentences = [*FOREIGN]
    for number, place in enumerate(PLACES):
        whole = place in ("an alert", "a recording of a vendor")
        chosen = sentences if whole else (sentences * 2)[_STRIDE * number % len(sentences) :][: _MOST - 1]
        for first in range(0, len(chosen), _MOST):
            queries = [FOREIGN[sentence] for sentence in chosen[first : first + _MOST]]
            name = f"{place}: {chosen[first]}, and {len(queries) - 1} more"
            evidence = frozenset(queries)
            yield name, Volley(PLACES[place](queries), "emit/foreign-series", PLACES[place](OWN), unkept, evidence)


VOLLEYS: Final = dict(_volleys())


@pytest.mark.parametrize("volley", VOLLEYS.values(), ids=VOLLEYS)
def test_a_query_that_reads_or_forges_others_is_refused_at_every_place(volley: Volley) -> None:
    are_refused(volley)


@pytest.mark.parametrize("volley", VOLLEYS.values(), ids=VOLLEYS)
def test_a_similar_harmless_query_is_built(volley: Volley) -> None:
    have_a_twin(volley)


@pytest.mark.parametrize("volley", VOLLEYS.values(), ids=VOLLEYS)
def test_without_the_defence_all_queries_would_be_written(volley: Volley) -> None:
    go_through_without(volley)


# The info metrics, which need a flag of Prometheus, and the counters of objectives, which are selectors

FLAGGED: Final[Files] = {
    "environments/defaults.yaml": """
locale: en_GB
timezone: UTC
platform:
  targets: {prometheus: {version: "3.12", features: [promql-experimental-functions]}}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
  secrets: {root: /run/secrets/varve}
"""
}
SLO: Final = "slos: {%s: {objective: 99.9, window: 30d, errors: %s, total: all_total}}\n"
ATTACKS: Final[Mapping[str, Attack]] = {
    "the info metrics of all": Attack(
        {**FLAGGED, **of_records(["info(up)"])},
        "emit/foreign-series",
        {**FLAGGED, **of_records(['info(up, {__name__="target_info",tenant="acme"})'])},
        together(unkept, unproven),
        "expr: info(up)",
    ),
    "the info metrics of all that have a name": Attack(
        {**FLAGGED, **of_vendors_records(['sum(info(up, {__name__="target_info"}))'])},
        "emit/foreign-series",
        {**FLAGGED, **of_vendors_records(['sum(info(up, {__name__="target_info",tenant="acme"}))'])},
        together(unkept, unproven),
        'expr: sum(info(up, {__name__="target_info"}))',
    ),
    "quantiles that are written into the tenant's label": Attack(
        {**FLAGGED, **of_records(['histogram_quantiles(up, "tenant", 0.5)'])},
        "emit/foreign-series",
        {**FLAGGED, **of_records(['histogram_quantiles(up, "q", 0.5)'])},
        together(unkept, unproven),
        'expr: histogram_quantiles(up, "tenant", 0.5)',
    ),
    "the counter of an objective": Attack(
        {CHECKOUT: SLO % ("ab", """>>>'bad_total{tenant="bank"}'""")},
        "emit/foreign-series",
        {CHECKOUT: SLO % ("ab", """'bad_total{tenant="acme"}'""")},
        together(unkept, unproven),
        'bad_total{tenant="bank"}',
    ),
    "the good events of an objective": Attack(
        {CHECKOUT: SLO.replace("errors", "good") % ("ab", """>>>'good_total{tenant="bank"}'""")},
        "emit/foreign-series",
        {CHECKOUT: SLO.replace("errors", "good") % ("ab", """'good_total{tenant="acme"}'""")},
        together(unkept, unproven),
        'good_total{tenant="bank"}',
    ),
    "the counter of an objective, by a pattern": Attack(
        {CHECKOUT: SLO % ("ab", """>>>'bad_total{tenant=~"acme|bank"}'""")},
        "emit/foreign-series",
        {CHECKOUT: SLO % ("ab", """'bad_total{job=~"acme|bank"}'""")},
        together(unkept, unproven),
        'bad_total{tenant=~"acme|bank"}',
    ),
    "a pack that reads the series of all": Attack(
        {**pack(">>>rules: [{record: 'a:b', expr: sum(up)}]\n"), CHECKOUT: "packs: {mine: {}}\n"},
        "emit/unscoped-template",
        {
            **pack("rules: [{record: 'a:b', expr: 'sum(up{tenant=\"{{ tenant.id }}\"})'}]\n"),
            CHECKOUT: "packs: {mine: {}}\n",
        },
        together(unkept, unproven),
        "expr: sum(up)",
    ),
    "a variable that lists the names of all metrics": Attack(
        variables(['"query": >>>"metrics(.*)"']),
        "emit/foreign-series",
        variables(['"query": "label_values({__name__=~\\".+\\"}, __name__)"']),
        together(instead(of_dashboards, "_LISTS", re.compile("(?!)")), unkept, unproven),
        '"query": "metrics(.*)"',
    ),
    "a variable that lists the names of all labels": Attack(
        variables(['"query": >>>"label_names()"']),
        "emit/foreign-series",
        variables(['"query": "label_values(job)"']),
        together(instead(of_dashboards, "_LISTS", re.compile("(?!)")), unkept, unproven),
        '"query": "label_names()"',
    ),
}


# Queries for everybody's series get those of the tenant, and otherwise mean the same

KEPT: Final = {
    "a name": ("up", 'up{tenant="acme"}'),
    "everything": ('{__name__=~".+"}', '{tenant="acme",__name__=~".+"}'),
    "a name among the labels": ('{__name__="up"}', '{tenant="acme",__name__="up"}'),
    "a quoted name": ('{"up"}', '{tenant="acme","up"}'),
    "nothing between the braces": ("up{}", 'up{tenant="acme"}'),
    "a comma before the brace": ('up{job="a",}', 'up{tenant="acme",job="a",}'),
    "another case of the label": ('up{Tenant="bank"}', 'up{tenant="acme",Tenant="bank"}'),
    "the own tenant": ('up{tenant="acme"}', 'up{tenant="acme"}'),
    "one or the other": ("up or node_load1", 'up{tenant="acme"} or node_load1{tenant="acme"}'),
    "one without the other": ("up unless on (job) a", 'up{tenant="acme"} unless on (job) a{tenant="acme"}'),
    "labels of the other": (
        "up * on (job) group_left (tenant) a",
        'up{tenant="acme"} * on (job) group_left (tenant) a{tenant="acme"}',
    ),
    "a range": ("rate(up[5m])", 'rate(up{tenant="acme"}[5m])'),
    "a subquery": ("max_over_time(up[5m:1m])", 'max_over_time(up{tenant="acme"}[5m:1m])'),
    "an offset": ("up offset 5m", 'up{tenant="acme"} offset 5m'),
    "an offset into the future": ("rate(up[5m] offset -1h)", 'rate(up{tenant="acme"}[5m] offset -1h)'),
    "an instant": ("up @ 1700000000", 'up{tenant="acme"} @ 1700000000'),
    "the end": ("up @ end()", 'up{tenant="acme"} @ end()'),
    "an absence": ("absent(up)", 'absent(up{tenant="acme"})'),
    "an absence over time": ("absent_over_time(up[5m])", 'absent_over_time(up{tenant="acme"}[5m])'),
    "a label made of the tenant's": (
        'label_replace(up, "whose", "$1", "tenant", "(.*)")',
        'label_replace(up{tenant="acme"}, "whose", "$1", "tenant", "(.*)")',
    ),
    "labels that are joined": (
        'label_join(up, "whose", "", "tenant")',
        'label_join(up{tenant="acme"}, "whose", "", "tenant")',
    ),
    "a group by tenants": ("count by (tenant) (up)", 'count by (tenant) (up{tenant="acme"})'),
    "a group without them": ("sum without (tenant) (up)", 'sum without (tenant) (up{tenant="acme"})'),
    "the first of all": ("topk(5, up)", 'topk(5, up{tenant="acme"})'),
    "values that are counted": ('count_values("v", up)', 'count_values("v", up{tenant="acme"})'),
    "the parameter of an aggregation": ("topk(scalar(a), up)", 'topk(scalar(a{tenant="acme"}), up{tenant="acme"})'),
    "a scalar": ("vector(scalar(up))", 'vector(scalar(up{tenant="acme"}))'),
    "a comparison": (
        "up == bool on () group_right () a",
        'up{tenant="acme"} == bool on () group_right () a{tenant="acme"}',
    ),
    "a negative": ("-up", '-up{tenant="acme"}'),
    "alerts": ("ALERTS", 'ALERTS{tenant="acme"}'),
    "a comment that looks like a matcher": ('up # {tenant="acme"}\n', 'up{tenant="acme"} # {tenant="acme"}\n'),
    "a text that looks like one": ('up{job="{tenant=\\"acme\\"}"}', 'up{tenant="acme",job="{tenant=\\"acme\\"}"}'),
    "a text that looks like a comment": ('up{job="#"} + a', 'up{tenant="acme",job="#"} + a{tenant="acme"}'),
    "keywords that are names": ("fill + start", 'fill{tenant="acme"} + start{tenant="acme"}'),
    "a label that is called like a word": ('up{offset="1"}', 'up{tenant="acme",offset="1"}'),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_query_for_everybody_gets_only_the_tenants_series(place: str) -> None:
    found = texts(pipeline.compile(repository(PLACES[place](query for query, _ in KEPT.values()))))
    assert [sentence for sentence, (_, kept) in KEPT.items() if _query_in(place, kept) not in found] == []
    assert [each for each, kept in KEPT.values() if each != kept and _query_in(place, each) in found] == []


@pytest.mark.parametrize("place", PLACES)
def test_without_the_defence_it_gets_everybodys_series(place: str) -> None:
    seen = repository(PLACES[place](query for query, _ in KEPT.values()))
    with switched_off(unkept), switched_off(unproven):
        found = texts(pipeline.compile(seen))
    assert [sentence for sentence, (query, _) in KEPT.items() if _query_in(place, query) not in found] == []


def _query_in(place: str, query: str) -> str:
    forms = {"a variable": f"label_values({query}, job)", "a variable that asks for a result": f"query_result({query})"}
    return forms.get(place, query)


@each(ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack) -> None:
    goes_through_without(attack)
