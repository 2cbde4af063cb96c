"""Addresses and channels to which a message can be sent, and locales that varve supports."""

from typing import Final

from tests.check.shape.format.tried import Tried, mistaken
from varve.check.shape.format.contact import FORMATS

TRIED: Final[Tried] = {
    "locale": (["fr_FR", "en_GB", "de_CH", "it_IT", "es_MX"], ["", "fr", "fr-FR", "fr_fr", "pt_BR", "fr_FR.UTF-8"]),
    "slack-channel": (["#a", "#payments-oncall", "@alice", "#été"], ["", "#", "payments", "#Payments", "#a b", "##a"]),
    "email-address": (
        ["a@b.example", "first.last+tag@mail.example.org"],
        ["", "a", "a@b", "A <a@b.example>", "a@b@c.example", "a@-b.example", "a b@c.example", "a@b." + "c" * 254],
    ),
}


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
