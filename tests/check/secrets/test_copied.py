"""A ciphertext is valid only in one file, the one in which it occurred first."""

from datetime import UTC, datetime

from tests.read.parsing import source
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


def findings(*files: Sealed, sealings: dict[str, Sealing] | None = None) -> list[tuple[str, str]]:
    report = Report()
    check(files, sealings or {}, report)
    assert {each.rule.code for each in report} <= {"check/copied-seal"}
    return [(each.place.file, each.message) for each in report if each.place]


COPIED = [(OTHER, f"`{OTHER}` contains a value that was sealed for another file")]


def test_separately_sealed_files_are_valid() -> None:
    assert findings(file(ONE, TEXT), file(OTHER, sealed("b", "webhook"))) == []


def test_a_copied_file_is_recognised() -> None:
    assert findings(file(ONE, TEXT), file(OTHER, TEXT)) == COPIED


def test_a_copied_value_is_recognised_under_another_name() -> None:
    stolen = sealed("b", "token").replace(box("btoken"), box("awebhook"))
    assert findings(file(ONE, TEXT), file(OTHER, stolen)) == COPIED


def test_a_copied_data_key_is_recognised_with_another_recipient() -> None:
    other = sealed("b", "webhook", to=[UMBRA])
    stolen = other.replace(age("b", UMBRA)[80:140], age("a", ACME)[80:140])
    assert stolen == other or findings(file(ONE, TEXT), file(OTHER, stolen)) == COPIED
    assert findings(file(ONE, TEXT), file(OTHER, TEXT.replace(ACME, UMBRA))) == COPIED


def test_a_copy_is_recognised_after_the_original_is_removed() -> None:
    found = file(ONE, TEXT)
    then = Sealing(datetime(2025, 1, 1, tzinfo=UTC), frozenset({OTHER}), edge=False)
    sealings = dict.fromkeys(found.marks, then)
    assert findings(found, sealings=sealings) == [(ONE, f"`{ONE}` contains a value that was sealed for somebody else")]


def test_a_file_may_move_within_its_owners_folder() -> None:
    found = file(ONE, TEXT)
    before = frozenset({"tenants/acme/secrets/production/chat.sops.yaml"})
    sealings = dict.fromkeys(found.marks, Sealing(datetime(2025, 1, 1, tzinfo=UTC), before, edge=False))
    assert findings(found, sealings=sealings) == []
