"""Sealed files are checked everywhere, and their recipients only if all environments are known."""

from tests.check.secrets.test_custody import PATH, environment
from tests.sealing import ACME, UMBRA, sealed
from tests.workbench import snapshot
from varve.check.secrets.sealed import check
from varve.model.diagnostic import Report
from varve.model.source import Map
from varve.read.reading import reading


def codes(text: str, recipients: Map, *, complete: bool) -> set[str]:
    report = Report()
    view = reading(snapshot({PATH: text.encode()}), report)
    check(view, [environment(tenants=recipients)], report, complete=complete)
    return {each.rule.code for each in report}


def test_a_file_for_the_named_recipients_is_valid() -> None:
    assert codes(sealed("acme", "token"), {"acme": [ACME]}, complete=True) == set()


def test_recipients_are_checked_only_if_all_environments_are_known() -> None:
    other = sealed("acme", "token", to=[UMBRA])
    assert codes(other, {"acme": [ACME]}, complete=True) != set()
    assert codes(other, {"acme": [ACME]}, complete=False) == set()


def test_a_file_that_is_among_sealed_files_without_the_name_of_one_is_always_reported() -> None:
    report = Report()
    view = reading(snapshot({"tenants/acme/secrets/token.txt": b"hunter2"}), report)
    check(view, [], report, complete=False)
    assert [each.rule.code for each in report] == ["check/unsealed-file"]


def test_a_file_that_is_not_sealed_is_always_reported() -> None:
    assert "read/not-sealed" in codes("token: abc\n", {"acme": [ACME]}, complete=False)
