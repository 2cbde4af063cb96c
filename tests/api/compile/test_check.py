"""The result of a check, as data."""

from datetime import date
from pathlib import Path

import varve
from tests.policy.judging import policy
from tests.policy.judging import waived as waiver
from tests.workbench import files, shell
from tests.workbench import varve as command
from varve.model.unit import Unit


def test_a_sound_repository_passes_the_check(repository: Path) -> None:
    checked = varve.open(repository).check()
    assert checked.sound
    assert checked.units == (Unit("acme", "staging"), Unit("acme", "production"))
    assert list(checked.artifacts) == [f"build/{path}" for path in files(repository / "build")]
    assert checked.proven.rules == 6
    assert checked.text() == command("check", repository)[1]


def test_a_broken_repository_fails_the_check(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text("owner: [\n")
    checked = varve.open(repository).check()
    assert (checked.broken, checked.units, checked.summary) == (True, (), "")
    assert [each.rule.code for each in checked.diagnostics] == ["read/syntax"]
    assert checked.text() == command("check", repository)[1]
    assert varve.open(repository).check("HEAD").sound
    assert varve.open(repository).check(staged=True).sound
    assert shell("git add -A", repository)[0] == 0
    assert varve.open(repository).check(staged=True).broken


def test_an_unknown_commit_fails_the_check(repository: Path) -> None:
    checked = varve.open(repository).check("nothing")
    assert [each.rule.code for each in checked.diagnostics] == ["world/unknown-revision"]


def test_a_change_is_judged_by_the_trusted_commit(repository: Path) -> None:
    service = repository / "tenants/acme/services/checkout.yaml"
    service.write_text(service.read_text() + "labels: {a: b}\n")
    checked = varve.open(repository).check(trust_base="main")
    assert checked.trust
    assert checked.trust.commit == shell("git rev-parse main", repository)[1].strip()
    assert checked.trust.owners.tenants == {"acme": ("tenants/acme/services/checkout.yaml",)}
    assert not checked.trust.refused
    assert [each.rule.code for each in checked.diagnostics] == ["write/stale-artifact"]
    (repository / "environments/staging.yaml").write_text("{}\n")
    checked = varve.open(repository).check(trust_base="main")
    assert checked.trust
    assert checked.trust.refused
    assert [each.rule.code for each in checked.diagnostics] == ["check/two-owners"]
    assert varve.open(repository).check().trust is None
    assert varve.open(repository).check(trust_base="nothing").trust is None


def waived(repository: Path, until: str) -> None:
    """Write a policy that the service violates, and a waiver of it until a day."""
    policies = {**policy("service", 'service.id == ""'), **waiver(until=until)}
    for path, text in policies.items():
        (repository / path).parent.mkdir(exist_ok=True)
        (repository / path).write_text(text or "")


def test_a_waiver_is_judged_by_the_given_day(repository: Path) -> None:
    waived(repository, '"2026-12-01"')
    opened = varve.open(repository)
    assert opened.check().sound
    assert opened.check(today=date(2026, 12, 1)).sound
    ended = opened.check(today=date(2026, 12, 2))
    assert [each.rule.code for each in ended.diagnostics] == ["policy/expired-waiver"]


def test_a_change_may_take_a_waiver_out_that_has_ended(repository: Path) -> None:
    waived(repository, '"2026-12-01"')
    assert shell("git add -A && git commit -qm Waived", repository)[0] == 0
    opened, today = varve.open(repository), date(2026, 12, 2)
    assert opened.check(trust_base="main", today=today).broken
    (repository / "policies/waivers.yaml").write_text("waivers: []\n")
    codes = [each.rule.code for each in opened.check(trust_base="main", today=today).diagnostics]
    assert "policy/expired-waiver" not in codes
