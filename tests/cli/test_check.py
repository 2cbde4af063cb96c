"""`varve check` prints everything that is wrong with sources and artifacts, and changes nothing."""

import json
from contextlib import chdir
from pathlib import Path

import pytest

from tests.workbench import files, shell, varve
from varve.cli.main import run

SEARCH = "scrape: {app: {targets: ['search.acme.example:9090']}}\n"
PROVEN = "; proven: 6 rules, 0 routes, 0 alerts"
TWICE = "owner: payments\nowner: checkout\n"


def test_a_sound_repository_prints_a_summary(repository: Path) -> None:
    number = len(files(repository / "build"))
    summary = f"2 units are sound, and build/ matches the sources: {number} artifacts{PROVEN}\n"
    assert varve("check", repository) == (0, summary)


def test_check_writes_nothing_except_the_cache(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    before = files(repository)
    assert varve("check --no-cache", repository)[0] == 1
    assert files(repository) == before
    assert varve("check", repository)[0] == 1
    after = files(repository)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert all(path.startswith((".varve/cache/", ".git/varve/")) for path in changed)


def test_a_warning_does_not_fail_the_check(repository: Path) -> None:
    (repository / "tenants/acme/services/search.ymal").write_text(SEARCH)
    code, output = varve("check", repository)
    assert (code, output.split(":")[0]) == (0, "warning[read/unknown-format]")
    assert "2 units are sound" in output


def test_what_is_staged_is_judged_and_not_the_work_tree(repository: Path) -> None:
    service = repository / "tenants/acme/services/checkout.yaml"
    before = service.read_text()
    service.write_text(TWICE)
    assert varve("check", repository)[0] == 1
    assert varve("check --staged", repository)[0] == 0
    assert shell("git add tenants", repository)[0] == 0
    service.write_text(before)
    assert varve("check", repository)[0] == 0
    code, output = varve("check --staged", repository)
    assert (code, output.split(":")[0]) == (1, "error[read/duplicate-key]")


def test_what_is_staged_of_build_counts(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    assert varve("build", repository)[0] == 0
    assert shell("git add tenants", repository)[0] == 0
    code, output = varve("check --staged", repository)
    assert code == 1
    assert "error[write/missing-artifact]" in output
    assert shell("git add build", repository)[0] == 0
    assert varve("check --staged", repository)[0] == 0


def test_a_hook_judges_the_index_that_its_commit_has_prepared(repository: Path) -> None:
    """`git commit FILE` commits from a separate index, whose name git passes to its hooks."""
    (repository / "tenants/acme/services/checkout.yaml").write_text(TWICE)
    hook = repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncp "$GIT_INDEX_FILE" prepared && echo "$GIT_INDEX_FILE" > name && exit 1\n')
    hook.chmod(0o755)
    assert shell("git commit -qm Twice tenants/acme/services/checkout.yaml", repository)[0] == 1
    assert "index" in (repository / "name").read_text()
    assert varve("check --staged", repository)[0] == 0
    (repository / "prepared").rename(repository / ".git/next-index")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_INDEX_FILE", ".git/next-index")
        assert varve("check --staged", repository)[0] == 1


def test_a_commit_is_judged_whatever_the_work_tree_holds(repository: Path) -> None:
    (repository / "tenants/acme/services/checkout.yaml").write_text(TWICE)
    assert varve("check --rev HEAD", repository)[0] == 0
    assert shell("git commit -qam Twice", repository)[0] == 0
    code, output = varve("check --rev HEAD", repository)
    assert (code, output.split(":")[0]) == (1, "error[read/duplicate-key]")
    assert varve("check --rev HEAD~1", repository)[0] == 0


@pytest.mark.parametrize("revision", ["HEAD", "''"])
def test_a_commit_and_what_is_staged_are_not_judged_at_once(revision: str, repository: Path) -> None:
    code, output = varve(f"check --staged --rev {revision}", repository)
    assert code == 1
    assert "look at different files" in output


def test_a_commit_without_its_artifacts_fails(repository: Path) -> None:
    assert shell("git rm -rqf build && git commit -qm Rm", repository)[0] == 0
    code, output = varve("check --rev HEAD", repository)
    assert (code, output.split(":")[0]) == (1, "error[write/missing-artifact]")


def test_json_is_one_document(repository: Path) -> None:
    (repository / "tenants/acme/services/checkout.yaml").write_text(TWICE)
    code, output = varve("check --format json", repository)
    (only,) = json.loads(output)
    place = {name: only[name] for name in ("file", "line", "column", "endColumn")}
    assert code == 1
    assert only["code"] == "read/duplicate-key"
    assert place == {"file": "tenants/acme/services/checkout.yaml", "line": 2, "column": 1, "endColumn": 6}


def test_json_of_a_sound_repository_is_an_empty_list(repository: Path) -> None:
    code, output = varve("check --format json", repository)
    found, _, log = output.partition("\n")
    assert (code, json.loads(found)) == (0, [])
    assert log.endswith(f" artifacts{PROVEN}\n")


def test_the_log_says_what_was_proven(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with chdir(repository):
        assert run(["check", "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "[]\n"
    assert captured.err.endswith(f"{PROVEN}\n")


@pytest.mark.parametrize("format_", ["json", "github", "text"])
def test_an_unopenable_repository_is_reported_in_every_format(format_: str, tmp_path: Path) -> None:
    code, output = varve(f"check --format {format_}", tmp_path)
    assert code == 1
    assert "world/no-settings" in output
    if format_ == "json":
        assert [each["file"] for each in json.loads(output)] == [None]


@pytest.mark.parametrize(
    ("host", "options", "first"),
    {
        "in its CI, github": ("true", "", "::error file="),
        "in its CI, the requested format": ("true", "--format text", "error[read/duplicate-key]"),
        "elsewhere, text": ("", "", "error[read/duplicate-key]"),
        "elsewhere, github if requested": ("", "--format github", "::error file="),
    }.values(),
)
def test_the_format_follows_the_host(
    host: str, options: str, first: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", host)
    (repository / "tenants/acme/services/checkout.yaml").write_text(TWICE)
    code, output = varve(f"check {options}", repository)
    assert code == 1
    assert output.startswith(first)


def test_an_unknown_format_is_a_mistake(repository: Path) -> None:
    code, output = varve("check --format yaml", repository)
    assert code == 1
    assert "'yaml'" in output


def test_github_gets_paths_relative_to_gits_top_level(repository: Path) -> None:
    top = repository.parent / "top"
    top.mkdir()
    assert shell("mv ../repository monitoring && mv monitoring/.git . && git add -A", top)[0] == 0
    (top / "monitoring/tenants/acme/services/checkout.yaml").write_text(TWICE)
    where = "file=monitoring/tenants/acme/services/checkout.yaml,line=2,"
    assert where in varve("check --format github", top / "monitoring/tenants")[1]
    (top / "monitoring/tenants/acme/services/search.yaml").symlink_to("checkout.yaml")
    output = varve("check --format github", top / "monitoring")[1]
    assert "file=monitoring/tenants/acme/services/search.yaml,title=varve world/symbolic-link" in output
    assert json.loads(varve("check --format json", top / "monitoring")[1])[0]["file"].startswith("tenants/acme/")


def test_all_mistakes_of_all_tenants_are_reported_at_once(two: Path) -> None:
    (two / "tenants/acme/services/checkout.yaml").write_text(TWICE)
    (two / "tenants/umbra/services/checkout.yaml").write_text("owner: [\n")
    (two / "tenants/umbra/services/search.yaml").write_text(TWICE)
    code, output = varve("check --format json", two)
    found = [(each["file"], each["code"]) for each in json.loads(output)]
    assert code == 1
    assert found == [
        ("tenants/acme/services/checkout.yaml", "read/duplicate-key"),
        ("tenants/umbra/services/checkout.yaml", "read/syntax"),
        ("tenants/umbra/services/search.yaml", "read/duplicate-key"),
    ]


def test_a_change_is_judged_by_a_trusted_commit_in_every_format(repository: Path) -> None:
    service = repository / "tenants/acme/tenant.yaml"
    service.write_text(service.read_text().replace("gold", "platinum"))
    for how in ("", " --staged", " --rev HEAD"):
        code, output = varve(f"check --trust-base main{how}", repository)
        assert (code, output.startswith("judged by main, ")) == (0 if how else 1, True), output
    _, output = varve("check --trust-base main --format json", repository)
    assert [each["code"] for each in json.loads(output.partition("\n")[2])] == ["check/own-fact"]
    _, output = varve("check --trust-base main --format github", repository)
    assert (
        "\n::error file=tenants/acme/tenant.yaml,line=1,endLine=1,col=28,endColumn=35,title=varve check/own-fact::"
        in output
    )


def test_an_empty_trusted_commit_is_a_mistake(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output = varve("check --trust-base ''", repository)
    assert (code, output.split(":")[0]) == (1, "error[world/unknown-revision]")
    monkeypatch.setenv("VARVE_CHECK_TRUST_BASE", "main")
    assert "judged" not in varve("check", repository)[1]


def test_the_name_of_a_trusted_commit_is_escaped(repository: Path) -> None:
    assert shell("git branch 'a\u202eb'", repository)[0] == 0
    assert varve("check --trust-base 'a\u202eb'", repository)[1].startswith("judged by a\\u202eb, ")
