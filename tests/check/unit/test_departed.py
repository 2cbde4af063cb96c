"""A tenant that is gone and one that is new are named together, with what the platform still has of the first."""

from tests.workbench import snapshot
from varve.check.unit.departed import report_kept
from varve.model.diagnostic import Diagnostic, Report


def finding(newcomers: list[str], *paths: str) -> Diagnostic:
    report = Report()
    report_kept("acme", newcomers, snapshot(dict.fromkeys(paths, b"")), report)
    assert not report.broken
    (found,) = report
    return found


def test_the_files_of_the_old_name_are_to_be_renamed_too() -> None:
    found = finding(
        ["apex"], "environments/acme-like.yaml", "environments/tenants/acme.yaml", "tenants/apex/tenant.yaml"
    )
    assert found.message == "`acme` is gone but keeps its artifacts until `apex` is built, which may be its new name"
    assert found.hint == "if it was renamed, rename `environments/tenants/acme.yaml` too"
    assert [note.place.file for note in found.notes if note.place] == ["environments/tenants/acme.yaml"]
    assert found.place is not None
    assert found.place.file == "tenants/apex/tenant.yaml"


def test_without_such_files_the_new_tenant_is_to_be_corrected() -> None:
    found = finding(["apex", "nova"], "tenants/apex/tenant.yaml", "tenants/nova/tenant.yaml")
    assert "until `apex` or `nova` is built" in found.message
    assert (found.hint, found.notes) == ("correct `apex`, and build everything", ())
