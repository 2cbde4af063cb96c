"""A data key is an age encryption of 32 bytes for one recipient, as far as can be seen without a key."""

import pytest

from tests.language.test_recipient import YUBIKEY
from tests.sealing import ACME, armour
from varve.read.sealed.armour import KEY, fault

WRONG = {
    "no text": (None, "is not a data key"),
    "a text": ("hunter2", "is not a data key"),
    "Base64 without its armour": (armour("a").splitlines()[1], "is not a data key"),
    "something before it": ("x\n" + armour("a"), "is not a data key"),
    "something behind it": (armour("a") + "x", "is not a data key"),
    "long lines": (armour("a").replace("\n", "", 2), "is not a data key"),
    "a line less": ("\n".join(armour("a").splitlines()[:1] + armour("a").splitlines()[2:]), "is not a data key"),
    "very long": (armour("a", 20_000), "is not a data key"),
    "a share for a key": (armour("a", KEY + 1), "contains something other"),
    "nothing": (armour("a", 0), "contains something other"),
    "a password": (armour("a", stanza="scrypt"), "can be opened by something other"),
    "a plugin": (armour("a", stanza="piv-p256 x"), "can be opened by something other"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_anything_but_a_data_key_is_refused(text: object, message: str) -> None:
    assert str(fault(text, ACME, KEY)).startswith(message)


def test_a_data_key_and_a_share_of_one_are_valid() -> None:
    assert fault(armour("a"), ACME, KEY) is None
    assert fault(armour("a", KEY + 1), ACME, KEY + 1) is None


def test_the_header_of_a_plugin_may_have_any_form() -> None:
    assert fault(armour("a", stanza="piv-p256 AAAA BBBB"), YUBIKEY, KEY) is None
