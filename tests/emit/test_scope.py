"""A template's queries must be scoped to the tenant, whatever else their strings contain."""

from pathlib import Path

import pytest
import yaml

from tests.emit.repository import CHECKOUT, build, findings, pack
from tests.language.promql.verdicts import READ_BY_BOTH
from varve.emit.scope import scoped, scoped_or_fault
from varve.language import promql


@pytest.mark.parametrize(
    ("expr", "sound"),
    {
        "no selector": ("vector(1)", True),
        "the matcher": ('up{tenant="{{ tenant.id }}",job="{{ service.id }}"}', True),
        "the matcher in other quotes": ("up{tenant=`{{ tenant.id }}`}", True),
        "no matcher": ('up{job="{{ service.id }}"}', False),
        "one selector of two": ('up{tenant="{{ tenant.id }}"} > x', False),
        "a pattern": ('up{tenant=~"{{ tenant.id }}"}', False),
        "the name of another label": ('up{owner="{{ tenant.id }}"}', False),
        "another tenant": ('up{tenant="own"}', False),
        "another tenant still": ('up{tenant="x"}', False),
        "the label as a value": ('up{job="tenant"}', False),
        "the label written": ('label_replace(up{tenant="{{ tenant.id }}"},"tenant","a","","")', False),
    }.values(),
)
def test_every_selector_of_a_template_must_match_the_tenant(expr: str, sound: bool) -> None:  # noqa: FBT001
    rules = f"rules:\n  - record: a:b\n    expr: {expr}\n"
    made = findings(build({**pack(rules), CHECKOUT: "packs: {mine: {}}\n"}))
    assert [text.split(":")[0] for text in made] == ([] if sound else ["emit/unscoped-template"])


@pytest.mark.parametrize("tenant", ["own", "tenant"])
def test_a_tenants_name_may_be_that_of_a_stand_in(tenant: str) -> None:
    tenant_source = "tenant: {name: T, tier: gold, region: eu-west-1, isolation: logical, owners: [t@acme.example]}\n"
    rules = "rules: [{record: 'a:b', expr: 'up{tenant=\"{{ tenant.id }}\",job=\"tenant\"}'}]\n"
    assert findings(build({**pack(rules, "tenant"), f"tenants/{tenant}/tenant.yaml": tenant_source})) == []


def test_a_query_that_cannot_be_scoped_is_unchanged() -> None:
    assert (scoped("up", "acme"), scoped("info(up)", "acme")) == ('up{tenant="acme"}', "info(up)")


VENDORS = yaml.safe_load((Path(__file__).parents[1] / "vendor/alerts.yaml").read_text())
SHIPPED = [str(rule["expr"]) for group in VENDORS["groups"] for rule in group["rules"]]


NUMBERS = ["x > 101", "1 + x @ 5", "topk(3,x)>0.5", "x[5m] offset 7", "x-5*y{a='5'}", '5*x{a="5"}%7', "5 > x[7]", "x"]


def test_a_normalised_expression_is_scoped_like_the_original() -> None:
    """Scoping the normalised expression gives the same result as scoping the original, also for faults."""
    refused = ['x{a="",tenant="b"}', 'label_replace(x, "tenant", "", "a", "")', 'info(x, {a=~".+"})']
    refused.append(f'up{{a=~"{"a" * 8_182}"}}')
    refused += ["x > 1e+400", "x > 0x1e-5", 'x{tenant="5"} > 5', 'label_replace(x > 5, "tenant", "5", "a", "")']
    others = ['x{a="acme"}', 'x + on("a") group_left("b") y', 'x{tenant="acme"}']
    for expr in (*READ_BY_BOTH, *SHIPPED, *NUMBERS, *refused, *others):
        for tenant in ("acme", "own", "x", "tenant"):
            assert scoped_or_fault(expr, tenant) == promql.scope(expr, tenant)
