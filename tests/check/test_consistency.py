"""Every check of a whole value runs: one mistake of each kind is reported, all of them at once."""

import pytest

from tests.emit.repository import CHECKOUT, build, findings
from tests.sealing import sealed
from varve.model.unit import Selection

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


HEARTBEAT = """\
platform:
  targets: {alertmanager: {version: "0.34"}}
  alertmanager: {url: "https://alerts.example"}
  alertmanagers: ["alerts:9093"]
  receiver: {email: {to: [ops@example.org]}}
  smtp: {smarthost: "mail.example:587", from: alerts@example.org}
  heartbeat: {url: {secret: beat/%s}}
"""


@pytest.mark.parametrize(
    "selection", [Selection(), Selection("staging"), Selection("production"), Selection(None, "acme")]
)
def test_environments_that_mistake_each_other_are_not_built_whichever_is_selected(selection: Selection) -> None:
    texts: dict[str, str | None] = {
        f"environments/{name}.yaml": HEARTBEAT % "one" for name in ("staging", "production")
    }
    texts["environments/secrets/beat.sops.yaml"] = sealed("beat", "one", "two")
    made = build(texts, selection)
    message = "`beat/one` is the address of a heartbeat in `production` and in `staging`"
    assert findings(made) == [f"check/shared-heartbeat: {message}"]
    assert not made.artifacts
    assert findings(build({**texts, "environments/staging.yaml": HEARTBEAT % "two"}, selection)) == []
