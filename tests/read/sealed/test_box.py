"""Values encrypted by SOPS are recognised by their whole form, and identified by their nonce and tag."""

import pytest

from tests.sealing import armour, box, mac
from varve.read.sealed.box import is_box, is_comment, is_mac, marks, plain, runs, type_of

NO_BOX = {
    "nothing": None,
    "a number": 12345,
    "a text": "hunter2",
    "a beginning": "ENC[AES256_GCM,data:x] hunter2",
    "another cipher": box("a").replace("AES256_GCM", "ROT13"),
    "something behind it": box("a") + " ",
    "something before it": " " + box("a"),
    "an empty ciphertext": box("a", 0),
    "Base64 that is none": box("a").replace("data:", "data:="),
    "a comment": box("a", kind="comment"),
}


@pytest.mark.parametrize("value", NO_BOX.values(), ids=NO_BOX)
def test_anything_else_is_not_an_encrypted_value(value: object) -> None:
    assert not is_box(value)


@pytest.mark.parametrize("kind", ["str", "int", "float", "bool", "bytes", "time"])
def test_every_type_of_sops_is_an_encrypted_value(kind: str) -> None:
    assert is_box(box("a", kind=kind))
    assert type_of(box("a", kind=kind)) == kind


@pytest.mark.parametrize("value", NO_BOX.values(), ids=NO_BOX)
def test_anything_else_has_no_type(value: object) -> None:
    assert type_of(value) is None


def test_a_mac_has_the_length_of_a_hash() -> None:
    assert is_mac(mac("a"))
    assert not is_mac(box("a", 127))
    assert not is_mac(None)


def test_a_comment_is_encrypted_to_its_end() -> None:
    sealed = "#" + box("a", kind="comment")
    assert is_comment(sealed)
    assert not is_comment(f"{sealed} hunter2")
    assert not is_comment("# hunter2")


def test_marks_identify_values_in_any_text() -> None:
    one, other = box("a"), box("b")
    found = list(marks(f'{{"a": "{one}", "b": ["{other}"]}}'))
    assert len(set(found)) == 2
    assert found == [*marks(one), *marks(other)]


def test_the_lines_of_a_data_key_are_the_same_in_yaml_and_in_json() -> None:
    text = armour("a")
    lines = [line for line in text.splitlines() if len(line) == 64]
    assert list(runs(text)) == list(runs(text.replace("\n", "\\n"))) == lines


@pytest.mark.parametrize(("text", "data"), [("eA==", b"x"), ("eA=", None), ("e A==", None), ("é", None)])
def test_only_canonical_base64_is_decoded(text: str, data: bytes | None) -> None:
    assert plain(text) == data
