"""What a change touches, between commits and up to the work tree."""

import json
from pathlib import Path

import varve
from tests.workbench import shell

SERVICE = "tenants/acme/services/search.yaml"


def _change(repository: Path) -> None:
    (repository / SERVICE).write_text("scrape: {app: {targets: ['search:9090']}}\n")


def test_a_new_service_of_a_tenant_touches_its_units_and_what_all_share(two: Path) -> None:
    _change(two)
    found = varve.open(two).affected("HEAD")
    assert {(each.unit.environment, each.unit.tenant) for each in found.touched} >= {
        ("production", ""),
        ("production", "acme"),
        ("staging", "acme"),
    }
    assert not any(each.unit.tenant == "umbra" for each in found.touched)
    assert {path for each in found.touched for path in each.because} == {SERVICE}
    listed = json.loads(found.json())
    assert [each["tenant"] for each in listed][:2] == [None, "acme"]
    assert found.text().endswith(f"2 units, {sum(len(each['artifacts']) for each in listed)} artifacts\n")


def test_two_commits_can_be_compared(repository: Path) -> None:
    _change(repository)
    code, output = shell("git add -A && git commit -qm Search", repository)
    assert code == 0, output
    opened = varve.open(repository)
    assert opened.affected("HEAD~1", "HEAD").touched
    assert opened.affected("HEAD", "HEAD").answer == "nothing is affected\n"


def test_a_side_that_cannot_be_compiled_is_reported(repository: Path) -> None:
    (repository / "varve.yaml").write_text("[")
    found = varve.open(repository).affected("HEAD")
    assert found.broken
    assert (found.touched, found.answer) == ((), "")
    assert varve.open(repository).affected("nowhere").broken


def test_a_broken_unit_keeps_its_artifacts_and_is_reported(two: Path) -> None:
    (two / SERVICE).write_text("alerts: {Slow: {expr: 'up ==', severity: warning}}\n")
    found = varve.open(two).affected("HEAD")
    assert {(each.because, each.artifacts) for each in found.touched} == {((SERVICE,), ())}
    assert [each.spot.file for each in found.findings.situated if each.spot and each.spot.line] == [SERVICE]
    assert {each["tenant"] for each in json.loads(found.json())} == {"acme"}


def test_a_commit_that_cannot_be_compiled_is_named(repository: Path) -> None:
    text = (repository / "varve.yaml").read_text()
    (repository / "varve.yaml").write_text("[")
    assert shell("git commit -qam Broken", repository)[0] == 0
    (repository / "varve.yaml").write_text(text)
    found = varve.open(repository).affected("HEAD")
    assert [note.message for each in found.diagnostics for note in each.notes] == ["in the commit `HEAD`"]


def test_after_a_commit_without_tenants_everything_is_touched(repository: Path) -> None:
    assert shell("git rm -qr tenants && git commit -qm Empty && git checkout -q HEAD~1 -- tenants", repository)[0] == 0
    assert {each.unit.tenant for each in varve.open(repository).affected("HEAD").touched} >= {"acme", ""}
