"""A change is judged by the values that it changes, and by the frameworks of all tenants that it may touch."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.workbench import deterministic, shell
from varve.api.compile.run import compile_opening
from varve.api.opening import open_change
from varve.model.diagnostic import Diagnostic, Place, Report, Severity
from varve.model.unit import Selection
from varve.world.git import repository
from varve.world.snapshot.views import Commit, Index, View, WorkTree

pytestmark = pytest.mark.usefixtures("one_kit")

TENANT: Final = "tenants/acme/tenant.yaml"
DEFAULTS: Final = "environments/defaults.yaml"
QUIET: Final = """\
id: own
title: Nobody speaks French
severity: error
applies: always
scope: change
require: change.values.all(v, v.path != "locale" || v.after != "fr_FR")
at: values
message: "`{change.values[0].path}` becomes {change.values[0].after}"
remediation: Speak English.
examples:
  - {name: a, pass: {}}
  - {name: b, fail: {change: {values: [{path: locale, before: en_GB, after: fr_FR}]}}}
"""
FRAMEWORK: Final = """\
id: ours
title: Ours
severity: error
limits: nothing
controls: [{id: A1, title: Changes are approved, checks: [approved-change], limits: nothing}]
unchecked: {}
"""

Change = Callable[..., list[Diagnostic]]
Committed = Callable[[str], list[Diagnostic]]


@pytest.fixture
def folder(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the repository."""
    deterministic(monkeypatch)
    folder = tmp_path / "repository"
    shutil.copytree(begun, folder)
    return folder


def looked_at(folder: Path, view: View) -> list[Diagnostic]:
    """The diagnostics about a change of the main branch."""
    report = Report()
    found = repository.find(folder, report)
    assert found is not None
    opening = open_change(found, view, "main", report)
    assert opening is not None
    compile_opening(opening, Selection(), report)
    return list(report)


@pytest.fixture
def committed(folder: Path) -> Committed:
    """Commits the result of a line of shell on a branch, and returns all diagnostics."""

    def committed(line: str) -> list[Diagnostic]:
        code, output = shell(f"git checkout -qb change && {line} && git add -A && git commit -qm Change", folder)
        assert code == 0, output
        return looked_at(folder, Commit("HEAD"))

    return committed


@pytest.fixture
def change(folder: Path) -> Change:
    """Commits files to the trusted branch, changes them on another, and returns the policies' diagnostics."""

    def change(trusted: dict[str, str], line: str) -> list[Diagnostic]:
        for path, text in trusted.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        code, output = shell(
            f"git add -A && git commit -qm Settle && git checkout -qb change && {line} && "
            "git add -A && git commit -q --allow-empty -m Change",
            folder,
        )
        assert code == 0, output
        return [each for each in looked_at(folder, Commit("HEAD")) if each.rule.code.startswith("policy/")]

    return change


SPEAKERS: Final = {
    "a tenant's own file": (f"echo 'locale: fr_FR' >> {TENANT}", TENANT),
    "a file of the platform": (f"sed -i 's/locale: .*/locale: fr_FR/' {DEFAULTS}", DEFAULTS),
    "a new file": (
        "mkdir -p tenants/acme/overlays && echo 'locale: fr_FR' > tenants/acme/overlays/staging.yaml",
        "tenants/acme/overlays/staging.yaml",
    ),
}


@pytest.mark.parametrize(("line", "file"), SPEAKERS.values(), ids=SPEAKERS)
def test_a_value_is_judged_wherever_it_was_changed(line: str, file: str, change: Change) -> None:
    (finding,) = change({"policies/own.yaml": QUIET}, line)
    assert finding.place == Place(file, ("locale",))
    assert finding.message == "`locale` becomes fr_FR"


def test_among_many_values_the_refused_one_is_named(change: Change) -> None:
    lines = "".join(f"  label_{number:03}: x\\n" for number in range(20))
    (finding,) = change({"policies/own.yaml": QUIET}, f"printf 'labels:\\n{lines}locale: fr_FR\\n' >> {TENANT}")
    assert (finding.place, finding.message) == (Place(TENANT, ("locale",)), "`locale` becomes fr_FR")


def test_other_values_are_not_refused(change: Change) -> None:
    assert change({"policies/own.yaml": QUIET}, f"echo 'locale: de_DE' >> {TENANT}") == []


def test_an_empty_change_is_not_judged(change: Change) -> None:
    assert change({"policies/settings.yaml": "policies: {approved-change: {}}\n"}, "true") == []


