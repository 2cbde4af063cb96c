"""`varve diff` prints what a change means, for people and for programs."""

import json
from pathlib import Path

from tests.workbench import shell, varve

CHANGE = "sed -i 's/for: 10m/for: 15m/' tenants/acme/services/checkout.yaml"


def test_diff_prints_changes_and_their_units(repository: Path) -> None:
    assert varve("diff", repository) == (0, "nothing changes\n")
    assert shell(CHANGE, repository)[0] == 0
    code, output = varve("diff", repository)
    assert (code, output.splitlines()[0]) == (0, "production, staging: acme")
    assert "\n~ QueueStuck in checkout: for 10m -> 15m\n" in output
    assert shell("git commit -qam Patience", repository)[0] == 0
    assert varve("diff", repository) == (0, "nothing changes\n")
    assert varve("diff HEAD~1", repository) == varve("diff HEAD~1 HEAD", repository) == (0, output)


def test_programs_get_the_changes_and_people_what_is_wrong(repository: Path) -> None:
    assert shell(CHANGE, repository)[0] == 0
    code, output = varve("diff --format json", repository)
    assert (code, {each["kind"] for each in json.loads(output)}) == (0, {"value", "alert", "artifact"})
    assert varve("diff HEAD HEAD --format json", repository) == (0, "[]\n")


def test_a_broken_unit_ends_diff_with_1(two: Path) -> None:
    (two / "tenants/acme/services/search.yaml").write_text("onwer: payments\n")
    code, output = varve("diff", two)
    assert (code, "~ broken now" in output, "check/unknown-key" in output) == (1, True, True)


def test_an_unknown_commit_is_a_mistake(repository: Path) -> None:
    code, output = varve("diff nowhere", repository)
    assert (code, "world/unknown-revision" in output) == (1, True)


def test_one_environment_and_one_tenant_can_be_asked_for(two: Path) -> None:
    assert shell("sed -i 's/for: 10m/for: 15m/' tenants/*/services/*.yaml", two)[0] == 0
    assert varve("diff -e staging -t acme", two)[1].splitlines()[0] == "staging: acme"
    assert varve("diff -t nobody", two)[0] == 1


def test_for_one_tenant_the_mistakes_of_others_are_not_printed(two: Path) -> None:
    (two / "tenants/acme/services/search.yaml").write_text("onwer: payments\n")
    code, output = varve("diff -t umbra", two)
    assert (code, "check/unknown-key" in output) == (0, False)
    assert varve("diff -t acme", two)[0] == 1
