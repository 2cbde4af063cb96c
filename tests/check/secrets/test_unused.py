"""Sealed secrets that are not used are warned of: a name in a file, or the whole file at once."""

from tests.read.parsing import source
from tests.sealing import sealed
from varve.check.secrets.unused import check
from varve.model.diagnostic import Report
from varve.read.sealed.file import sealed as read

PATH = "tenants/acme/secrets/slack.sops.yaml"


def findings(*names: str) -> list[tuple[str, tuple[str | int, ...]]]:
    report = Report()
    found = read(source(sealed("a", "webhook", "token"), PATH), report)
    assert found is not None
    check(found, {(PATH, name) for name in names}, report)
    assert not report.broken
    return [(each.message, each.place.keys) for each in report if each.place]


def test_an_unused_name_is_reported_at_its_place() -> None:
    assert findings("webhook") == [(f"nothing uses `token` of `{PATH}`", ("token",))]


def test_an_unused_file_is_reported_once() -> None:
    assert findings() == [(f"nothing uses `{PATH}`", ())]
    assert findings("another") == [(f"nothing uses `{PATH}`", ())]


def test_used_secrets_are_not_reported() -> None:
    assert findings("webhook", "token") == []
