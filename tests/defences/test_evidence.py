"""Altered evidence is detected, even if its manifest was written anew; and evidence is only data.

Each attack changes a folder of evidence; its twin is the folder as it was written.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.api.policy.governed import FILES, build, commit, write
from tests.workbench import deterministic, shell
from varve import __version__
from varve.api import repository
from varve.api.policy import evidence as api
from varve.api.policy.assessment import Request
from varve.api.policy.evidence import verify_evidence
from varve.world import bundle, evidence
from varve.world.disk import file
from varve.world.evidence import MANIFEST
from varve.world.package import digest

TODAY: Final = date(2025, 2, 28)


class Attack(NamedTuple):
    """A change of a folder, the code that must report it, and the defence without which it would go unnoticed."""

    bend: Callable[[Path], object]
    code: str
    off: Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(scope="module")
def written(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence of a repository, and a copy of the repository with one more commit."""
    folder = tmp_path_factory.mktemp("evidence")
    with pytest.MonkeyPatch.context() as patch:
        deterministic(patch)
        shutil.copytree(begun, folder / "repository")
        write(folder / "repository", FILES)
        build(folder / "repository")
        commit(folder / "repository")
        assert repository.open(folder / "repository").write_evidence(folder / "one", Request(TODAY)).sound
        write(folder / "repository", {"policies/README.md": "more\n"})
        commit(folder / "repository")
        assert repository.open(folder / "repository").write_evidence(folder / "other", Request(TODAY)).sound
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    deterministic(monkeypatch)
    for name in ("one", "other"):
        shutil.copytree(written / name, tmp_path / name)
    return tmp_path / "one"


def sealed_anew(folder: Path) -> None:
    """Write a manifest of the current files."""
    (folder / MANIFEST).unlink()
    files = {each.name: each.read_bytes() for each in folder.iterdir()}
    (folder / MANIFEST).write_bytes(evidence.manifest(files))


def changed(name: str, before: str, after: str) -> Callable[[Path], None]:
    """Replaces text in a file, and writes the manifest anew."""

    def bend(folder: Path) -> None:
        text = (folder / name).read_text()
        assert before in text
        (folder / name).write_text(text.replace(before, after))
        sealed_anew(folder)

    return bend


def _manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text((folder / MANIFEST).read_text() + f"{'0' * 64}  report2.txt\n")


def _linked(folder: Path) -> None:
    (folder / "report.txt").rename(folder.parent / "elsewhere")
    (folder / "report.txt").symlink_to(folder.parent / "elsewhere")


def _added(folder: Path) -> None:
    (folder / "report-final.html").write_text("all is well")


def _other_bundle(folder: Path) -> None:
    """The commit is in it, and so is a newer one, which was not judged."""
    shutil.copy(folder.parent / "other/repository.bundle", folder)
    sealed_anew(folder)


def _others(folder: Path) -> None:
    """The whole repository is another one, and the reports stay."""
    for name in ("repository.bundle", "request.json", "README.txt"):
        shutil.copy(folder.parent / "other" / name, folder)
    sealed_anew(folder)


def _hollow(folder: Path) -> None:
    """The request asks for something that does not exist, and the reports are empty, as they would be."""
    for name in api.REPORTS:
        (folder / name).write_text("")
    changed("request.json", '"tenant": null', '"tenant": "nobody"')(folder)


def _versioned(folder: Path) -> None:
    version = "1.0 from https://evil.example/"
    changed("request.json", f'"version": "{__version__}"', f'"version": "{version}"')(folder)
    changed("README.txt", f"varve {__version__}", f"varve {version}")(folder)


def _returning(holder: object, name: str, value: object = None) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(holder, name, lambda *_: value)


BENT: Final = {
    "a manifest that names more than there is": Attack(
        _manifest, "world/unsound-evidence", _returning(evidence, "_differing", ())
    ),
    "a report that leads elsewhere by a link": Attack(
        _linked, "world/unsound-evidence", lambda patch: patch.setattr(file, "_READ", os.O_RDONLY)
    ),
    "a report more": Attack(_added, "world/unsound-evidence", _returning(evidence, "_strange", ())),
    "a report that was changed, with its manifest": Attack(
        changed("report.txt", "supported", "maintained"), "world/other-report", _returning(api, "_compare")
    ),
    "a page that was": Attack(changed("report.html", "</", "</ "), "world/other-report", _returning(api, "_compare")),
    "a README that was": Attack(
        changed("README.txt", "does not show", "shows"), "world/other-report", _returning(api, "_compare")
    ),
    "another day in the request": Attack(
        changed("request.json", "2025-02-28", "2025-02-27"), "world/other-report", _returning(api, "_compare")
    ),
    "the reports of one commit with the repository of another": Attack(
        _others, "world/other-report", _returning(api, "_compare")
    ),
    "empty reports of a tenant that there is not": Attack(
        _hollow, "world/unsound-evidence", _returning(api, "_is_empty", value=False)
    ),
    "a version that sends people elsewhere": Attack(
        _versioned, "world/other-compiler", _returning(api, "_is_other_compiler", value=False)
    ),
    "a repository with commits after the one that was judged": Attack(
        _other_bundle, "world/unsound-evidence", _returning(bundle, "_is_of", value=True)
    ),
}


