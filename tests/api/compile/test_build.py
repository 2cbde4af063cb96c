"""The result of a build, as data; and findings are announced before anything is written."""

import shutil
from pathlib import Path
from typing import NoReturn

import pytest

import varve
from tests.workbench import MAKERS, files, shell
from varve.api.findings import Findings
from varve.emit.template.sandbox import Sandbox
from varve.model.unit import Unit
from varve.pipeline import opening
from varve.world.disk import transaction
from varve.world.package import installed

SEARCH = "scrape: {app: {targets: ['search.acme.example:9090']}}\n"
SCRAPE = "build/production/tenants/acme/scrape/search.yaml"


def test_the_result_has_the_written_paths(repository: Path) -> None:
    service = repository / "tenants/acme/services/search.yaml"
    service.write_text(SEARCH)
    built = varve.open(repository).build(environment="production")
    assert built.sound
    assert built.done
    assert built.units == (Unit("acme", "production"),)
    assert SCRAPE in built.written
    assert (built.deleted, built.strangers) == ((), ())
    assert built.kept
    assert all(path.startswith("build/staging/") for path in built.kept)
    assert built.text() == built.summary + "\n"
    assert built.proven == (4, 0, 0, 0)
    assert built.summary.endswith("; proven: 4 rules, 0 routes, 0 alerts")
    service.unlink()
    assert SCRAPE in varve.open(repository).build().deleted


def test_the_state_of_folders_is_recorded_unless_the_cache_is_off(repository: Path) -> None:
    place, opened = repository / ".git/varve/folders", varve.open(repository)
    place.unlink(missing_ok=True)
    forgetful = opened.by(varve.Effort(cached=False))
    forgetful.build()
    forgetful.check()
    assert not place.exists()
    opened.build()
    begun = place.read_bytes()
    opened.check()
    assert len(place.read_bytes()) > len(begun)


def test_templates_are_compiled_once_for_many_builds(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "make_kit", MAKERS["make_kit"])
    monkeypatch.setattr(installed, "folder", lambda: None)
    service, place = repository / "tenants/acme/services/search.yaml", repository / ".git/varve/templates"
    place.unlink(missing_ok=True)
    service.write_text(SEARCH)
    varve.open(repository).by(varve.Effort(cached=False)).build()
    assert not place.exists()
    service.write_text(SEARCH.replace("9090", "9091"))
    varve.open(repository).build()
    assert place.exists()

    def refuse(*_: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(Sandbox, "_parse", refuse)
    service.write_text(SEARCH.replace("9090", "9092"))
    assert SCRAPE in varve.open(repository).build().written
    service.write_text(SEARCH)
    with pytest.raises(AssertionError):
        varve.open(repository).by(varve.Effort(cached=False)).build()


def test_a_second_build_writes_nothing(repository: Path) -> None:
    built = varve.open(repository).build()
    assert (built.written, built.deleted) == ((), ())
    assert list(built.unchanged) == [f"build/{path}" for path in files(repository / "build")]


def test_findings_are_announced_once_before_anything_is_written(repository: Path) -> None:
    shutil.rmtree(repository / "build")
    (repository / "tenants/acme/overlays").mkdir()
    (repository / "tenants/acme/overlays/prod.yaml").write_text("locale: fr_FR\n")
    announced: list[Findings] = []

    def announce(found: Findings) -> None:
        assert not (repository / "build").exists()
        announced.append(found)

    built = varve.open(repository).build(announce=announce)
    assert [each.rule.code for found in announced for each in found.diagnostics] == ["read/unread-file"]
    assert built.findings == announced[0]
    assert (repository / "build").exists()


def test_nothing_is_written_if_announce_raises(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    before = files(repository / "build")

    def refuse(_: Findings) -> NoReturn:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        varve.open(repository).build(announce=refuse)
    assert files(repository / "build") == before


def test_a_file_that_is_not_varves_is_a_stranger(repository: Path) -> None:
    (repository / "build/notes.txt").write_text("Do not forget.\n")
    built = varve.open(repository).build()
    assert (built.strangers, built.broken) == (("build/notes.txt",), True)


def test_disk_errors_are_among_the_refusals(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    (repository / "build/production/tenants/acme/scrape/search.yaml").mkdir()
    built = varve.open(repository).build()
    assert (built.done, built.written, built.summary) == (False, (), "")
    assert [each.rule for each in built.refusals.diagnostics] == [transaction.CANNOT_WRITE]
    assert built.findings.diagnostics == built.refusals.diagnostics


@pytest.mark.parametrize("revision", ["nothing", None])
def test_a_repository_that_cannot_be_opened_is_not_built(
    revision: str | None, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if revision is None:
        monkeypatch.setenv("PATH", str(repository / "nothing"))
        with pytest.raises(varve.ConfigError, match="cannot be started"):
            varve.open(repository)
        return
    built = varve.open(repository).build(revision=revision)
    assert (built.done, built.units, built.broken) == (False, (), True)


def test_a_change_of_a_trusted_commit_is_built_or_refused(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    (repository / "README.md").write_text("Read me\n")
    opened = varve.open(repository)
    # For files that varve does not read, the staged content counts as the change.
    built = opened.build(environment="production", trust_base="HEAD")
    assert (built.done, SCRAPE in built.written) == (True, True)
    assert built.trust
    assert (tuple(built.trust.owners.tenants), built.trust.owners.platform) == (("acme",), ())
    assert built.kept
    (repository / "environments/staging.yaml").write_text("{}\n")
    announced: list[Findings] = []
    built = opened.build(trust_base="HEAD", announce=announced.append)
    assert built.trust
    assert (built.done, built.summary, built.trust.refused, announced) == (False, "", True, [built.findings])


def test_a_file_that_both_sides_changed_is_not_built(repository: Path) -> None:
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH)
    line = "git checkout -qb change && git add -A && git commit -qm Search && git checkout -q main"
    assert shell(line, repository)[0] == 0
    (repository / "tenants/acme/services/search.yaml").write_text(SEARCH + "owner: a\n")
    assert shell("git add -A && git commit -qm Ours && git checkout -q change", repository)[0] == 0
    built = varve.open(repository).build(trust_base="main")
    assert [each.rule.code for each in built.diagnostics] == ["world/changed-twice"]
    assert (built.done, built.written) == (False, ())
