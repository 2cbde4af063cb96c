"""A report covers everything that can be checked, and what was not checked does not count as passed."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from tests.api.policy.governed import FILES, commit, described, governed, write
from tests.workbench import shell, varve
from varve.api import repository as api
from varve.api.policy.assessment import Assessed, Request
from varve.world.package import digest

__all__ = ("governed",)

TODAY: Final = date(2025, 2, 28)
REQUEST: Final = Request(TODAY)


def assessed(repository: Path, request: Request = REQUEST) -> Assessed:
    return api.open(repository).report_policies(request)


def verdicts(found: Assessed) -> dict[str, str]:
    """The verdict on each control of the only standing."""
    assert found.assessment is not None
    (standing,) = found.assessment.standings
    return {control.id: control.verdict for control in standing.controls}


def check(found: Assessed, id_: str) -> str:
    assert found.assessment is not None
    return next(each.verdict for one in found.assessment.standings for each in one.checks if each.id == id_)


def test_a_control_whose_checks_pass_is_supported(governed: Path) -> None:
    described(governed)
    found = assessed(governed)
    assert found.sound, found.findings.text()
    assert verdicts(found) == {"H1": "passed", "H2": "passed"}
    assert not found.failing


def test_a_control_whose_check_fails_names_the_failure(governed: Path) -> None:
    found = assessed(governed)
    assert found.sound, found.findings.text()
    assert found.failing
    assert verdicts(found) == {"H1": "failed", "H2": "passed"}
    assert "checkout" in found.text()


def test_artifacts_that_do_not_match_their_sources_fail(governed: Path) -> None:
    described(governed)
    path = governed / "build/production/tenants/acme/rules/checkout.yaml"
    path.write_text(path.read_text() + "# by hand\n")
    found = assessed(governed)
    assert verdicts(found) == {"H1": "passed", "H2": "failed"}
    assert found.broken


def test_an_unreadable_artifact_does_not_count_as_built(governed: Path) -> None:
    described(governed)
    path = governed / "build/production/tenants/acme/rules/checkout.yaml"
    path.unlink()
    path.symlink_to("elsewhere")
    assert verdicts(assessed(governed)) == {"H1": "passed", "H2": "failed"}


def test_a_tenant_that_does_not_compile_is_not_judged(governed: Path) -> None:
    write(governed, {"tenants/acme/services/checkout.yaml": "alerts: {A: {expr: 'sum('}}\n"})
    found = assessed(governed)
    assert found.broken
    assert verdicts(found)["H1"] == "not judged"


def test_a_tenant_that_cannot_be_read_still_stands_in_the_report(governed: Path) -> None:
    write(governed, {"tenants/acme/services/checkout.yaml": "alerts: [\n"})
    assert set(verdicts(assessed(governed)).values()) == {"not judged"}
    write(governed, {"environments/tenants/acme.yaml": "{}\n"})
    tenant = (governed / "tenants/acme/tenant.yaml").read_text().replace("]}", "], compliance: [house]}")
    write(governed, {"tenants/acme/tenant.yaml": tenant})
    assert set(verdicts(assessed(governed)).values()) == {"not judged"}


def test_a_selection_reports_the_same_about_fewer_tenants(governed: Path) -> None:
    write(governed, {"environments/tenants/acme.yaml": "tenant: {compliance: [house, soc2]}\n"})
    every = assessed(governed).assessment
    one = assessed(governed, Request(TODAY, framework="house")).assessment
    assert every is not None
    assert one is not None
    assert [each.framework for each in every.standings] == ["house", "soc2"]
    assert one.standings == every.standings[:1]
    alone = assessed(governed, Request(TODAY, tenant="acme")).assessment
    assert alone is not None
    assert alone.standings == every.standings


def test_a_tenant_without_frameworks_is_not_in_the_report(repository: Path) -> None:
    found = assessed(repository)
    assert found.assessment is not None
    assert (found.assessment.standings, found.failing) == ((), False)
    assert found.text().startswith("no tenant is held to any of these frameworks: `tenant.compliance` sets")


UNKNOWN: Final = {
    "a tenant": (Request(TODAY, tenant="acmee"), "read/no-such-tenant", "did you mean `acme`?"),
    "a framework": (Request(TODAY, "hous"), "policy/unknown-framework", "did you mean `house`?"),
    "a framework's beginning": (Request(TODAY, "hou"), "policy/unknown-framework", "did you mean `house`?"),
    "another framework": (Request(TODAY, "x"), "policy/unknown-framework", "write `policies/frameworks/x.yaml`"),
    "a commit": (Request(TODAY, revision="moon"), "world/unknown-revision", "name a commit that this clone has"),
}


@pytest.mark.parametrize(("wanted", "code", "hint"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_tenant_or_framework_is_a_mistake(wanted: Request, code: str, hint: str, governed: Path) -> None:
    found = assessed(governed, wanted)
    assert [(each.rule.code, each.hint) for each in found.diagnostics] == [(code, hint)]
    assert found.assessment is None
    assert found.failing
    assert (found.text(), found.json(), found.html()) == ("", "", "")


def test_broken_policies_report_nothing(governed: Path) -> None:
    write(governed, {"policies/told-services.yaml": "id: told-services\n"})
    found = assessed(governed)
    assert found.broken
    assert found.assessment is None


def test_a_report_names_the_commit_of_a_clean_work_tree_only(governed: Path) -> None:
    head = shell("git rev-parse HEAD", governed)[1].strip()
    found = assessed(governed).assessment
    assert found is not None
    assert found.commit == head
    assert found.again == (f"varve policy report --rev {head} --today 2025-02-28",)
    described(governed)
    changed = assessed(governed).assessment
    assert changed is not None
    assert (changed.commit, changed.again) == ("", ())


def test_the_command_that_it_names_makes_the_same_report(governed: Path) -> None:
    found = assessed(governed, Request(TODAY, framework="house", tenant="acme"))
    assert found.assessment is not None
    (again,) = found.assessment.again
    code, output = varve(f"{again.removeprefix('varve ')} --format json", governed)
    assert (code, output[: len(found.json())]) == (1, found.json())


def test_a_commit_is_judged_as_it_was(governed: Path) -> None:
    described(governed)
    assert verdicts(assessed(governed, Request(TODAY, revision="HEAD")))["H1"] == "failed"
    commit(governed)
    assert verdicts(assessed(governed, Request(TODAY, revision="HEAD")))["H1"] == "passed"
    assert verdicts(assessed(governed, Request(TODAY, revision="HEAD~1")))["H1"] == "failed"


def test_a_report_names_the_compiler_and_the_day(governed: Path) -> None:
    found = assessed(governed).assessment
    assert found is not None
    assert digest.compiler() in found.compiler
    assert found.day == TODAY


WAIVER: Final = """\
waivers:
  - {policy: told-services, tenant: acme, reason: soon mended, owner: a@b.io, granted: 2025-02-01, until: 2025-02-28}