@pytest.mark.parametrize("attack", BENT.values(), ids=BENT)
def test_altered_evidence_is_detected(attack: Attack, folder: Path) -> None:
    attack.bend(folder)
    assert {each.rule.code for each in verify_evidence(folder).diagnostics} == {attack.code}


@pytest.mark.parametrize("attack", BENT.values(), ids=BENT)
def test_without_the_defence_altered_evidence_would_be_accepted(attack: Attack, folder: Path) -> None:
    attack.bend(folder)
    with pytest.MonkeyPatch.context() as patch:
        attack.off(patch)
        assert verify_evidence(folder).sound


def test_unaltered_evidence_is_accepted(folder: Path) -> None:
    assert verify_evidence(folder).sound
    assert verify_evidence(folder.parent / "other").sound


UPWARD: Final = (
    "../../escaped/",
    "/../../escaped/",
    "a/../../../escaped/",
    "./../../escaped/",
    "//",
    ".git/",
    "a/.GIT/b/",
    "a",
    "a/" * 2000,
)


@pytest.mark.parametrize("way", UPWARD, ids=range(len(UPWARD)))
def test_no_folder_in_a_request_leads_out_of_the_repository(way: str, folder: Path) -> None:
    changed("request.json", '"folder": ""', f'"folder": "{way}"')(folder)
    assert [each.rule.code for each in verify_evidence(folder).diagnostics] == ["world/unsound-evidence"]


def test_a_folder_that_led_out_would_be_made_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder.parent))
    changed("request.json", '"folder": ""', '"folder": "../../escaped/"')(folder)
    verify_evidence(folder)
    assert not (folder.parent / "escaped").exists()
    monkeypatch.setattr(api, "_FOLDER", re.compile(".*"))
    verify_evidence(folder)
    assert (folder.parent / "escaped").exists()


ODD: Final = {
    "no JSON": "{",
    "a list": "[]",
    "deep": "[" * 100_000,
    "no commit": '{"commit": "HEAD"}',
    "null characters": '{"commit": "\\u0000"}',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_a_request_that_varve_has_not_written_is_refused(text: str, folder: Path) -> None:
    (folder / "request.json").write_text(text)
    sealed_anew(folder)
    assert [each.rule.code for each in verify_evidence(folder).diagnostics] == ["world/unsound-evidence"]


VALUES: Final = {
    "a commit by name": ('"commit": "[0-9a-f]+"', '"commit": "HEAD"'),
    "an option for a commit": ('"commit": "[0-9a-f]+"', '"commit": "--all"'),
    "no day": ('"2025-02-28"', '"2025-02-30"'),
    "a week for a day": ('"2025-02-28"', '"2025-W09-5"'),
    "less than no history": ('"history": [0-9]+', '"history": -1'),
    "a truth for a number": ('"history": [0-9]+', '"history": true'),
    "a list for a tenant": ('"tenant": null', '"tenant": []'),
    "more than is looked at": ('"history"', '"note": "approved", "history"'),
    "a key twice": ('"tenant": null', '"tenant": null, "tenant": null'),
}


@pytest.mark.parametrize(("before", "after"), VALUES.values(), ids=VALUES)
def test_a_request_with_an_invalid_value_is_refused(before: str, after: str, folder: Path) -> None:
    text = (folder / "request.json").read_text()
    assert len(re.findall(before, text)) == 1
    (folder / "request.json").write_text(re.sub(before, after, text))
    sealed_anew(folder)
    assert [each.rule.code for each in verify_evidence(folder).diagnostics] == ["world/unsound-evidence"]


def test_another_compiler_is_reported_even_if_all_files_are_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "compiler", lambda: "0" * 64)
    found = verify_evidence(folder)
    assert [each.rule.code for each in found.diagnostics] == ["world/other-compiler"]
    assert found.summary == ""


HOSTILE: Final = """
printf '#!/bin/sh\\ntouch %s/ran\\n' {0} > hook && chmod +x hook
mkdir -p hooks .git-fake && cp hook hooks/post-checkout && cp hook .git-fake/fsmonitor
printf '* filter=run ident\\n' > beside.gitattributes && printf '*.txt filter=run\\n' >> .gitattributes
printf '[submodule "x"]\\n path = x\\n url = ext::{0}/hook\\n' > .gitmodules
ln -s /etc/passwd link && ln -s ../../../.. up
git config filter.run.smudge {0}/hook && git config filter.run.clean cat
"""


def test_a_hostile_repository_is_only_data(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deterministic(monkeypatch)
    shutil.copytree(written / "repository", tmp_path / "hostile")
    assert shell(HOSTILE.format(tmp_path), tmp_path / "hostile") == (0, "")
    commit(tmp_path / "hostile")
    made = repository.open(tmp_path / "hostile").write_evidence(tmp_path / "out", Request(TODAY))
    assert made.sound, made.text()
    assert verify_evidence(tmp_path / "out").sound
    assert not (tmp_path / "ran").exists()
