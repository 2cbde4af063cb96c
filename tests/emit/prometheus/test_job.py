"""A query for a job that is nearly the name of a service is warned of wherever a tenant writes queries."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, findings, pack
from varve.language.name import dotted

VENDOR = "tenants/acme/rules/vendor.yaml"
LEDGER = {"tenants/acme/services/ledger.yaml": "owner: sre\n"}
DEPTH = pack(
    "rules: [{record: 'a:b', expr: 'max({{ pack.depth }})'}]\n", properties="{depth: {type: string, format: promql}}"
)
QUERY = 'x{job="%s"}'
SLO = "slos: {quick: {objective: 99, window: 30d, errors: 'y', total: '%s'}}\n"
MESSAGE = "emit/mistyped-job: nothing that is scraped has the job `chekout`: there is no service of this name"

PLACES: dict[str, tuple[dict[str, str], str]] = {
    "an alert": ({CHECKOUT: f"alerts: {{A: {{expr: '{QUERY} > 1', severity: info, summary: A}}}}\n"}, "alerts.A.expr"),
    "a recording": ({CHECKOUT: f"records: {{'a:b': {{expr: 'sum({QUERY})'}}}}\n"}, 'records["a:b"].expr'),
    "an objective": ({CHECKOUT: SLO % QUERY}, "slos.quick.total"),
    "a parameter of a pack": ({CHECKOUT: f"packs: {{mine: {{depth: '{QUERY}'}}}}\n"}, "packs.mine.depth"),
    "a vendor's rule": (
        {VENDOR: f"groups: [{{name: g, rules: [{{alert: A, expr: 1}}, {{alert: B, expr: '{QUERY}'}}]}}]\n"},
        "groups[0].rules[1].expr",
    ),
}


def _written(place: str, job: str) -> Changed:
    return {**LEDGER, **DEPTH, **{path: text % job for path, text in PLACES[place][0].items()}}


@pytest.mark.parametrize("place", PLACES)
def test_a_misspelt_job_is_warned_of_once_at_its_place(place: str) -> None:
    made = build(_written(place, "chekout"))
    assert findings(made) == [MESSAGE]
    assert [(dotted(each.place.keys), each.hint) for each in made.diagnostics if each.place] == [
        (PLACES[place][1], "did you mean `checkout`?")
    ]
    assert made.artifacts


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("job", ["checkout", "ledger", "node"])
def test_a_service_and_a_job_like_none_are_not(place: str, job: str) -> None:
    assert findings(build(_written(place, job))) == []


@pytest.mark.parametrize(
    ("expr", "hints"),
    {
        "another service": ('x{job="ledgr"}', ["did you mean `ledger`?"]),
        "an underscore": ('x{job="Check_out"}', ["did you mean `checkout`?"]),
        "two of them": (
            'x{job="chekout"} + y{job="ledgr"}',
            ["did you mean `checkout`?", "did you mean `ledger`?"],
        ),
        "one twice": ('x{job="chekout"} + y{job="chekout"}', ["did you mean `checkout`?"]),
        "an alternative": ('x{job=~"ledger|chekout"}', ["did you mean `checkout`?"]),
        "alternatives without a pattern": (
            'x{job="checkout|ledger"}',
            ['write `job=~"checkout|ledger"` for any of several services'],
        ),
        "alternatives of which one is the service": ('x{job=~"checkouts|checkout"}', []),
        "services as alternatives": ('x{job=~"checkout|ledger"}', []),
        "a pattern": ('x{job=~"check.*"}', []),
        "what is excluded": ('x{job!="chekout"}', []),
        "no job": ('x{job=""}', []),
        "another label": ('x{old_job="chekout"}', []),
        "a text": ("label_replace(x, 'y', 'job=\"chekout\"', 'z', '')", []),
    }.values(),
)
def test_what_was_meant_is_suggested(expr: str, hints: list[str]) -> None:
    made = build({**LEDGER, CHECKOUT: f"records:\n  'a:b':\n    expr: >-\n      {expr}\n"})
    assert [each.hint for each in made.diagnostics] == hints
