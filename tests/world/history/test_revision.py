"""The name of the trusted commit must be unambiguous, and the start of a change must be known."""

import pytest

from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world.history.revision import beginnings, trusted


def meant(work: Work, revision: str) -> tuple[str | None, list[str]]:
    report = Report()
    found = trusted(work.find(), revision, report)
    return found, [code for code, _ in codes(report)]


def begun(work: Work, base: str, head: str) -> tuple[list[str], list[str]]:
    report = Report()
    found = beginnings(work.find(), base, head, report)
    return found, [code for code, _ in codes(report)]


NAMES = ["main", "refs/heads/main", "HEAD", "@", "main~0", "main^{commit}", "HEAD^0", "@{0}", "release/1"]


@pytest.mark.parametrize("name", NAMES)
def test_an_unambiguous_name_is_accepted(name: str, work: Work) -> None:
    work.git("branch", "release/1")
    assert meant(work, name) == (work.git("rev-parse", "HEAD"), [])


def test_ids_are_accepted(work: Work) -> None:
    commit = work.git("rev-parse", "HEAD")
    for name in (commit, commit.upper(), commit[:9], commit + "~0"):
        assert meant(work, name) == (commit, [])


@pytest.mark.parametrize(
    "name", ["", "nowhere", "^main", "-x", "--all", "main~7", "a\0b", "ma in", "ma[i]n", "refs/remotes/origin/main"]
)
def test_an_unknown_name_is_refused(name: str, work: Work) -> None:
    assert meant(work, name) == (None, ["world/unknown-revision"])


@pytest.mark.parametrize("name", [":/change", "main:varve.yaml", "main^{/change}:x"])
def test_a_search_for_a_message_is_refused(name: str, work: Work) -> None:
    assert meant(work, name) == (None, ["world/unknown-revision"])


SHADOWS = {
    "a tag": ("main", "refs/tags/main"),
    "a branch called as another in full": ("heads/main", "refs/heads/heads/main"),
    "a step from such a name": ("main~0", "refs/tags/main"),
    "a remote": ("main", "refs/remotes/main"),
    "a branch beside a remote one": ("origin/main", "refs/heads/origin/main"),
    "a tag beside the head of a remote": ("origin", "refs/tags/origin"),
    "a branch called HEAD": ("HEAD", "refs/heads/HEAD"),
    "a branch called like what was fetched": ("FETCH_HEAD", "refs/heads/FETCH_HEAD"),
}


@pytest.mark.parametrize(("name", "shadow"), SHADOWS.values(), ids=SHADOWS)
def test_an_ambiguous_name_is_refused(name: str, shadow: str, work: Work) -> None:
    first = work.git("rev-parse", "HEAD")
    for ref in ("refs/remotes/origin/main", "refs/remotes/origin/HEAD"):
        work.git("update-ref", ref, first)
    (work.top / ".git/FETCH_HEAD").write_text(f"{first}\n")
    assert meant(work, name) == (first, [])
    work.git("update-ref", shadow, work.commit({"varve.yaml": "apiVersion: varve/v1 # evil\n"}))
    work.git("update-ref", "refs/heads/main", first)
    assert meant(work, name) == (None, ["world/ambiguous-revision"])


def test_a_short_id_that_is_also_a_branch_is_refused(work: Work) -> None:
    commit = work.git("rev-parse", "HEAD")
    work.git("update-ref", f"refs/heads/{commit[:7]}", work.commit({"varve.yaml": "evil"}))
    assert meant(work, commit[:7]) == (None, ["world/ambiguous-revision"])
    assert meant(work, commit) == (commit, [])


def test_a_git_describe_name_that_is_also_a_branch_is_refused(work: Work) -> None:
    commit = work.git("rev-parse", "HEAD")
    for name in (f"v1-0-g{commit[:7]}", f"v1-0-g{commit}"):
        assert meant(work, name) == (commit, [])
        work.git("update-ref", f"refs/heads/{name}", work.commit({"varve.yaml": f"evil {name}"}))
        assert meant(work, name) == (None, ["world/ambiguous-revision"])


