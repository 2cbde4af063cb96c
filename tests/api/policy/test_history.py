"""The history is tallied as a whole, and a change that cannot be judged has not passed."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.workbench import deterministic, shell
from varve.api.opening import open_view
from varve.api.policy import history
from varve.api.policy.history import Request
from varve.model.assessment import History
from varve.model.diagnostic import Report
from varve.model.policy import Tally
from varve.world.git import repository as world
from varve.world.git.repository import Repository
from varve.world.snapshot.views import WorkTree

pytestmark = pytest.mark.usefixtures("one_kit")

TENANT: Final = "tenants/acme/tenant.yaml"
TOKEN: Final = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
BOB: Final = "Approved-by: Bob <bob@acme.example>"
SETTINGS: Final = "mkdir -p policies && echo 'policies: {%s: {}}' > policies/settings.yaml"

Run = Callable[..., Path]


@pytest.fixture
def run(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Copies the small repository, and runs lines of shell in it."""
    deterministic(monkeypatch)
    folder = tmp_path / "repository"
    shutil.copytree(begun, folder)

    def run(*lines: str) -> Path:
        for line in lines:
            code, output = shell(line, folder)
            assert code == 0, f"{line}: {output}"
        return folder

    return run


def commit(message: str, edit: str = f"echo '# more' >> {TENANT}", day: int = 31) -> str:
    date = f"2025-01-{day:02}T12:00:00Z"
    return f"{edit} && git add -A && GIT_COMMITTER_DATE={date} git commit -q -m '{message}'"


def look(folder: Path, most: int = 50) -> tuple[History | None, Report]:
    report = Report()
    repository = found(folder)
    opening = open_view(repository, WorkTree(), report)
    assert opening is not None
    return history.judge(repository, opening.snapshot, Request(most=most), report), report


def found(folder: Path) -> Repository:
    repository = world.find(folder, Report())
    assert repository is not None
    return repository


def tallies(folder: Path, most: int = 50) -> dict[str, Tally]:
    """The tallies by tenant."""
    seen, report = look(folder, most)
    assert seen is not None
    assert list(report) == []
    return {each.unit.tenant: each for each in seen.tallies if each.policy in ("approved-change", "emergency-reviewed")}


def test_changes_are_tallied_by_tenant_and_failures_named(run: Run) -> None:
    folder = run(
        commit("Settle it", SETTINGS % "approved-change"),
        commit(f"Say more\n\n{BOB}"),
        commit("Say most"),
        "git checkout -q -b change",
        commit("Say it again"),
        commit("And again"),
        f"git checkout -q main && git merge -q --no-ff -m 'Merge it' -m '{BOB}' change",
    )
    counted = tallies(folder)
    assert (counted["acme"].population, len(counted["acme"].failures)) == (3, 1)
    newest = shell("git rev-parse --short=12 main~1", folder)[1].strip()
    assert counted["acme"].failures[0].subject == f"{newest} Say most"
    # The first two commits of the repository, and the settings.
    assert (counted[""].population, len(counted[""].failures)) == (3, 3)


def test_only_the_newest_changes_are_judged_and_all_are_counted(run: Run) -> None:
    folder = run(commit("Settle it", SETTINGS % "approved-change"), commit("Say more"), commit("A text", "echo > NEWS"))
    seen, _ = look(folder, 1)
    assert seen is not None
    assert (seen.looked, seen.whole) == (1, 4)
    assert str(seen.since) == str(seen.until) == "2025-01-31"
    assert tallies(folder, 1)["acme"].population == 1
    assert tallies(folder, 1)[""].population == 0


def test_without_policies_of_changes_nothing_is_tallied(run: Run) -> None:
    seen, report = look(run(commit("Say more")))
    assert seen is not None
    assert (seen.tallies, seen.looked, list(report)) == ((), 3, [])


REVIEWS: Final = {
    "nobody has looked at it": (["Say more"], 1),
    "somebody else has": (["Reviewed-commit: {id}"], 0),
    "its author has": (["Reviewed-commit: {id}", "same"], 1),
    "by too short an id": (["Reviewed-commit: {short}"], 1),
    "of something else": (["Reviewed-commit: 0123456789abcdef"], 1),
    "too late": (["Reviewed-commit: {id}", "late"], 1),
}


