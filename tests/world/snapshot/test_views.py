import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.world.work import Work, codes
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.world.snapshot.views import Commit, Index, Near, View, WorkTree, look, outline, resolve, snapshot

TENANT = "tenants/acme/tenant.yaml"
VIEWS = [
    pytest.param(WorkTree(), id="work tree"),
    pytest.param(Index(), id="index"),
    pytest.param(Commit("HEAD"), id="commit"),
]


def _seen(work: Work, view: View) -> dict[str, bytes]:
    seen, report = work.snapshot(view)
    assert codes(report) == []
    assert all(
        identify(seen.source(path).data, work.find().algorithm) == seen.entries[path].id for path in seen.entries
    )
    return {path: seen.source(path).data for path in seen.entries}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("format_", ["sha1", "sha256"])
def test_every_view_of_a_clean_repository_is_the_same(begin: Callable[..., Work], view: View, format_: str) -> None:
    work = begin("work", f"--object-format={format_}")
    files: dict[str, str | bytes] = {
        "varve.yaml": "a",
        "tenants/b/x.yaml": "é",
        "build/x": "b",
        "policies/-x": "",
        "-y": "no",
    }
    work.commit(files)
    work.write({"tenants/b/.gitkeep": ""})
    assert _seen(work, view) == {
        "build/x": b"b",
        "policies/-x": b"",
        "tenants/b/x.yaml": "é".encode(),
        "varve.yaml": b"a",
    }


@pytest.mark.parametrize("view", VIEWS)
def test_paths_count_from_the_folder_of_the_settings(begin: Callable[..., Work], view: View) -> None:
    work = begin()
    work.commit({"a b/ops/varve.yaml": "", "a b/ops/tenants/x": "x", "tenants/other": "", "a b/tenants/other": ""})
    assert _seen(Work(work.top / "a b/ops"), view) == {"tenants/x": b"x", "varve.yaml": b""}


def test_the_three_views_differ_where_the_states_do(work: Work) -> None:
    committed = _seen(work, WorkTree())
    work.write({TENANT: "staged"})
    work.git("add", TENANT)
    work.write({TENANT: "on disk", "tenants/acme/services/new.yaml": "untracked"})
    (work.top / "varve.yaml").unlink()
    (work.top / "varve.json").write_text("{}")
    assert _seen(work, Commit("HEAD")) == committed
    assert _seen(work, Index()) == committed | {TENANT: b"staged"}
    assert _seen(work, WorkTree()) == {
        TENANT: b"on disk",
        "tenants/acme/services/new.yaml": b"untracked",
        "varve.json": b"{}",
    }


def test_a_touched_file_is_the_same_file(work: Work) -> None:
    before, _ = work.snapshot()
    os.utime(work.top / TENANT, (1, 1))
    assert work.snapshot()[0].entries == before.entries


def test_only_the_repositorys_own_gitignore_hides_a_source(work: Work, tmp_path: Path) -> None:
    (tmp_path / "global").write_text("mine.yaml\n")
    work.git("config", "core.excludesFile", str(tmp_path / "global"))
    work.write({".git/info/exclude": "hers.yaml\n", ".gitignore": "*.bak\n", "tenants/acme/.gitignore": "drafts/\n"})
    names = ("mine.yaml", "hers.yaml", "x.bak", "drafts/x.yaml")
    work.write({f"tenants/acme/{name}": "" for name in names})
    seen, _ = work.snapshot()
    assert [path for path in seen.entries if path != TENANT] == [
        "tenants/acme/hers.yaml",
        "tenants/acme/mine.yaml",
        "varve.yaml",
    ]


def test_an_ignored_file_in_build_shows(work: Work) -> None:
    work.commit({".gitignore": "build/\n"})
    work.write({"build/production/x.yaml": "mine"})
    assert "build/production/x.yaml" in work.snapshot()[0]


def test_clean_files_are_the_blobs_whatever_the_disk_holds(work: Work) -> None:
    work.commit({TENANT: "a\nb\n"})
    work.git("config", "core.autocrlf", "true")
    (work.top / TENANT).unlink()
    work.git("checkout", "--", TENANT)
    assert (work.top / TENANT).read_bytes() == b"a\r\nb\r\n"
    assert _seen(work, WorkTree())[TENANT] == b"a\nb\n"
    os.utime(work.top / TENANT, (1, 1))
    assert _seen(work, WorkTree())[TENANT] == b"a\nb\n"
    work.write({TENANT: "a\r\nc\r\n", "tenants/acme/new.yaml": "x\r\n"})
    seen = _seen(work, WorkTree())
    assert (seen[TENANT], seen["tenants/acme/new.yaml"]) == (b"a\nc\n", b"x\n")


