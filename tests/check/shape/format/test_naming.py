"""Ids, secrets, recipients and variables have names that can be used."""

from typing import Final

from tests.check.shape.format.tried import Tried, mistaken
from varve.check.shape.format.naming import FORMATS

TRIED: Final[Tried] = {
    "id": (["ab", "a1", "a-b", "a" * 40], ["", "a", "Ab", "1a", "a-", "-a", "a_b", "a" * 41, "é1"]),
    "scrape": (["app", "probes", "a-probe"], ["probe", "Ab", ""]),
    "secret-name": (
        ["slack/webhook", "a1/B_2.c-d"],
        ["", "slack", "slack/", "/a", "a/b/c", "Slack/a", "a1/.b", "a1/b."],
    ),
    "recipient": (
        ["age12akaj3z7n7yscf7a635qqljqndqsr7cepsm4h0ju73hppzewn96q8yv5fc"],
        ["", "age1", "age12akaj3z7n7yscf7a635qqljqndqsr7cepsm4h0ju73hppzewn96q8yv5fd", "AGE-SECRET-KEY-1"],
    ),
    "variable": (["A", "CLUSTER_1"], ["", "a", "1A", "_A", "A-B"]),
}


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
