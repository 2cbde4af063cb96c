"""A change is determined in every view and history, and all other files are the trusted commit's."""

from collections.abc import Callable

import pytest

from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world.history.trust import Change, change
from varve.world.snapshot.views import Commit, Index, View, WorkTree

TENANT = "tenants/acme/tenant.yaml"
DEFAULTS = "environments/defaults.yaml"
VIEWS = [
    pytest.param(WorkTree(), id="work tree"),
    pytest.param(Index(), id="index"),
    pytest.param(Commit("HEAD"), id="commit"),
]


@pytest.fixture
def work(begin: Callable[..., Work]) -> Work:
    """A repository with a file of the platform, a tenant, and a branch for each; the tenant's is checked out."""
    work = begin()
    work.commit({"varve.yaml": "a", DEFAULTS: "a", TENANT: "a", "tenants/bank/tenant.yaml": "a", "README.md": "a"})
    work.git("checkout", "-q", "-b", "change")
    return work


def changed(work: Work, view: View | None = None, base: str = "main") -> tuple[Change, list[tuple[str, str]]]:
    """The change in a view, and the diagnostics about it."""
    report = Report()
    found = change(work.find(), view or Commit("HEAD"), base, report)
    assert found is not None, list(report)
    return found, codes(report)


def texts(change: Change) -> dict[str, str]:
    return {path: change.after.source(path).data.decode() for path in change.after.entries}


def ahead(work: Work, files: dict[str, str | bytes]) -> None:
    """Commit to the trusted branch after the change has diverged from it."""
    work.git("checkout", "-q", "main")
    work.commit(files)
    work.git("checkout", "-q", "change")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_sees_the_same_change(view: View, work: Work) -> None:
    work.write({TENANT: "b", "tenants/acme/services/x.yaml": "b", "README.md": "b", ".github/ci.yaml": "b"})
    work.git("rm", "-q", "tenants/bank/tenant.yaml")
    work.git("add", "--all")
    if isinstance(view, Commit):
        work.commit()
    found, reported = changed(work, view)
    assert reported == []
    assert found.commit == work.git("rev-parse", "main")
    assert found.paths == (
        ".github/ci.yaml",
        "README.md",
        "tenants/acme/services/x.yaml",
        TENANT,
        "tenants/bank/tenant.yaml",
    )
    assert texts(found) == {"varve.yaml": "a", DEFAULTS: "a", TENANT: "b", "tenants/acme/services/x.yaml": "b"}


def test_unstaged_files_of_a_work_tree_count(work: Work) -> None:
    work.write({TENANT: "b", "tenants/acme/services/x.yaml": "b", "environments/new.yaml": "b"})
    assert changed(work, WorkTree())[0].paths == ("environments/new.yaml", "tenants/acme/services/x.yaml", TENANT)
    assert changed(work, Index())[0].paths == ()


def test_without_changes_there_are_no_paths(work: Work) -> None:
    work.commit({TENANT: "b"})
    work.commit({TENANT: "a"})
    for view in (WorkTree(), Index(), Commit("HEAD")):
        assert changed(work, view)[0].paths == ()


def test_the_mode_of_a_file_is_a_change(work: Work) -> None:
    (work.top / TENANT).chmod(0o755)
    (work.top / "README.md").chmod(0o755)
    work.commit()
    assert changed(work)[0].paths == ("README.md", TENANT)


@pytest.mark.parametrize("view", VIEWS)
def test_later_changes_of_the_trusted_branch_are_not_part_of_the_change(view: View, work: Work) -> None:
    work.commit({TENANT: "b"})
    ahead(work, {DEFAULTS: "newer", "tenants/bank/tenant.yaml": "newer", "README.md": "newer", "build/x": "newer"})
    found, reported = changed(work, view)
    assert (found.paths, reported) == ((TENANT,), [])
    assert texts(found) == {
        "varve.yaml": "a",
        DEFAULTS: "newer",
        TENANT: "b",
        "tenants/bank/tenant.yaml": "newer",
        "build/x": "newer",
    }
    assert found.before.source(DEFAULTS).data == b"newer"
    assert "tenants/bank/tenant.yaml" not in found.before