def test_line_endings_of_the_index_are_kept(work: Work) -> None:
    work.commit({TENANT: "a\r\nb\r\n"})
    work.git("config", "core.autocrlf", "true")
    work.write({TENANT: "a\r\nc\r\n", ".gitattributes": "build/** -text\n", "build/x": "a\r\n"})
    seen = _seen(work, WorkTree())
    assert (seen[TENANT], seen["build/x"]) == (b"a\r\nc\r\n", b"a\r\n")


def test_a_sparse_checkout_sees_everything(work: Work) -> None:
    everything = {**_seen(work, WorkTree()), "tenants/beta/tenant.yaml": b"b", "build/x": b"x"}
    work.commit({"tenants/beta/tenant.yaml": "b", "build/x": "x"})
    work.git("sparse-checkout", "set", "tenants/acme")
    assert not (work.top / "tenants/beta").exists()
    assert _seen(work, WorkTree()) == everything


def test_a_linked_work_tree_has_its_own_files(work: Work, tmp_path: Path) -> None:
    work.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Work(tmp_path / "linked")
    linked.write({TENANT: "linked"})
    assert _seen(linked, WorkTree())[TENANT] == b"linked"
    assert _seen(work, WorkTree())[TENANT] == b"tenant: {}\n"


@pytest.mark.parametrize("arguments", [["--all"], ["--only", TENANT]], ids=["commit -a", "commit of one path"])
def test_a_hook_sees_what_is_about_to_be_committed(
    work: Work, arguments: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hook = work.top / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\necho "$GIT_INDEX_FILE" > {tmp_path}/name\ncp "$GIT_INDEX_FILE" {tmp_path}/index\n')
    hook.chmod(0o755)
    work.write({TENANT: "changed", "varve.yaml": "staged"})
    work.git("add", "varve.yaml")
    work.write({"varve.yaml": "on disk"})
    work.git("commit", "--quiet", "--message", "x", *arguments)
    work.git("reset", "--quiet", "--soft", "HEAD^")
    inner = work.top / ".git" / Path((tmp_path / "name").read_text().strip()).name
    inner.write_bytes((tmp_path / "index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", str(inner))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    seen = _seen(work, Index())
    assert seen[TENANT] == b"changed"
    assert seen["varve.yaml"] == (b"on disk" if arguments == ["--all"] else b"apiVersion: varve/v1\n")


def test_a_file_that_is_only_meant_to_be_added_is_not_in_the_index(work: Work) -> None:
    work.commit({"tenants/acme/empty.yaml": ""})
    work.write({"tenants/acme/meant.yaml": "x"})
    work.git("add", "--intent-to-add", "tenants/acme/meant.yaml")
    assert sorted(_seen(work, Index())) == ["tenants/acme/empty.yaml", TENANT, "varve.yaml"]
    assert _seen(work, WorkTree())["tenants/acme/meant.yaml"] == b"x"


@pytest.mark.parametrize("view", VIEWS)
def test_links_and_submodules_are_refused_in_every_view(work: Work, begin: Callable[..., Work], view: View) -> None:
    other = begin("other")
    other.commit({"secret.yaml": "s"})
    (work.top / "tenants/acme/services").mkdir()
    (work.top / "tenants/acme/services/a.yaml").symlink_to("/proc/self/environ")
    (work.top / "tenants/beta").symlink_to("acme")
    (work.top / "build").symlink_to("/")
    work.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.top), "tenants/gamma")
    work.commit()
    seen, report = work.snapshot(view)
    assert codes(report) == [
        ("world/symbolic-link", "build"),
        ("world/symbolic-link", "tenants/acme/services/a.yaml"),
        ("world/symbolic-link", "tenants/beta"),
        ("world/submodule", "tenants/gamma"),
    ]
    assert [*seen.entries] == [TENANT, "varve.yaml"]


