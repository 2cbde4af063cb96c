"""A query that cannot be scoped to the tenant is reported once for each place, and nothing of it is built."""

from tests.emit.repository import ACME, CHECKOUT, Changed, build, pack

OTHERS = "up{tenant!='acme'}"
SERVICE = f"""
owner: payments
packs: {{mine: {{depth: "{OTHERS}"}}}}
slos:
  paid: {{objective: 99.9, window: 30d, errors: errors_total, total: "{OTHERS}"}}
  quick: {{objective: 99, window: 30d, good: "{OTHERS}", total: requests_total}}
alerts:
  Others: {{expr: "{OTHERS} == 0", severity: info, summary: Others}}
records:
  "others:count": {{expr: "count({OTHERS})"}}
"""
VENDOR = f"""
groups:
  - name: first
    rules: [{{alert: A, expr: 1}}, {{alert: B, expr: up}}]
  - name: second
    rules: [{{record: own, expr: up}}, {{record: "others", expr: "{OTHERS}"}}]
"""
RAW = "tenants/acme/rules/node.yaml"
DEPTH = pack(
    "rules: [{record: 'a:b', expr: 'max({{ pack.depth }})'}]\n", properties="{depth: {type: string, format: promql}}"
)


def places(changed: Changed) -> set[tuple[str, str]]:
    diagnostics = build(changed).diagnostics
    return {(each.rule.code, str(each.place and (each.place.file, each.place.keys))) for each in diagnostics}


def test_every_place_of_a_foreign_query_is_reported() -> None:
    found = places({**DEPTH, CHECKOUT: SERVICE, RAW: VENDOR})
    at = {code_and_place[1] for code_and_place in found}
    assert {code for code, _ in found} == {"emit/foreign-series"}
    assert at == {
        str((CHECKOUT, ("packs", "mine", "depth"))),
        str((CHECKOUT, ("slos", "paid", "total"))),
        str((CHECKOUT, ("slos", "quick", "good"))),
        str((CHECKOUT, ("alerts", "Others", "expr"))),
        str((CHECKOUT, ("records", "others:count", "expr"))),
        str((RAW, ("groups", 1, "rules", 1, "expr"))),
    }


def test_nothing_is_built_of_it() -> None:
    made = build({CHECKOUT: SERVICE.replace("packs", "labels").replace("{mine: ", "{} #")})
    assert not [path for path in made.artifacts if path.startswith(ACME)]


def test_a_number_as_a_vendors_expression_is_not_a_query() -> None:
    assert places({RAW: "groups: [{name: g, rules: [{alert: A, expr: 1}]}]\n"}) == set()