@pytest.mark.parametrize(("review", "failures"), REVIEWS.values(), ids=REVIEWS)
def test_a_later_commit_can_review_an_emergency(review: list[str], failures: int, run: Run) -> None:
    settle = commit("Settle it", SETTINGS % "emergency-reviewed", 1)
    folder = run(settle, commit("Stop it\n\nEmergency: INC-7", day=2))
    id_ = shell("git rev-parse HEAD", folder)[1].strip()
    text = review[0].format(id=id_[:16], short=id_[:7])
    author = "" if "same" in review else "GIT_AUTHOR_EMAIL=bob@acme.example "
    day = 9 if "late" in review else 3
    run(commit(f"Look at it\n\n{text}", day=day).replace("git commit", f"{author}git commit"), commit("Later", day=20))
    counted = tallies(folder)["acme"]
    assert (counted.population, len(counted.failures)) == (1, failures)


def test_a_change_that_is_too_long_fails_and_is_reported(run: Run) -> None:
    long = (
        f"echo '# x' >> {TENANT} && head -c 1100000 /dev/zero | tr '\\0' x > ../message && git commit -qaF ../message"
    )
    seen, report = look(run(commit("Settle it", SETTINGS % "approved-change"), long), 1)
    assert seen is not None
    assert [each.rule.code for each in report] == ["world/long-change"]
    assert [len(each.failures) for each in seen.tallies] == [1]


def test_values_are_compared_commit_by_commit(run: Run) -> None:
    policy = (
        "{id: quiet, title: No French, severity: error, scope: change, match: change.committed, "
        'require: "change.values.all(v, v.path != \\"locale\\")", at: values, message: "{change.values}", '
        "remediation: Do not., examples: [{name: a, pass: {}}, {name: b, fail: {change: {values: [{path: locale}]}}}]}"
    )
    put = f"mkdir -p policies && cat > policies/quiet.yaml <<'END'\n{policy}\nEND\n{SETTINGS % 'quiet'}"
    folder = run(commit("Settle it", put), commit("Speak French", f"echo 'locale: fr_FR' >> {TENANT}"), commit("More"))
    seen, report = look(folder, 2)
    assert seen is not None, list(report)
    (counted,) = [each for each in seen.tallies if each.unit.tenant == "acme"]
    assert [failure.subject.partition(" ")[2] for failure in counted.failures] == ["Speak French"]
    assert counted.failures[0].place is not None
    assert (counted.failures[0].place.file, counted.failures[0].place.keys) == (TENANT, ("locale",))


def search(folder: Path) -> tuple[int | None, Report]:
    report = Report()
    opening = open_view(found(folder), WorkTree(), report)
    assert opening is not None
    return history.search(found(folder), opening.snapshot, "HEAD", report), report


LEAK: Final = commit("Note it", f"echo 'note: {TOKEN}' > tenants/acme/notes.txt")


def test_a_removed_credential_is_found_in_the_history(run: Run) -> None:
    looked, report = search(run(LEAK, commit("Take it out", "git rm -q tenants/acme/notes.txt")))
    (finding,) = report
    assert (finding.rule.code, finding.place and finding.place.file) == (
        "check/secret-in-history",
        "tenants/acme/notes.txt",
    )
    assert "line 1" in finding.message
    assert TOKEN not in f"{finding}"
    assert looked


def test_every_version_of_a_file_is_searched(run: Run) -> None:
    looked, report = search(run(commit("Say more")))
    # Each file of the base repository, and a second version of one of them.
    assert (looked, list(report)) == (7, [])


def test_a_rotated_credential_is_not_reported(run: Run) -> None:
    folder = run(
        LEAK,
        'mkdir policies && echo "$(git rev-parse HEAD:tenants/acme/notes.txt) changed at GitHub" > policies/rotated',
        commit("Take it out", "git rm -q tenants/acme/notes.txt"),
    )
    assert list(search(folder)[1]) == []
    run(commit("Another", f"echo 'other: {TOKEN}' > tenants/acme/notes.txt"))
    assert len(search(folder)[1]) == 1


def test_a_shallow_clone_has_not_passed(run: Run, tmp_path: Path) -> None:
    folder = run(LEAK, commit("Take it out", "git rm -q tenants/acme/notes.txt"))
    code, output = shell(f"git clone -q --depth 1 file://{folder} shallow", tmp_path)
    assert code == 0, output
    for question in (look, search):
        answer, report = question(tmp_path / "shallow")
        assert answer is None
        assert [each.rule.code for each in report] == ["world/shallow-history"]


def test_a_clone_without_a_content_has_not_passed(run: Run) -> None:
    folder = run(LEAK, commit("Take it out", "git rm -q tenants/acme/notes.txt"))
    blob = shell("git rev-parse HEAD~1:tenants/acme/notes.txt", folder)[1].strip()
    (folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    looked, report = search(folder)
    assert looked is None
    assert [each.rule.code for each in report] == ["world/missing-object"]
