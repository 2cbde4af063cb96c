"""Ids, secrets, recipients and variables are written as they can be used."""

from typing import Final

import pytest

from tests.check.shape.format.tried import Tried, bad, good, is_refused
from varve.check.shape.format.naming import FORMATS

TRIED: Final[Tried] = {
    "id": (["ab", "a1", "a-b", "a" * 40], ["", "a", "Ab", "1a", "a-", "-a", "a_b", "a" * 41, "é1"]),
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


def test_every_format_is_tried() -> None:
    assert TRIED.keys() == FORMATS.keys()


@pytest.mark.parametrize(("name", "text"), good(TRIED))
def test_a_good_text_has_no_fault(name: str, text: str) -> None:
    assert FORMATS[name].fault(text) is None


@pytest.mark.parametrize(("name", "text"), bad(TRIED))
def test_a_bad_text_has_a_fault_and_a_way_out(name: str, text: str) -> None:
    assert is_refused(FORMATS[name], text)
