"""A result that depends on the day is judged anew every day."""

from datetime import date
from pathlib import Path

import varve
from tests.workbench import shell

WAIVERS = """\
waivers:
  - {policy: slack-over-https, reason: No channel yet, owner: a@acme.example, granted: 2025-01-01, until: 2025-03-01}
"""


def test_a_waiver_ends_though_nothing_has_changed(repository: Path) -> None:
    known = varve.open(repository).policies().policies
    (repository / "policies").mkdir(exist_ok=True)
    (repository / "policies/waivers.yaml").write_text(WAIVERS.replace("slack-over-https", known[0].policy.id))
    code, output = shell("git add -A && git commit -qm Waivers", repository)
    assert code == 0, output
    opened = varve.open(repository)
    before = opened.check(today=date(2025, 1, 5))
    assert before.sound, before.findings.text()
    assert opened.check(today=date(2025, 1, 5)).sound
    after = opened.check(today=date(2026, 1, 1))
    assert "policy/expired-waiver" in {each.rule.code for each in after.diagnostics}
