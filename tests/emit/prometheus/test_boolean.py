"""An alert that fires for any value because of `bool` is warned of, whoever wrote it; a recording may use `bool`."""

import pytest

from tests.emit.repository import CHECKOUT, Changed, build, findings, pack
from varve.language.name import dotted

VENDOR = "tenants/acme/rules/vendor.yaml"
BOOL = "x > bool 100"
MESSAGE = "a comparison with `bool` drops no series: the alert fires for all of them, whatever their values"
ALERT = "alerts: {A: {expr: '%s', severity: info, summary: A}}\n"
GROUP = "groups: [{name: g, rules: [{alert: A, expr: 1}, {%s, expr: '%s'}]}]\n"
PACK = pack(
    "rules:\n"
    "  - {record: 'mine:depth', expr: '({{ pack.depth }}) > bool 3'}\n"
    "  - {alert: Deep, expr: '{{ pack.depth }}', labels: {severity: info}}\n",
    properties="{depth: {type: string, format: promql}}",
)


def _shown(changed: Changed) -> list[tuple[str, str, str, str]]:
    return [
        (each.rule.code, each.message, each.place.file, dotted(each.place.keys))
        for each in build(changed).diagnostics
        if each.place
    ]


def test_an_alert_is_warned_of_at_its_expression() -> None:
    assert _shown({CHECKOUT: ALERT % BOOL}) == [("emit/bool-comparison", MESSAGE, CHECKOUT, "alerts.A.expr")]
    assert build({CHECKOUT: ALERT % BOOL}).artifacts


def test_a_vendors_alert_is_too() -> None:
    found = [("emit/bool-comparison", MESSAGE, VENDOR, "groups[0].rules[1].expr")]
    assert _shown({VENDOR: GROUP % ("alert: B", BOOL)}) == found


def test_a_packs_alert_is_warned_of_once_in_its_template() -> None:
    message = "`Deep` fires for any value: a comparison with `bool` drops no series"
    found = [("emit/bool-comparison", message, "templates/packs/mine/rules.yaml.j2", "")]
    assert _shown({**PACK, CHECKOUT: f"packs: {{mine: {{depth: '{BOOL}'}}}}\n"}) == found


@pytest.mark.parametrize(
    "changed",
    [
        {CHECKOUT: ALERT % "(x > bool 100) == 1"},
        {CHECKOUT: f"records: {{'a:b': {{expr: '{BOOL}'}}}}\n"},
        {VENDOR: GROUP % ("record: 'a:b'", BOOL)},
        {VENDOR: GROUP % ("alert: B", "x > 100")},
        {**PACK, CHECKOUT: "packs: {mine: {depth: 'x > 100'}}\n"},
    ],
)
def test_recordings_and_what_is_filtered_are_not(changed: Changed) -> None:
    assert findings(build(changed)) == []


def test_a_template_of_a_unit_with_errors_is_not() -> None:
    changed = {**PACK, CHECKOUT: f"packs: {{mine: {{depth: '{BOOL} * foreign{{tenant=\"bank\"}}'}}}}\n"}
    assert {code for code, *_ in _shown(changed)} == {"emit/foreign-series"}