def test_equal_changes_on_both_sides_are_no_change(work: Work) -> None:
    work.commit({DEFAULTS: "newer", TENANT: "b"})
    ahead(work, {DEFAULTS: "newer"})
    assert changed(work)[0].paths == (TENANT,)


def test_a_branch_that_has_merged_the_trusted_one_changes_only_its_own(work: Work) -> None:
    work.commit({TENANT: "b"})
    ahead(work, {DEFAULTS: "newer"})
    work.git("merge", "-q", "--no-edit", "main")
    assert changed(work)[0].paths == (TENANT,)


def test_a_revert_is_a_change(work: Work) -> None:
    """The old content is not the present one."""
    ahead(work, {DEFAULTS: "stricter"})
    work.git("merge", "-q", "--ff-only", "main")
    work.commit({DEFAULTS: "a"})
    assert changed(work)[0].paths == (DEFAULTS,)


def test_a_revert_in_a_merge_is_a_change(work: Work) -> None:
    work.commit({TENANT: "b"})
    ahead(work, {DEFAULTS: "stricter"})
    work.git("merge", "-q", "--no-edit", "--strategy", "ours", "main")
    found, _ = changed(work)
    assert found.paths == (DEFAULTS, TENANT)
    assert texts(found)[DEFAULTS] == "a"


def test_every_one_of_several_common_commits_counts(work: Work) -> None:
    """Two branches that have merged each other: a file that differs from one of the common commits is changed."""
    work.commit({TENANT: "b"})
    mine = work.git("rev-parse", "HEAD")
    ahead(work, {DEFAULTS: "stricter"})
    on_main = work.git("rev-parse", "main")
    work.git("merge", "-q", "--no-edit", on_main)
    work.commit({DEFAULTS: "a"})
    work.git("checkout", "-q", "main")
    work.git("merge", "-q", "--no-edit", mine)
    work.git("checkout", "-q", "change")
    assert len(work.git("merge-base", "--all", "main", "change").split()) == 2
    found, _ = changed(work)
    assert found.paths == (DEFAULTS,)


def test_a_source_changed_on_both_sides_is_reported(work: Work) -> None:
    work.commit({TENANT: "b", "tenants/bank/tenant.yaml": "b"})
    ahead(work, {TENANT: "newer", "tenants/bank/tenant.yaml": "newer"})
    found, reported = changed(work)
    assert reported == [("world/changed-twice", TENANT)]
    assert found.after.refused == frozenset()


def test_an_artifact_changed_on_both_sides_is_that_of_the_change(work: Work) -> None:
    work.commit({"build/x": "b"})
    ahead(work, {"build/x": "newer"})
    found, reported = changed(work)
    assert (reported, texts(found)["build/x"]) == ([], "b")


def test_a_source_deleted_on_one_side_and_changed_on_the_other_is_reported(work: Work) -> None:
    work.commit({TENANT: "b"})
    work.git("checkout", "-q", "main")
    work.git("rm", "-q", TENANT)
    work.commit()
    work.git("checkout", "-q", "change")
    assert changed(work)[1] == [("world/changed-twice", TENANT)]


@pytest.mark.parametrize("view", VIEWS)
def test_a_folder_that_became_a_submodule_is_a_change_whatever_its_settings_say(view: View, work: Work) -> None:
    work.write({".gitmodules": '[submodule "x"]\n\tpath = vendor\n\turl = ./x\n\tignore = all\n'})
    work.git("add", ".gitmodules")
    work.git("update-index", "--add", "--cacheinfo", f"160000,{work.git('rev-parse', 'HEAD')},vendor")
    (work.top / "vendor").mkdir()
    if isinstance(view, Commit):
        work.git("commit", "-q", "-m", "vendor")
    assert changed(work, view)[0].paths == (".gitmodules", "vendor")


def test_settings_of_git_hide_no_change(work: Work) -> None:
    for name, value in {"diff.relative": "true", "diff.renames": "copies", "diff.ignoreSubmodules": "all"}.items():
        work.git("config", name, value)
    work.git("mv", "README.md", "READ.md")
    work.commit()
    assert changed(work)[0].paths == ("READ.md", "README.md")


