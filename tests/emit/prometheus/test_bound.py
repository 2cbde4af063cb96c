"""A matcher of a bound that a new Prometheus stores otherwise is warned of wherever a tenant writes queries."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, findings, pack
from varve.language.name import dotted

VENDOR = "tenants/acme/rules/vendor.yaml"
DEFAULTS = """\
locale: en_GB
timezone: UTC
platform:
  targets: {prometheus: {version: "%s"}}
  prometheus: {scrape_interval: 30s, evaluation_interval: 30s}
"""
DEPTH = pack(
    "rules: [{record: 'a:b', expr: 'max({{ pack.depth }})'}]\n", properties="{depth: {type: string, format: promql}}"
)
QUERY = 'x_bucket{le="%s"}'
SLO = "slos: {quick: {objective: 99, window: 30d, %s: '%s', total: '%s'}}\n"
MESSAGE = 'emit/whole-bound: `le="1"` finds nothing that is scraped: Prometheus stores `le="1.0"` since 3.0'

PLACES: dict[str, tuple[dict[str, str], str]] = {
    "an alert": ({CHECKOUT: f"alerts: {{A: {{expr: '{QUERY} > 1', severity: info, summary: A}}}}\n"}, "alerts.A.expr"),
    "a recording": ({CHECKOUT: f"records: {{'a:b': {{expr: 'sum({QUERY})'}}}}\n"}, 'records["a:b"].expr'),
    "the good events of an objective": ({CHECKOUT: SLO % ("good", QUERY, "x_count")}, "slos.quick.good"),
    "the errors of an objective": ({CHECKOUT: SLO % ("errors", QUERY, "x_count")}, "slos.quick.errors"),
    "all events of an objective": ({CHECKOUT: SLO % ("errors", "x_errors", QUERY)}, "slos.quick.total"),
    "a parameter of a pack": ({CHECKOUT: f"packs: {{mine: {{depth: '{QUERY}'}}}}\n"}, "packs.mine.depth"),
    "a vendor's rule": (
        {VENDOR: f"groups: [{{name: g, rules: [{{alert: A, expr: 1}}, {{alert: B, expr: '{QUERY}'}}]}}]\n"},
        "groups[0].rules[1].expr",
    ),
}


def _written(place: str, bound: str) -> Changed:
    return {**DEPTH, **{path: text % bound for path, text in PLACES[place][0].items()}}


@pytest.mark.parametrize("place", PLACES)
def test_a_whole_bound_is_warned_of_once_at_its_place(place: str) -> None:
    made = build(_written(place, "1"))
    assert findings(made) == [MESSAGE]
    assert [dotted(each.place.keys) for each in made.diagnostics if each.place] == [PLACES[place][1]]
    assert made.artifacts


@pytest.mark.parametrize("place", PLACES)
def test_the_stored_text_is_not(place: str) -> None:
    assert findings(build(_written(place, "1.0"))) == []


@pytest.mark.parametrize(("version", "found"), [("2.55", []), ("3.0", [MESSAGE])])
def test_an_older_server_stores_what_the_target_writes(version: str, found: list[str]) -> None:
    changed = {"environments/defaults.yaml": DEFAULTS % version, **_written("an alert", "1")}
    assert findings(build(changed)) == found


def test_both_of_the_texts_that_are_suggested_are_accepted() -> None:
    (diagnostic,) = build(_written("a recording", "1")).diagnostics
    suggested = diagnostic.hint.split("`")[1::2]
    assert suggested == ['le="1.0"', 'le=~"1|1\\\\.0"']
    for matcher in suggested:
        assert findings(build({CHECKOUT: f"records: {{'a:b': {{expr: 'sum(x_bucket{{{matcher}}})'}}}}\n"})) == []
