"""Addresses and channels that a message can go to, and locales that varve speaks."""

from typing import Final

import pytest

from tests.check.shape.format.tried import Tried, bad, good, is_refused
from varve.check.shape.format.contact import FORMATS

TRIED: Final[Tried] = {
    "locale": (["fr_FR", "en_GB", "de_CH", "it_IT", "es_MX"], ["", "fr", "fr-FR", "fr_fr", "pt_BR", "fr_FR.UTF-8"]),
    "slack-channel": (["#a", "#payments-oncall", "@alice", "#été"], ["", "#", "payments", "#Payments", "#a b", "##a"]),
    "email-address": (
        ["a@b.example", "first.last+tag@mail.example.org"],
        ["", "a", "a@b", "A <a@b.example>", "a@b@c.example", "a@-b.example", "a b@c.example", "a@b." + "c" * 254],
    ),
}


def test_every_format_is_tried() -> None:
    assert TRIED.keys() == FORMATS.keys()


@pytest.mark.parametrize(("name", "text"), good(TRIED))
def test_a_good_text_has_no_fault(name: str, text: str) -> None:
    assert FORMATS[name].fault(text) is None


@pytest.mark.parametrize(("name", "text"), bad(TRIED))
def test_a_bad_text_has_a_fault_and_a_way_out(name: str, text: str) -> None:
    assert is_refused(FORMATS[name], text)
