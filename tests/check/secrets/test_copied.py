"""What is sealed stands in one place, and stood there first."""

from datetime import UTC, datetime

from tests.read.said import source
from tests.sealing import ACME, UMBRA, age, box, sealed
from varve.check.secrets.copied import check
from varve.model.diagnostic import Report
from varve.model.sealing import Sealing
from varve.read.sealed.file import Sealed
from varve.read.sealed.file import sealed as read

ONE, OTHER = "tenants/acme/secrets/slack.sops.yaml", "tenants/umbra/secrets/slack.sops.yaml"
TEXT = sealed("a", "webhook")


def file(path: str, text: str) -> Sealed:
    found = read(source(text, path), Report())
    assert found is not None
    return found


def said(*files: Sealed, sealings: dict[str, Sealing] | None = None) -> list[tuple[str, str]]:
    report = Report()
    check(files, sealings or {}, report)
    assert {each.rule.code for each in report} <= {"check/copied-seal"}
    return [(each.place.file, each.message) for each in report if each.place]


COPIED = [(OTHER, f"`{OTHER}` contains a value that was sealed for another file")]


def test_files_that_were_sealed_for_themselves_pass() -> None:
    assert said(file(ONE, TEXT), file(OTHER, sealed("b", "webhook"))) == []


def test_a_whole_file_is_known_again() -> None:
    assert said(file(ONE, TEXT), file(OTHER, TEXT)) == COPIED


def test_a_value_is_known_again_under_another_name() -> None:
    stolen = sealed("b", "token").replace(box("btoken"), box("awebhook"))
    assert said(file(ONE, TEXT), file(OTHER, stolen)) == COPIED


def test_a_data_key_is_known_again_where_the_recipient_was_changed() -> None:
    theirs = sealed("b", "webhook", to=[UMBRA])
    stolen = theirs.replace(age("b", UMBRA)[80:140], age("a", ACME)[80:140])
    assert stolen == theirs or said(file(ONE, TEXT), file(OTHER, stolen)) == COPIED
    assert said(file(ONE, TEXT), file(OTHER, TEXT.replace(ACME, UMBRA))) == COPIED


def test_what_was_sealed_for_somebody_else_is_known_when_that_is_gone() -> None:
    found = file(ONE, TEXT)
    then = Sealing(datetime(2025, 1, 1, tzinfo=UTC), frozenset({OTHER}), edge=False)
    sealings = dict.fromkeys(found.marks, then)
    assert said(found, sealings=sealings) == [(ONE, f"`{ONE}` contains a value that was sealed for somebody else")]


def test_a_file_may_move_in_its_holders_folder() -> None:
    found = file(ONE, TEXT)
    before = frozenset({"tenants/acme/secrets/production/chat.sops.yaml"})
    sealings = dict.fromkeys(found.marks, Sealing(datetime(2025, 1, 1, tzinfo=UTC), before, edge=False))
    assert said(found, sealings=sealings) == []
