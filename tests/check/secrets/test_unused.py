"""Whatever is sealed and not used is warned of: a name in a file, or the whole file at once."""

from tests.read.said import source
from tests.sealing import sealed
from varve.check.secrets.unused import check
from varve.model.diagnostic import Report
from varve.read.sealed.file import sealed as read

PATH = "tenants/acme/secrets/slack.sops.yaml"


def said(*names: str) -> list[tuple[str, tuple[str | int, ...]]]:
    report = Report()
    found = read(source(sealed("a", "webhook", "token"), PATH), report)
    assert found is not None
    check(found, {(PATH, name) for name in names}, report)
    assert not report.broken
    return [(each.message, each.place.keys) for each in report if each.place]


def test_a_name_that_nothing_uses_is_said_where_it_stands() -> None:
    assert said("webhook") == [(f"nothing uses `token` of `{PATH}`", ("token",))]


def test_a_file_that_nothing_uses_is_said_once() -> None:
    assert said() == [(f"nothing uses `{PATH}`", ())]
    assert said("another") == [(f"nothing uses `{PATH}`", ())]


def test_what_is_used_passes() -> None:
    assert said("webhook", "token") == []
