"""A sealed file reveals only the names of its secrets; any other file is refused without being quoted."""

from datetime import UTC, datetime

import pytest

from tests.read.parsing import source
from tests.sealing import ACME, box, mac
from tests.sealing import sealed as sealed_text
from varve.model.diagnostic import Report
from varve.read.sealed.file import Holder, holder, is_among_sealed, is_sealed_file, sealed

ENC = box("a")
SOPS = sealed_text("file")
NAME = "tenants/acme/secrets/slack.sops.yaml"


def reading_of(text: str) -> tuple[frozenset[str] | None, list[tuple[str, str]]]:
    report = Report()
    found = sealed(source(text, NAME), report)
    assert all(each.place is not None and each.place.sealed for each in report)
    assert all(note.place is None or note.place.sealed for each in report for note in each.notes)
    return None if found is None else frozenset(found.names), [(each.rule.code, each.message) for each in report]


def test_the_names_of_secrets_are_their_keys() -> None:
    text = f"webhook: {ENC}\n#{box('b', kind='comment')}\ndb:\n  user: {box('c')}\n  keys:\n    - {box('d')}\n"
    assert reading_of(text + SOPS) == (frozenset({"webhook", "db.user", "db.keys.0"}), [])


def test_a_file_without_secrets_has_no_names() -> None:
    assert reading_of(SOPS) == (frozenset(), [])


def test_a_file_reveals_who_can_open_it_and_its_owner() -> None:
    found = sealed(source(f"webhook: {ENC}\n{SOPS}", NAME), Report())
    assert found is not None
    assert found.names == {"webhook": ("webhook",)}
    assert found.metadata.groups == (frozenset({ACME}),)
    assert found.holder == Holder("acme", None)
    assert found.modified == datetime(2025, 1, 31, 9, tzinfo=UTC)
    assert len(found.marks) > 1
    assert found.seal in mac("file")
    assert found.seal not in found.marks


def test_a_ciphertext_that_occurs_twice_was_copied() -> None:
    assert reading_of(f"a: {ENC}\nb: {ENC}\n{SOPS}") == (
        None,
        [("read/bad-seal", "the same ciphertext occurs twice in the file, but SOPS never writes one twice")],
    )


PLACES = {
    "environments/secrets/a.sops.yaml": Holder(None, None),
    "tenants/acme/secrets/a.sops.yaml": Holder("acme", None),
    "tenants/acme/secrets/production/a.sops.yaml": Holder("acme", "production"),
    "tenants/acme/secrets/production/deep/a.sops.yaml": None,
    "environments/secrets/production/a.sops.yaml": None,
}


@pytest.mark.parametrize(("path", "expected"), PLACES.items(), ids=PLACES)
def test_the_path_determines_the_owner_of_secrets(path: str, expected: Holder | None) -> None:
    assert holder(path) == expected
    assert is_sealed_file(path)


@pytest.mark.parametrize("path", ["tenants/acme/secrets/a.yaml", "tenants/acme/a.sops.yaml", "secrets/sops"])
def test_other_files_need_not_be_sealed(path: str) -> None:
    assert not is_sealed_file(path)


AMONG_SEALED = {
    "environments/secrets/a.txt": True,
    "environments/secrets/production/a.txt": True,
    "tenants/acme/secrets/a": True,
    "tenants/acme/secrets/production/deep/a.yaml": True,
    "tenants/secrets/secrets/a.yaml": True,
    "tenants/secrets/tenant.yaml": False,
    "tenants/secrets/services/a.yaml": False,
    "environments/tenants/secrets.yaml": False,
    "environments/tiers/secrets/a.yaml": False,
    "tenants/acme/docs/secrets/a.txt": False,
    "templates/secrets/a.txt": False,
}


@pytest.mark.parametrize(("path", "expected"), AMONG_SEALED.items(), ids=AMONG_SEALED)
def test_a_folder_of_sealed_files_is_known_by_its_place(path: str, expected: bool) -> None:  # noqa: FBT001
    assert is_among_sealed(path) is expected


NOT_SEALED = {
    "a text": "hunter2",
    "a number": "12345",
    "nothing": "",
    "an empty map": "{}",
    "an empty list": "[]",
    "something that only begins like a seal": "ENC[AES256_GCM,data:x] hunter2",
    "another cipher": ENC.replace("AES256_GCM", "ROT13"),
    "a seal with something behind it": f"'{ENC} '",
}


@pytest.mark.parametrize("value", NOT_SEALED.values(), ids=NOT_SEALED)
def test_a_value_in_the_clear_is_refused_and_not_shown(value: str) -> None:
    assert reading_of(f"db:\n  ok: {box('ok')}\n  password: {value}\n{SOPS}") == (
        None,
        [("read/not-sealed", "`db.password` is not encrypted")],
    )


@pytest.mark.parametrize("block", ["", "sops: {}\n", "sops: x\n"])
def test_a_file_without_the_seal_of_sops_is_refused(block: str) -> None:
    names, found = reading_of(f"webhook: {ENC}\n{block}")
    assert names is None
    assert [code for code, _ in found] == ["read/not-sealed"]


BROKEN = {
    "a tag": ("password: !hunter2 x", "read/tag"),
    "an alias": ("password: *hunter2", "read/undefined-alias"),
    "a repeated key": ("password: x\npassword: hunter2", "read/duplicate-key"),
    "no YAML": ("password: 'hunter2", "read/syntax"),
    "no mapping": ("hunter2", "read/not-a-mapping"),
    "a comment that eats a secret": ("password: x #hunter2\nb: *c", "read/undefined-alias"),
    "a bad character": ("password: hunter2\x07", "read/control-character"),
}


@pytest.mark.parametrize(("text", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_without_quoting_it(text: str, code: str) -> None:
    names, found = reading_of(text)
    assert names is None
    assert code in [each for each, _ in found]
    assert not [message for _, message in found if "hunter2" in message]