def test_paths_count_from_the_folder_of_the_settings(begin: Callable[..., Work]) -> None:
    work = begin()
    work.commit({"ops/varve.yaml": "a", "ops/tenants/acme/tenant.yaml": "a", "tenants/x/y": "a", ".ci.yaml": "a"})
    work.git("checkout", "-q", "-b", "change")
    work.commit({"ops/tenants/acme/tenant.yaml": "b", "tenants/x/y": "b", ".ci.yaml": "b", "ops/Makefile": "b"})
    found, reported = changed(Work(work.top / "ops"))
    assert (found.paths, reported) == (("../.ci.yaml", "../tenants/x/y", "Makefile", TENANT), [])


def test_a_link_that_the_change_adds_is_refused_but_not_one_that_it_replaces(work: Work) -> None:
    link = "tenants/acme/services/x.yaml"
    (work.top / link).parent.mkdir()
    (work.top / link).symlink_to("../tenant.yaml")
    work.commit()
    found, reported = changed(work)
    assert (reported, found.after.refused) == ([("world/symbolic-link", link)], frozenset({link}))
    work.git("branch", "-f", "main")
    (work.top / link).unlink()
    work.commit({link: "b"})
    found, reported = changed(work)
    assert (reported, found.after.refused) == ([], frozenset())


def test_names_that_collide_only_after_the_merge_are_refused(work: Work) -> None:
    work.commit({"tenants/acme/services/shop.yaml": "b"})
    ahead(work, {"tenants/acme/services/Shop.yaml": "newer"})
    assert changed(work)[1] == [("world/colliding-path", "tenants/acme/services/Shop.yaml")]


@pytest.mark.parametrize("view", VIEWS)
def test_an_attribute_that_the_change_adds_applies_to_untouched_files_too(view: View, work: Work) -> None:
    work.write({"tenants/acme/.gitattributes": "*.yaml ident\n"})
    work.git("add", "--all")
    if isinstance(view, Commit):
        work.commit()
    found, reported = changed(work, view)
    assert found.paths == ("tenants/acme/.gitattributes",)
    assert reported == [("world/altered-file", TENANT)]


def test_an_attribute_of_an_old_branch_does_not_apply_to_trusted_files(work: Work) -> None:
    work.git("checkout", "-q", "main")
    work.commit({".gitattributes": "environments/** ident\n"})
    work.git("branch", "-f", "change")
    work.commit({".gitattributes": "\n"})
    work.git("checkout", "-q", "change")
    work.commit({TENANT: "b"})
    assert changed(work)[1] == []


def test_an_unknown_trusted_commit_is_reported(work: Work) -> None:
    for base, head, code in (
        ("nowhere", "HEAD", "world/unknown-revision"),
        ("main", "nowhere", "world/unknown-revision"),
        ("main:varve.yaml", "HEAD", "world/unknown-revision"),
    ):
        report = Report()
        assert change(work.find(), Commit(head), base, report) is None
        assert codes(report) == [(code, "")]


def test_a_branch_without_a_commit_has_no_change(begin: Callable[..., Work]) -> None:
    work = begin()
    work.write({"varve.yaml": "a"})
    report = Report()
    assert change(work.find(), WorkTree(), "main", report) is None
    assert {code for code, _ in codes(report)} == {"world/unknown-revision", "world/no-commit"}


def test_a_missing_tree_object_is_reported(work: Work) -> None:
    work.commit({"docs/a": "b"})
    lost = work.git("rev-parse", "HEAD:docs")
    (work.top / ".git/objects" / lost[:2] / lost[2:]).unlink()
    report = Report()
    assert change(work.find(), Commit("HEAD"), "main", report) is None
    assert codes(report) == [("world/git-failed", "")]


@pytest.mark.parametrize("view", VIEWS)
def test_a_change_without_uncommitted_files_is_committed(view: View, work: Work) -> None:
    head = work.commit({TENANT: "b", "README.md": "b"})
    found, _ = changed(work, view)
    assert (found.head, found.committed) == (head, True)


@pytest.mark.parametrize("file", [TENANT, "README.md"])
def test_a_change_with_staged_files_is_not_committed(file: str, work: Work) -> None:
    work.commit({"tenants/acme/services/x.yaml": "b"})
    work.write({file: "c"})
    work.git("add", "--all")
    committed = {type(view): changed(work, view)[0].committed for view in (WorkTree(), Index(), Commit("HEAD"))}
    assert committed == {WorkTree: False, Index: False, Commit: True}
