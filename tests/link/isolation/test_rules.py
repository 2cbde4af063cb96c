"""The proof of a rule file, rule by rule; other breaches of rules are in `../test_isolation.py`."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from varve.language import gotemplate
from varve.link.isolation import rules
from varve.link.isolation.evidence import File, Proof


def proof(rule: dict[str, Any], path: str = "checkout.yaml", name: str = "acme/checkout", **group: Any) -> Proof:  # noqa: ANN401 - of any kind
    labelled = {"labels": {"tenant": "acme"}, **rule}
    value: Any = {"groups": [{"name": name, "rules": [labelled], **group}]}
    return rules.prove(File(f"build/dev/tenants/acme/rules/{path}", "acme", strict=False, value=value))


def test_rules_are_counted() -> None:
    found = proof(
        {"alert": "A", "expr": "vector(1)", "labels": {"tenant": "acme", "x": "{{ $value }}"}}, labels={"a": "b"}
    )
    assert (found.breaches, found.rules) == ((), 1)
    assert [each.text for each in found.names] == ["acme/checkout"]


def test_the_cached_proof_of_a_file_depends_on_the_tenant_and_the_folder() -> None:
    rule = {"record": "varve_a", "expr": "up", "labels": {"tenant": "acme"}}
    value: Any = {"groups": [{"name": "acme/checkout/slo", "rules": [rule | {"expr": 'up{tenant="acme"}'}]}]}
    folder = "build/dev/tenants/acme/rules"
    own = File(f"{folder}/checkout.yaml", "acme", strict=False, value=value)
    assert rules.prove(own).breaches == rules.prove(own._replace(path="build/qa" + own.path[9:])).breaches == ()
    assert rules.prove(own._replace(path=f"{folder}/raw/checkout.yaml")).breaches
    assert rules.prove(own._replace(tenant="bank")).breaches
    assert rules.prove(own).breaches == ()


@pytest.mark.parametrize("expr", [1, 0.5, "vector(1)"])
def test_a_number_reads_nothing(expr: object) -> None:
    assert proof({"record": "a", "expr": expr}).breaches == ()


@pytest.mark.parametrize(
    ("path", "name", "allowed"),
    [
        ("checkout.yaml", "acme/checkout/slo", True),
        ("_tenant.yaml", "acme/_tenant/tenant", True),
        ("checkout.yaml", "acme/checkout", False),
        ("raw/node.yaml", "acme/rules/node/a", False),
    ],
)
def test_only_packs_record_names_that_begin_with_varve(path: str, name: str, *, allowed: bool) -> None:
    assert (proof({"record": "varve_a", "expr": 1}, path, name).breaches == ()) is allowed


@pytest.mark.parametrize("expr", [None, True])
def test_an_expression_that_is_no_text_is_refused(expr: object) -> None:
    assert [each.keys[-1] for each in proof({"record": "a", "expr": expr}).breaches] == ["expr"]


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("{{ $labels.job }} and {{ $value | humanize }}", True),
        ('{{ if eq $labels.a "b" }}x{{ end }}', True),
        ("{{ $labels.job | query }}", False),
        ('{{ if eq $labels.a "b" }}{{ query "up" }}{{ end }}', False),
        ('{{ "{{" }} {{ query "up" }}', False),
        ('{{ "\\" }}" }} {{ query "up" }}', False),
        ('{{ "`" }}{{ query `up` }}{{ "`" }}', False),
        ("{{/* }} */}}{{ query `up` }}", False),
        ("{{ $labels.job", False),
        ("{{ if $value }}", False),
        ("{{ range $labels }}{{ end }}", False),
    ],
)
def test_a_text_may_use_only_the_alerts_own_data(text: str, *, sound: bool) -> None:
    assert (proof({"alert": "A", "expr": 1, "annotations": {"summary": text}}).breaches == ()) is sound


ACTIONS = (
    "$value",
    '"b"',
    '"',
    "`",
    "'",
    "\\",
    "/*",
    "*/",
    "-",
    "}",
    "{",
    "\n",
    " ",
    "query",
    "if",
    "eq",
    "end",
    "else",
)
PIECES = st.one_of(st.sampled_from(ACTIONS), st.sampled_from(["{{ ", " }}", "{{", "}}", "text", '{{ "a" }}']))


@given(st.lists(PIECES, max_size=16).map("".join))
@example("{{{ $value }}")
@example('{{ if eq $labels.a "b" }}x{{ else }}{{ $value }}{{ end }}')
@settings(deadline=None)
def test_checking_only_the_actions_of_a_text_gives_the_same_result(text: str) -> None:
    found = [each.keys[-1] for each in proof({"alert": "A", "expr": 1, "annotations": {"summary": text}}).breaches]
    assert found == (["summary"] if gotemplate.fault(text) else [])