def test_a_full_name_is_never_ambiguous(work: Work) -> None:
    first = work.git("rev-parse", "HEAD")
    evil = work.commit({"varve.yaml": "evil"})
    for shadow in ("refs/heads/refs/heads/trunk", "refs/tags/refs/heads/trunk"):
        work.git("update-ref", shadow, evil)
    # Before the branch is fetched git would take one of them for it.
    assert meant(work, "refs/heads/trunk") == (None, ["world/ambiguous-revision"])
    work.git("update-ref", "refs/heads/trunk", first)
    assert meant(work, "refs/heads/trunk") == (first, [])


def test_the_diagnostic_lists_all_meanings(work: Work) -> None:
    work.git("tag", "main")
    report = Report()
    assert trusted(work.find(), "main", report) is None
    (finding,) = report
    assert [note.message for note in finding.notes] == ["it can mean `refs/tags/main`", "it can mean `refs/heads/main`"]


def test_a_change_begins_at_the_newest_common_commit(work: Work) -> None:
    first = work.git("rev-parse", "HEAD")
    on_change = work.commit({"tenants/acme/tenant.yaml": "a"})
    assert begun(work, first, on_change) == ([first], [])
    assert begun(work, on_change, on_change) == ([on_change], [])
    work.git("checkout", "-q", first)
    on_main = work.commit({"tenants/bank/tenant.yaml": "b"})
    assert begun(work, on_main, on_change) == ([first], [])


def test_unrelated_histories_are_refused(work: Work) -> None:
    first = work.git("rev-parse", "HEAD")
    work.git("checkout", "-q", "--orphan", "other")
    assert begun(work, first, work.commit({"varve.yaml": "b"})) == ([], ["world/no-common-commit"])


def shallow(work: Work, depth: int, *branches: str) -> Work:
    """A clone with `depth` commits of each branch."""
    clone = Work(work.top.parent / "clone")
    clone.top.mkdir()
    clone.git("init", "-q", "-b", "elsewhere")
    clone.git("fetch", "-q", "--depth", str(depth), f"file://{work.top}", *(f"{name}:{name}" for name in branches))
    clone.git("checkout", "-q", branches[-1])
    return clone


def test_a_shallow_clone_is_enough_where_the_change_goes_back_to_the_trusted_commit(work: Work) -> None:
    base = work.git("rev-parse", "HEAD")
    work.git("checkout", "-q", "-b", "change")
    head = work.commit({"tenants/acme/tenant.yaml": "a"})
    assert begun(shallow(work, 2, "main", "change"), base, head) == ([base], [])


def test_a_shallow_clone_that_does_not_reach_back_is_refused(work: Work) -> None:
    work.git("checkout", "-q", "-b", "change")
    head = work.commit({"tenants/acme/tenant.yaml": "a"})
    work.git("checkout", "-q", "main")
    base = work.commit({"environments/production.yaml": "b"})
    assert begun(shallow(work, 1, "main", "change"), base, head) == ([], ["world/no-common-commit"])


def test_in_a_shallow_clone_an_older_common_commit_does_not_pass_for_the_newest(work: Work) -> None:
    """The long path of the history is cut off, while a short one leads to an older common commit."""
    old = work.git("rev-parse", "HEAD")
    middle = work.commit({"environments/production.yaml": "locks: [quotas]\n"})
    base = [work.commit({"tenants/bank/tenant.yaml": str(number)}) for number in range(3)][-1]
    tree = work.git("write-tree")
    head = work.git("commit-tree", tree, "-p", middle, "-p", old, "-m", "change")
    work.git("update-ref", "refs/heads/change", head)
    work.git("checkout", "-q", "main")
    short = work.git("commit-tree", tree, "-p", base, "-p", old, "-m", "base")
    work.git("update-ref", "refs/heads/main", short)
    assert begun(work, short, head) == ([middle], [])
    assert begun(shallow(work, 2, "main", "change"), short, head) == ([], ["world/no-common-commit"])