OWNED: Final = "tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@acme.example]%s}\n"
HELD: Final = {TENANT: OWNED % ", compliance: [ours]"}
FREE: Final = {TENANT: OWNED % ""}
GRANT: Final = "environments/tenants/acme.yaml"
FRAMED: Final = {"policies/frameworks/ours.yaml": FRAMEWORK}
TOUCHING: Final = {
    "a change of its own files": f"echo '# more' >> {TENANT}",
    "a change of the platform's": f"echo '# more' >> {DEFAULTS}",
    "a change that frees it": f"rm policies/frameworks/ours.yaml && echo '# more' >> {DEFAULTS}",
    "a grant that frees it": f"mkdir environments/tenants && echo 'tenant: {{compliance: []}}' > {GRANT}",
}


@pytest.mark.parametrize("line", TOUCHING.values(), ids=TOUCHING)
def test_a_change_is_judged_by_the_frameworks_of_the_tenants_it_touches(line: str, change: Change) -> None:
    found = [each for each in change(HELD | FRAMED, line) if each.rule.code == "policy/approved-change"]
    assert [each.rule.severity.value for each in found] == ["error"]


def test_a_tenant_without_a_framework_is_not_judged_by_its_policies(change: Change) -> None:
    assert change(FREE | FRAMED, f"echo '# more' >> {TENANT}") == []


BROKEN: Final = {
    "a policy that is none": "echo 'id: bad' > policies/bad.yaml",
    "settings of a policy that there is not": "echo 'policies: {alert-runbok: {}}' > policies/settings.yaml",
    "a waiver of one": "echo 'waivers: [{policy: nobody, reason: because of that, owner: a@b.example, "
    "granted: 2026-11-01, until: 2026-11-02}]' > policies/waivers.yaml",
    "a policy that everybody breaks": "echo 'policies: {availability-watched: {severity: error}}' "
    "> policies/settings.yaml",
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_a_change_of_policies_is_also_judged_by_its_own(line: str, committed: Committed) -> None:
    assert any(each.rule.severity is Severity.ERROR for each in committed(f"mkdir policies && {line}"))


def test_a_waiver_is_granted_before_it_is_needed(committed: Committed) -> None:
    """Unneeded waivers are reported about the main branch, and not about the change that adds them."""
    waiver = (
        "{policy: two-channels, reason: because of that, owner: a@b.example, granted: 2026-11-01, until: 2026-11-02}"
    )
    assert committed(f"mkdir policies && echo 'waivers: [{waiver}]' > policies/waivers.yaml") == []


ALTERING: Final = (
    "printf 'tenant.yaml eol=crlf\\n' > tenants/acme/.gitattributes && "
    "id=$(sed 's/$/\\r/' tenants/acme/tenant.yaml | git hash-object -w --stdin --no-filters) && "
    "git add -A && git update-index --cacheinfo 100644,$id,tenants/acme/tenant.yaml && "
    "git commit -qm Sneak && rm tenants/acme/tenant.yaml && git checkout -q . && ! git diff --quiet"
)


@pytest.mark.parametrize("view", [WorkTree(), Commit("HEAD")], ids=["work tree", "commit"])
def test_the_commits_of_a_change_that_git_always_considers_altered_are_judged(view: View, folder: Path) -> None:
    (folder / "policies").mkdir()
    (folder / "policies/settings.yaml").write_text("policies: {approved-change: {severity: error}}\n")
    code, output = shell(f"git add -A && git commit -qm Settle && git checkout -qb change && {ALTERING}", folder)
    assert code == 0, output
    found = [each.rule.code for each in looked_at(folder, view)]
    assert [each for each in found if each.startswith("policy/")] == (
        ["policy/approved-change"] if view == Commit("HEAD") else ["policy/approved-change", "policy/not-committed"]
    )


def test_staged_changes_are_not_judged_by_earlier_commits(folder: Path) -> None:
    (folder / "policies").mkdir()
    (folder / "policies/settings.yaml").write_text("policies: {approved-change: {severity: error}}\n")
    line = f"echo '# a' >> {TENANT} && git commit -qam One && echo '# b' >> {TENANT} && git add -A"
    code, output = shell(f"git add -A && git commit -qm Settle && git checkout -qb change && {line}", folder)
    assert code == 0, output
    assert [each.rule.code for each in looked_at(folder, Index())] == ["policy/not-committed"]
