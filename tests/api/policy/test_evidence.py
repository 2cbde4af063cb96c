"""Evidence is of one commit, contains everything that its reports are made from, and reproduces them byte for byte."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from tests.api.policy.governed import FILES, build, commit, described, governed, write
from tests.workbench import shell, varve
from varve.api import repository as api
from varve.api.policy import evidence
from varve.api.policy.assessment import Request
from varve.api.policy.evidence import WrittenEvidence, verify_evidence
from varve.world.package import digest

__all__ = ("governed",)

TODAY: Final = date(2025, 2, 28)
REQUEST: Final = Request(TODAY)


def handed(repository: Path, folder: Path, request: Request = REQUEST) -> WrittenEvidence:
    return api.open(repository).write_evidence(folder, request)


def codes(found: WrittenEvidence) -> list[str]:
    return [each.rule.code for each in found.diagnostics]


def test_evidence_alone_reproduces_its_reports(governed: Path, tmp_path: Path) -> None:
    head = shell("git rev-parse HEAD", governed)[1].strip()
    found = handed(governed, tmp_path / "out")
    assert codes(found) == []
    assert found.commit == head
    assert {*found.files} == {*os.listdir(tmp_path / "out")} == {*evidence.NAMES, "MANIFEST.sha256"}  # noqa: PTH208
    assert found.summary.startswith(f"evidence of {head}: repository.bundle, ")
    shutil.rmtree(governed)
    again = verify_evidence(tmp_path / "out")
    assert again.sound, again.text()
    assert again.commit == head
    assert again.text() == f"the commit {head} gives the same 3 reports again, byte for byte\n"


def test_the_reports_are_those_that_the_command_prints(governed: Path, tmp_path: Path) -> None:
    request = Request(TODAY, "house", "acme", history=7)
    assert codes(handed(governed, tmp_path / "out", request)) == []
    reported = api.open(governed).report_policies(request._replace(revision="HEAD"))
    assert (tmp_path / "out/report.txt").read_text() == reported.text()
    assert (tmp_path / "out/report.json").read_text() == reported.json()
    assert (tmp_path / "out/report.html").read_text() == reported.html()
    request = json.loads((tmp_path / "out/request.json").read_text())
    assert (request["framework"], request["tenant"], request["today"], request["history"]) == (
        "house",
        "acme",
        "2025-02-28",
        7,
    )
    assert request["compiler"] == digest.compiler()


def test_evidence_of_one_commit_differs_only_in_the_bundle(governed: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert codes(handed(governed, tmp_path / name)) == []
    for name in evidence.NAMES - {"repository.bundle"}:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes(), name


def test_tenants_that_fail_are_evidence_too(governed: Path, tmp_path: Path) -> None:
    assert api.open(governed).report_policies(REQUEST).failing
    assert handed(governed, tmp_path / "out").sound


def test_there_is_no_evidence_of_uncommitted_changes(governed: Path, tmp_path: Path) -> None:
    described(governed)
    assert codes(handed(governed, tmp_path / "out")) == ["world/uncommitted"]
    assert not (tmp_path / "out").exists()
    found = handed(governed, tmp_path / "out", Request(TODAY, revision="HEAD"))
    assert codes(found) == []
    assert verify_evidence(tmp_path / "out").sound


def test_an_older_commit_is_evidence_of_its_time(governed: Path, tmp_path: Path) -> None:
    described(governed)
    commit(governed)
    assert codes(handed(governed, tmp_path / "old", Request(TODAY, revision="HEAD~1"))) == []
    assert codes(handed(governed, tmp_path / "new")) == []
    assert (tmp_path / "old/report.txt").read_text() != (tmp_path / "new/report.txt").read_text()
    assert verify_evidence(tmp_path / "old").sound


@pytest.mark.parametrize("revision", ["moon", "", "--all", "HEAD:varve.yaml"])
def test_there_is_no_evidence_of_an_unknown_commit(revision: str, governed: Path, tmp_path: Path) -> None:
    assert codes(handed(governed, tmp_path / "out", Request(TODAY, revision=revision))) == ["world/unknown-revision"]


def test_there_is_no_evidence_of_a_shallow_clone(governed: Path, tmp_path: Path) -> None:
    assert shell(f"git clone -q --depth 1 file://{governed} {tmp_path}/shallow", governed) == (0, "")
    assert codes(handed(tmp_path / "shallow", tmp_path / "out")) == ["world/no-history"]
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_taken_is_left_alone(governed: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/notes.txt").write_text("mine")
    assert codes(handed(governed, tmp_path / "out")) == ["world/no-evidence"]
    assert (tmp_path / "out/notes.txt").read_text() == "mine"


def test_there_is_no_evidence_of_broken_policies(governed: Path, tmp_path: Path) -> None:
    write(governed, {"policies/told-services.yaml": "id: told-services\n"})
    commit(governed)
    found = handed(governed, tmp_path / "out")
    assert found.broken
    assert found.files == ()
    assert not (tmp_path / "out").exists()


def test_there_is_no_evidence_of_an_unknown_tenant(governed: Path, tmp_path: Path) -> None:
    assert codes(handed(governed, tmp_path / "out", Request(TODAY, tenant="moon"))) == ["read/no-such-tenant"]


def test_a_repository_below_gits_top_level_is_reproduced(governed: Path, tmp_path: Path) -> None:
    top = tmp_path / "top"
    shutil.copytree(governed, top / "deep/down", ignore=shutil.ignore_patterns(".git", ".varve"))
    assert shell("git init -q -b main --template=", top) == (0, "")
    build(top / "deep/down")
    commit(top)
    assert codes(handed(top / "deep/down", tmp_path / "out")) == []
    assert json.loads((tmp_path / "out/request.json").read_text())["folder"] == "deep/down/"
    assert verify_evidence(tmp_path / "out").sound


def test_another_object_format_is_verified_too(governed: Path, tmp_path: Path) -> None:
    top = tmp_path / "top"
    shutil.copytree(governed, top, ignore=shutil.ignore_patterns(".git", ".varve"))
    assert shell("git init -q -b main --template= --object-format=sha256", top) == (0, "")
    commit(top)
    found = handed(top, tmp_path / "out")
    assert codes(found) == []
    assert len(found.commit) == 64
    assert verify_evidence(tmp_path / "out").sound


def test_the_readme_says_what_evidence_is_and_does_not_show(governed: Path, tmp_path: Path) -> None:
    found = handed(governed, tmp_path / "out")
    text = (tmp_path / "out/README.txt").read_text()
    assert found.commit in text
    assert digest.compiler() in text
    assert "varve policy evidence --verify" in text
    assert "What it does not show" in text


def test_evidence_cannot_be_verified_without_git(
    governed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed(governed, tmp_path / "out")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [each.rule.code for each in verify_evidence(tmp_path / "out").diagnostics] == ["world/no-git"]


def test_the_example_files_of_this_test_build(governed: Path) -> None:
    assert varve("check", governed)[0] == 0
    assert all((governed / path).is_file() for path in FILES)


PECULIAR: Final = """\
[color]
    ui = always
