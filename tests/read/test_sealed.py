"""A sealed file says the names of its secrets and no more; any other is refused without being quoted."""

import pytest

from tests.read.said import source
from varve.model.diagnostic import Report
from varve.read.sealed import sealed

ENC = "ENC[AES256_GCM,data:p673w==,iv:YY=,aad:,tag:UQ==,type:str]".replace("aad:,", "")
SOPS = (
    f"sops:\n  age:\n    - recipient: age1x\n  lastmodified: '2026-01-01T00:00:00Z'\n  mac: {ENC}\n  version: 3.11.0\n"
)
NAME = "tenants/acme/secrets/slack.sops.yaml"


def said(text: str) -> tuple[frozenset[str] | None, list[tuple[str, str]]]:
    report = Report()
    names = sealed(source(text, NAME), report)
    assert all(each.place is not None and each.place.sealed for each in report)
    assert all(note.place is None or note.place.sealed for each in report for note in each.notes)
    return names, [(each.rule.code, each.message) for each in report]


def test_the_names_of_the_secrets_are_the_ways_to_them() -> None:
    text = f"webhook: {ENC}\n#ENC[AES256_GCM,data:x,iv:x,tag:x,type:comment]\ndb:\n  user: {ENC}\n  keys: [{ENC}]\n"
    text = text.replace(f"[{ENC}]", f"\n    - {ENC}")
    assert said(text + SOPS) == (frozenset({"webhook", "db.user", "db.keys.0"}), [])


def test_a_file_without_secrets_has_no_names() -> None:
    assert said(SOPS) == (frozenset(), [])


NOT_SEALED = {
    "a text": "hunter2",
    "a number": "12345",
    "nothing": "",
    "something that only begins like a seal": "ENC[AES256_GCM,data:x] hunter2",
    "another cipher": ENC.replace("AES256_GCM", "ROT13"),
    "a seal with something behind it": f"'{ENC} '",
}


@pytest.mark.parametrize("value", NOT_SEALED.values(), ids=NOT_SEALED)
def test_a_value_in_the_clear_is_refused_and_not_shown(value: str) -> None:
    assert said(f"db:\n  ok: {ENC}\n  password: {value}\n{SOPS}") == (
        None,
        [("read/not-sealed", "`db.password` is not encrypted")],
    )


@pytest.mark.parametrize("block", ["", "sops: {}\n", "sops: x\n", "sops:\n  mac: 1234\n"])
def test_a_file_without_the_seal_of_sops_is_refused(block: str) -> None:
    names, found = said(f"webhook: {ENC}\n{block}")
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
    names, found = said(text)
    assert names is None
    assert code in [each for each, _ in found]
    assert not [message for _, message in found if "hunter2" in message]