def test_what_was_never_added_is_refused_too(work: Work) -> None:
    Work(work.top / "tenants").git("init", "--quiet", "beta")
    Work(work.top / "tenants/beta").commit({"tenant.yaml": ""})
    (work.top / "tenants/acme/x.yaml").symlink_to("tenant.yaml")
    (work.top / TENANT).unlink()
    (work.top / TENANT).symlink_to("../../varve.yaml")
    seen, report = work.snapshot()
    assert codes(report) == [
        ("world/symbolic-link", TENANT),
        ("world/symbolic-link", "tenants/acme/x.yaml"),
        ("world/submodule", "tenants/beta"),
    ]
    assert [*seen.entries] == ["varve.yaml"]


def test_a_folder_that_became_a_link_is_not_followed(work: Work, tmp_path: Path) -> None:
    (work.top / "tenants/acme").rename(tmp_path / "acme")
    (work.top / "tenants/acme").symlink_to(tmp_path / "acme")
    seen, report = work.snapshot()
    assert codes(report) == [("world/symbolic-link", "tenants/acme")]
    assert [*seen.entries] == ["varve.yaml"]


@pytest.mark.parametrize("view", [WorkTree(), Index()], ids=["work tree", "index"])
def test_a_conflict_is_a_diagnostic(work: Work, view: View) -> None:
    work.git("switch", "--quiet", "--create", "other")
    work.commit({TENANT: "theirs\n"})
    work.git("switch", "--quiet", "main")
    work.commit({TENANT: "ours\n"})
    with pytest.raises(Exception, match="merge"):
        work.git("merge", "other")
    seen, report = work.snapshot(view)
    assert codes(report) == [("world/conflict", TENANT)]
    assert [*seen.entries] == ["varve.yaml"]


@pytest.mark.parametrize("view", VIEWS)
def test_names_that_cannot_be_shown(work: Work, view: View) -> None:
    work.commit(
        {"tenants/acme/\udce9.yaml": "", "tenants/acme/a\nb.yaml": "", "environments/Dev": "", "environments/dev": ""}
    )
    seen, report = work.snapshot(view)
    assert sorted(codes(report)) == [
        ("world/bad-name", "tenants/acme/\\xe9.yaml"),
        ("world/bad-name", "tenants/acme/a\\nb.yaml"),
        ("world/colliding-path", "environments/Dev"),
    ]
    assert [*seen.entries] == ["environments/dev", TENANT, "varve.yaml"]


