import os
from collections.abc import Callable

import pytest

from tests.world.work import Work, codes
from varve.model.diagnostic import Report
from varve.world.git.attribute import altering, ask, asking, disabled_filters, line_endings, refuse
from varve.world.git.command import Git
from varve.world.snapshot.views import Commit, Index, View, WorkTree

VIEWS = [
    pytest.param(lambda _: WorkTree(), id="work tree"),
    pytest.param(lambda _: Index(), id="index"),
    pytest.param(Commit, id="commit"),
]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("attribute", ["filter=evil", "filter=lfs", "ident", "working-tree-encoding=ISO-8859-1"])
def test_a_file_that_git_would_alter_is_refused(work: Work, view: Callable[[str], View], attribute: str) -> None:
    commit = work.commit({".gitattributes": f"tenants/** {attribute}\n"})
    seen, report = work.snapshot(view(commit))
    assert codes(report) == [("world/altered-file", "tenants/acme/tenant.yaml")]
    assert [*seen.entries] == ["varve.yaml"]
    assert attribute in next(iter(report)).message


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("attribute", ["-filter", "-ident", "text", "-text", "working-tree-encoding=UTF-8", "diff=x"])
def test_an_attribute_that_alters_nothing_is_admitted(work: Work, view: Callable[[str], View], attribute: str) -> None:
    commit = work.commit({".gitattributes": f"tenants/** {attribute}\n"})
    seen, report = work.snapshot(view(commit))
    assert codes(report) == []
    assert len(seen.entries) == 2


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("file", ["ops/varve/tenants/.gitattributes", "ops/.gitattributes", ".gitattributes"])
def test_attributes_count_wherever_they_are_written(
    begin: Callable[..., Work], view: Callable[[str], View], file: str
) -> None:
    work = begin()
    commit = work.commit({"ops/varve/varve.yaml": "", "ops/varve/tenants/a.yaml": "", file: "*.yaml ident\n"})
    seen, report = Work(work.top / "ops/varve").snapshot(view(commit))
    assert ("world/altered-file", "tenants/a.yaml") in codes(report)
    assert "tenants/a.yaml" not in seen


@pytest.mark.parametrize("view", VIEWS)
def test_attributes_set_by_a_macro_count(work: Work, view: Callable[[str], View]) -> None:
    commit = work.commit({".gitattributes": "[attr]odd filter=x\n", "tenants/acme/.gitattributes": "*.yaml odd\n"})
    assert codes(work.snapshot(view(commit))[1]) == [("world/altered-file", "tenants/acme/tenant.yaml")]


def test_a_submodule_named_gitattributes_is_ignored(work: Work) -> None:
    work.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},tenants/.gitattributes")
    for text in ("*.png diff=x\n", "*.png filter=x\n"):
        work.write({".gitattributes": text})
        work.git("add", ".gitattributes")
        work.git("commit", "--quiet", "--message", "attributes")
        seen, report = work.snapshot(Commit("HEAD"))
        assert codes(report) == []
        assert "tenants/acme/tenant.yaml" in seen


def test_paths_that_are_not_ours_may_have_filters(work: Work) -> None:
    work.commit({".gitattributes": "*.png filter=lfs\n", "logo.png": "x"})
    assert codes(work.snapshot()[1]) == []


def test_every_attribute_of_a_file_is_reported() -> None:
    report = Report()
    assert refuse({"a": {"filter": "x", "ident": "set"}, "b": {"text": "set"}}, report) == {"a"}
    assert codes(report) == [("world/altered-file", "a")] * 2


def test_an_answer_yields_altering_attributes_and_line_endings(work: Work) -> None:
    work.write({".gitattributes": "* text diff\n*.svg filter=x -text\n"})
    answer = ask(Git(work.top), ["tenants/a.svg", "tenants/b\udce9", "tenants/a b"])
    assert altering(answer) == {"tenants/a.svg": {"filter": "x"}}
    assert line_endings(answer, {"tenants/a.svg", "tenants/b\udce9"}) == {
        "tenants/a.svg": {"text": "unset"},
        "tenants/b\udce9": {"text": "set"},
    }
    assert line_endings(answer, set()) == {}
    assert altering(ask(Git(work.top), ["tenants/a"])) == {}
    assert ask(Git(work.top), []) == b""


def test_every_configured_filter_is_disabled(work: Work) -> None:
    (work.top / ".git/more").write_text(
        '[filter "A.b=c"]\n\tProcess = x\n[filter "lfs"]\n\trequired\n[filter]\n\tclean = y\n'
    )
    work.git("config", "include.path", "more")
    names = ("A.b=c", "lfs")
    assert disabled_filters(Git(work.top)) == {
        **{f"filter.{name}.{key}": "" for name in names for key in ("clean", "smudge", "process")},
        **{f"filter.{name}.required": "false" for name in names},
    }


def test_a_filter_without_a_program_alters_nothing_in_what_git_compares(work: Work) -> None:
    work.commit({".gitattributes": "tenants/** filter=x\n"})
    work.git("config", "filter.x.clean", "false")
    work.git("config", "filter.x.required", "true")
    os.utime(work.top / ".git/index", (1, 1))
    assert codes(work.snapshot()[1]) == [("world/altered-file", "tenants/acme/tenant.yaml")]


def test_git_looks_for_attributes_while_something_else_is_done(work: Work) -> None:
    work.write({".gitattributes": "*.yaml text eol=lf\n"})
    git, paths = Git(work.top), [f"tenants/acme/{number}.yaml" for number in range(10_000)]
    with asking(git, paths) as answer, asking(git, []) as nothing:
        assert git.run("version").startswith(b"git version")
        found = line_endings(answer(), paths)
        assert [found[path] for path in paths] == [{"text": "set", "eol": "lf"}] * len(paths)
        assert nothing() == b""