[core]
    quotePath = false
    abbrev = 4
    commentChar = ";"
    autocrlf = true
[diff]
    renames = copies
    noprefix = true
    ignoreSubmodules = all
[format]
    pretty = oneline
[i18n]
    logOutputEncoding = latin1
[log]
    showSignature = true
    date = relative
    mailmap = true
    decorate = full
[trailer]
    separators = "#"
[commit]
    gpgSign = true
[safe]
    bareRepository = explicit
"""


def test_evidence_is_verified_on_another_machine(governed: Path, tmp_path: Path) -> None:
    """With another hash seed, locale, time zone, temporary folder and git: everything that a report could depend on."""
    message = "Étendre\n\nTicket: OPS-1\nApproved-by: Zoë <zoe@acme.example>"
    assert shell(f"git commit -q --allow-empty -m '{message}'", governed) == (0, "")
    write(governed, {"environments/tenants/acme.yaml": "tenant: {compliance: [house, soc2]}\n"})
    commit(governed)
    assert codes(handed(governed, tmp_path / "out")) == []
    assert "ticketed-change" in (tmp_path / "out/report.txt").read_text()
    (tmp_path / "tmp").mkdir()
    other = {
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
        "TMPDIR": str(tmp_path / "tmp"),
        "HOME": "/",
    }
    command = [sys.executable, "-m", "varve", "policy", "evidence", "--verify", str(tmp_path / "out")]
    done = subprocess.run(command, cwd="/", env=os.environ | other, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "byte for byte" in done.stdout
    assert list((tmp_path / "tmp").iterdir()) == []