@pytest.mark.parametrize(
    ("revision", "found"),
    [
        pytest.param("HEAD", True, id="the branch's newest"),
        pytest.param("main", True, id="a branch"),
        pytest.param("--output=x", True, id="a branch that looks like an option"),
        pytest.param("--help", False, id="an option"),
        pytest.param("HEAD:varve.yaml", False, id="a file"),
        pytest.param("absent", False, id="no branch"),
        pytest.param("^main", False, id="all but a branch"),
        pytest.param("a\0b", False, id="a null character"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_revisions(work: Work, revision: str, *, found: bool) -> None:
    newest = work.git("rev-parse", "HEAD")
    work.git("update-ref", "refs/heads/--output=x", newest)
    report = Report()
    assert resolve(work.find(), revision, report) == (newest if found else None)
    assert codes(report) == ([] if found else [("world/unknown-revision", "")])


def test_a_repository_without_a_commit(begin: Callable[..., Work]) -> None:
    work = begin()
    work.write({"varve.yaml": "x"})
    assert _seen(work, WorkTree()) == {"varve.yaml": b"x"}
    assert _seen(work, Index()) == {}
    report = Report()
    assert snapshot(work.find(), Commit("HEAD"), report) is None
    assert codes(report) == [("world/no-commit", "")]


@pytest.mark.parametrize("revision", ["HEAD", "@"])
def test_a_commit_that_git_cannot_read_is_not_taken_for_a_missing_one(work: Work, revision: str) -> None:
    newest = work.git("rev-parse", "HEAD").strip()
    (work.top / ".git/objects" / newest[:2] / newest[2:]).unlink()
    report = Report()
    assert resolve(work.find(), revision, report) is None
    ((code, message, hint),) = [(each.rule.code, each.message, each.hint) for each in report]
    assert (code, hint) == ("world/git-failed", "run `git fsck`, or clone again")
    assert message == "git could not answer: it cannot read the commit of HEAD"


def test_a_shallow_clone_hints_at_what_it_lacks(work: Work, tmp_path: Path) -> None:
    first = work.git("rev-parse", "HEAD")
    work.commit({TENANT: "second"})
    work.git("clone", "--quiet", "--depth=1", f"file://{work.top}", str(tmp_path / "shallow"))
    shallow, report = Work(tmp_path / "shallow"), Report()
    assert _seen(shallow, Commit("HEAD"))[TENANT] == b"second"
    assert snapshot(shallow.find(), Commit(first), report) is None
    assert [each.hint for each in report] == ["fetch it first: this clone is shallow"]


def test_replaced_objects_are_ignored(work: Work) -> None:
    other = work.git("hash-object", "-w", "--stdin", given=b"forged")
    work.git("replace", work.git("rev-parse", f"HEAD:{TENANT}"), other)
    assert _seen(work, Commit("HEAD"))[TENANT] == b"tenant: {}\n"


def test_a_damaged_index_is_a_diagnostic(work: Work) -> None:
    repository, report = work.find(), Report()
    (work.top / ".git/index").write_bytes(b"no index")
    assert snapshot(repository, WorkTree(), report) is None
    assert codes(report) == [("world/git-failed", "")]


@pytest.mark.parametrize("view", VIEWS)
def test_reading_leaves_the_repository_as_it_was(work: Work, view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    work.commit({".gitattributes": "build/** -text\n"})
    os.utime(work.top / TENANT, (1, 1))
    work.git("config", "core.splitIndex", "true")
    before = {path: path.stat().st_mtime_ns for path in work.top.rglob("*")}
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(work.top / "trace"))
    work.snapshot(view)
    assert {path: path.stat().st_mtime_ns for path in work.top.rglob("*")} == before


def _glance(work: Work, view: View) -> str:
    """The glance that is passed to `glanced`; asserts that `Found.glance` is the same."""
    glances: list[str] = []
    found = look(work.find(), view, Report(), lambda glance, _: glances.append(glance()))
    assert found is not None
    assert glances == ([found.glance] if found.glance else [])
    return found.glance


def test_the_glance_changes_with_every_tracked_file(work: Work) -> None:
    first = _glance(work, WorkTree())
    assert first == _glance(work, WorkTree()) != ""
    work.write({TENANT: "tenant: {a: 1}\n"})
    edited = _glance(work, WorkTree())
    work.write({TENANT: "tenant: {a: 1, b: 2}\n"})
    again = _glance(work, WorkTree())
    work.git("add", TENANT)
    staged = _glance(work, WorkTree())
    (work.top / TENANT).unlink()
    gone = _glance(work, WorkTree())
    assert len({first, edited, again, staged, gone}) == 5


def test_an_index_has_a_glance_and_a_commit_has_none(work: Work) -> None:
    first = _glance(work, Index())
    work.write({TENANT: "tenant: {a: 1}\n"})
    assert _glance(work, Index()) == first
    work.git("add", TENANT)
    assert _glance(work, Index()) not in {first, ""}
    assert _glance(work, Commit("HEAD")) == ""


@pytest.mark.parametrize("format_", ["sha1", "sha256"])
def test_an_outline_has_the_files_and_contents_of_a_commit(begin: Callable[..., Work], format_: str) -> None:
    work = begin("work", f"--object-format={format_}")
    commit = work.commit({"varve.yaml": "a", "build/dev/x": "b", "tenants/b/y.yaml": "c", "tenants/b/.gitignore": "z"})
    work.commit({"varve.yaml": "other", "build/dev/x": "others"})
    report = Report()
    seen = outline(work.find(), commit, report)
    assert seen is not None
    assert codes(report) == []
    assert seen.entries == work.snapshot(Commit(commit))[0].entries
    assert {path: seen.source(path).data for path in seen.entries} == {
        "build/dev/x": b"b",
        "tenants/b/y.yaml": b"c",
        "varve.yaml": b"a",
    }


def test_an_outline_names_unreadable_files(work: Work) -> None:
    (work.top / "tenants/acme/link.yaml").symlink_to("tenant.yaml")
    commit, report = work.commit({".gitattributes": "varve.yaml ident\n"}), Report()
    seen = outline(work.find(), commit, report)
    assert seen is not None
    assert seen.refused == {"tenants/acme/link.yaml", "varve.yaml"}
    assert [*seen.entries] == [TENANT]
    assert [file for _, file in codes(report)] == ["tenants/acme/link.yaml", "varve.yaml"]


def test_an_outline_does_not_need_the_contents(work: Work) -> None:
    held = work.git("rev-parse", f"HEAD:{TENANT}")
    (work.top / ".git/objects" / held[:2] / held[2:]).unlink()
    report = Report()
    seen = outline(work.find(), "HEAD", report)
    assert seen is not None
    assert (TENANT in seen, codes(report)) == (True, [])


def _link(work: Work) -> None:
    (work.top / TENANT).unlink()
    (work.top / TENANT).symlink_to("elsewhere")
    work.git("add", "--all")


def _submodule(work: Work) -> None:
    work.git("rm", "-r", "--quiet", "tenants/acme")
    place = work.git("rev-parse", "--show-prefix") + "tenants/acme"
    work.git("update-index", "--add", "--cacheinfo", f"160000,{work.git('rev-parse', 'HEAD')},{place}")


def _changing(files: dict[str, str | bytes], *commands: str) -> Callable[[Work], None]:
    """A change that writes files and runs git commands, each given as words."""

    def change(work: Work) -> None:
        work.write(files)
        for command in commands:
            work.git(*command.split(" "))

    return change


ALL = "add --all"
NEAR: dict[str, Callable[[Work], object]] = {
    "nothing is another": _changing({}),
    "only the disk is another": _changing({TENANT: "other", "tenants/new.yaml": ""}),
    "a file is": _changing({TENANT: "other"}, ALL),
    "a file is new": _changing({"tenants/new.yaml": "n"}, ALL),
    "a file is gone": _changing({}, f"rm -q {TENANT}"),
    "a file is gone from the index alone": _changing({}, f"rm -q --cached {TENANT}"),
    "a folder is gone": _changing({}, "rm -r -q build"),
    "everything is gone from the index": _changing({}, "rm -r -q --cached ."),
    "a file can be run": _changing({}, f"update-index --chmod=+x {TENANT}"),
    "a file is a link": _link,
    "a folder is another repository": _submodule,
    "a file is announced": _changing({"tenants/new.yaml": ""}, "add -N ."),
    "a file is announced anew": _changing({}, f"rm -q --cached {TENANT}", "add -N ."),
    "an empty file is announced anew": _changing({}, "rm -q --cached tenants/empty.yaml", "add -N ."),
    "a file was moved": _changing({}, f"mv {TENANT} tenants/moved.yaml"),
    "a file is not checked out": _changing({}, f"update-index --skip-worktree {TENANT}"),
    "attributes are": _changing({"tenants/odd/.gitattributes": ""}, ALL),
    "attributes are gone": _changing({}, "rm -q .gitattributes tenants/odd/.gitattributes"),
    "it was committed": _changing({TENANT: "x", "build/dev/x": "x", "tenants/new.yaml": "x"}, ALL, "commit -qm x"),
}


@pytest.mark.parametrize("change", NEAR.values(), ids=NEAR)
def test_an_outline_is_the_same_with_a_view_near_it(work: Work, change: Callable[[Work], object]) -> None:
    work = Work(work.top / "a b/ops")
    work.write({"varve.yaml": "a", TENANT: "b", "build/dev/x": "c", "build/é/y": "d", "beside": "e"})
    work.write({".gitattributes": "build/dev/x ident\n", "tenants/odd/.gitattributes": "* filter=x\n"})
    work.write({"tenants/odd/tenant.yaml": "f", "tenants/odd/.gitignore": "", "tenants/Odd/tenant.yaml": "g"})
    work.write({"tenants/empty.yaml": ""})
    (work.top / "tenants/acme/link.yaml").symlink_to("tenant.yaml")
    commit = work.commit()
    change(work)
    whole, found = outline(work.find(), commit, report := Report()), codes(report)
    assert whole is not None
    assert len(whole.refused) > 1
    for view in (WorkTree(), Index()):
        seen = snapshot(work.find(), view, Report())
        near = seen and outline(work.find(), commit, report := Report(), Near(view, seen.tracked))
        assert near is not None
        assert ([*near.entries.items()], near.refused) == ([*whole.entries.items()], whole.refused)
        assert codes(report) == found
        assert [near.source(path) for path in near.entries] == [whole.source(path) for path in near.entries]


def test_there_is_no_outline_if_git_fails(work: Work) -> None:
    report = Report()
    (work.top / ".git/objects" / (tree := work.git("rev-parse", "HEAD^{tree}"))[:2] / tree[2:]).unlink()
    assert outline(work.find(), "HEAD", report) is None
    assert [code for code, _ in codes(report)] == ["world/git-failed"]