"""


def test_a_waiver_counts_until_its_day(governed: Path) -> None:
    write(governed, {"policies/waivers.yaml": WAIVER})
    found = assessed(governed)
    assert verdicts(found)["H1"] == "waived", found.findings.text()
    assert not found.failing
    late = assessed(governed, Request(date(2025, 3, 1)))
    assert verdicts(late)["H1"] == "failed"
    assert [each.rule.code for each in late.diagnostics] == ["policy/expired-waiver"]


def test_failing_examples_are_reported(governed: Path) -> None:
    text = FILES["policies/told-services.yaml"].replace("has(", "false && has(")
    write(governed, {"policies/told-services.yaml": text})
    found = assessed(governed)
    assert "policy/failed-example" in [each.rule.code for each in found.diagnostics]


def test_the_history_is_searched_for_secrets_unless_the_clone_is_shallow(governed: Path, tmp_path: Path) -> None:
    rules = FILES["policies/told-artifacts.yaml"].partition("rules:")[0].replace("told-artifacts", "past")
    own = f"{rules}rules: [check/secret-in-history]\nremediation: Change it.\n"
    house = FILES["policies/frameworks/house.yaml"].replace("[told-services]", "[told-services, past]")
    write(governed, {"policies/past.yaml": own, "policies/frameworks/house.yaml": house})
    commit(governed)
    assert check(assessed(governed), "past") == "passed"
    line = f"git clone -q --depth 1 file://{governed} {tmp_path}/shallow"
    assert shell(line, governed) == (0, "")
    assert check(assessed(tmp_path / "shallow"), "past") == "not judged"
    key = "AKIA" + "QZ7WXTR4KJ2MNB5V"
    write(governed, {"environments/tenants/acme.yaml": f"# {key}\ntenant: {{compliance: [house]}}\n"})
    commit(governed)
    write(governed, {"environments/tenants/acme.yaml": "tenant: {compliance: [house]}\n"})
    commit(governed)
    found = assessed(governed)
    assert check(found, "past") == "failed"
    assert key not in found.text() + found.json()
