"""Every check of a whole value runs: one mistake of each kind is reported, all of them at once."""

from tests.emit.repository import CHECKOUT, build

UNIT = """\
owner: payments
labels: {environment: mine}
alerts: {Stuck: {expr: depth > 1, severity: warning, summary: It is}}
packs: {htp-service: {}}
contact: {user: nobody}
"""


def test_all_mistakes_in_a_unit_are_reported_at_once() -> None:
    codes = {each.rule.code for each in build({CHECKOUT: UNIT}).diagnostics}
    assert {"check/unknown-pack", "check/unknown-user"} <= codes


def test_an_environment_with_invalid_settings_is_not_built() -> None:
    wrong = {"environments/production.yaml": "platform: {prometheus: {scrape_timeout: 10m}}\n"}
    made = build(wrong)
    assert made.diagnostics
    assert {unit.environment for unit in made.units} == {"staging"}
