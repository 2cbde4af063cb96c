"""A remembered result of a call comes back unchanged, and only for the same files."""

from pathlib import Path

import pytest

import varve
from tests.workbench import shell
from varve.api.compile import remembered
from varve.api.effort import Effort, working
from varve.api.findings import Findings, gather
from varve.model.diagnostic import Note, Place, Report, Rule, Severity
from varve.model.unit import Unit
from varve.world.cache.store import Store

ODD = Rule("check/odd", "Odd", "It is odd.", Severity.WARNING)
WARNED = "tenants/acme/notes/later.yaml"


def _found() -> Findings:
    report = Report()
    report.add(ODD, "it is odd", Place("a.yaml", ("a",)), Note("here", Place("b.yaml")), Note("there"), hint="mend it")
    report.add(ODD, "it is odd nowhere")
    return gather(report)


def test_findings_paths_and_units_come_back_equal() -> None:
    assert remembered.unpacked_findings(remembered.packed_findings(_found())) == _found()
    for paths in ((), ("a",), ("a/b.yaml", "c d.yaml")):
        assert remembered.unpacked_paths(remembered.packed_paths(paths)) == paths
    units = (Unit("acme", "dev"), Unit("beta", "production"))
    assert remembered.unpacked_units(remembered.packed_units(units)) == units


def test_a_store_that_keeps_nothing_recalls_nothing() -> None:
    store = Store(Report())
    remembered.learn(store, "build", "0" * 64, {"a": 1})
    assert remembered.recall(store, "build", "0" * 64) is None


def test_a_glance_is_expected_if_a_result_with_it_is_remembered(repository: Path) -> None:
    found = varve.open(repository).repository
    with working(found, Effort()) as (_, store, *_):
        remembered.learn(store, "build", "0" * 64, {"a": 1}, "first")
    for glance in ("second", "second", ""):
        with working(found, Effort()) as (_, store, *_):
            assert remembered.recall(store, "build", "0" * 64, glance) == {"a": 1}
            assert remembered.recall(store, "build", "1" * 64, "third") is None
    with working(found, Effort()) as (_, store, *_):
        assert remembered.recall(store, "build", "0" * 64) == {"a": 1}
        expected = [each for each in ("first", "second", "third", "") if remembered.is_expected(store, "build", each)]
        assert expected == ["first", "second"]
        assert not remembered.is_expected(store, "check", "first")


def test_warnings_are_repeated_with_their_lines(repository: Path) -> None:
    (repository / "tenants/acme/notes").mkdir()
    (repository / WARNED).write_text("a: 1\n")
    opened = varve.open(repository)
    first, *others = [opened.check() for _ in range(3)]
    assert [each.rule.code for each in first.diagnostics] == ["read/unread-file"]
    assert [each.findings for each in others] == [first.findings] * 2


@pytest.mark.parametrize(
    "change",
    [
        "echo 'labels: {a: b}' > tenants/acme/overlays/staging.yaml",
        "printf ' ' >> build/production/shared/prometheus.yaml",
        "rm build/production/shared/prometheus.yaml",
        "git rm -q --cached build/production/shared/prometheus.yaml",
        "echo '*.yaml ident' > .gitattributes",
        "ln -s tenant.yaml tenants/acme/other.yaml",
        "chmod +x tenants/acme/tenant.yaml",
        "echo 'environments' > .gitignore && git rm -qr --cached environments",
    ],
)
def test_any_change_is_detected(repository: Path, change: str) -> None:
    opened, fresh = varve.open(repository), varve.open(repository).by(varve.Effort(cached=False))
    (repository / "tenants/acme/overlays").mkdir(exist_ok=True)
    assert opened.check().sound
    assert opened.check().sound
    code, output = shell(change, repository)
    assert code == 0, output
    assert opened.check().findings == fresh.check().findings
