"""A comment that replaces or shortens a value is reported, and no other comment is."""

import pytest

from tests.read.parsing import accepted, parsed, source
from varve.model.diagnostic import Report
from varve.read.parse import parse

EATEN = {
    "a channel": ("channel: #acme\n", {"channel": None}, "1:10-15"),
    "a channel in a list": ("a:\n- #acme", {"a": [None]}, "2:3-8"),
    "a channel after a tab": ("a:\t#acme", {"a": None}, "1:4-9"),
    "half of a sentence": ("says: ask #sre for help  \r\n", {"says": "ask"}, "1:11-24"),
    "a channel behind text that is not ASCII": ("é: öffne #ü", {"é": "öffne"}, "1:10-12"),
    "the end of a text of two lines": ("a: one\n  two #three\n", {"a": "one two"}, "2:7-13"),
    "a value in a flow mapping": ("a: {b: c #d\n}", {"a": {"b": "c"}}, "1:10-12"),
}


@pytest.mark.parametrize(("text", "value", "place"), EATEN.values(), ids=EATEN)
def test_a_comment_in_place_of_a_value_is_a_warning(text: str, value: object, place: str) -> None:
    assert parsed(text) == (value, [f"read/comment-eats-value {place}"])


INNOCENT = {
    "a comment with a space": "a: 1 # one\nb: # nothing\n",
    "a line of its own": "#one\na: 1\n  #two\n",
    "a hash inside a word": "a: b#c\nurl: http://x/#y",
    "a hash inside quotes": "a: ' #b'\nb: \"x #y\"",
    "a hash inside a block": "a: |\n  x #y\nb: 1",
    "a comment behind quotes": "a: 'b' #c",
    "a comment above a mapping": "a: #one\n  b: 1",
    "a rule of hashes": "a: 1 ####\nb: ##",
    "a comment that sops sealed": "a: b #ENC[AES256_GCM,data:x]",
}


@pytest.mark.parametrize("text", INNOCENT.values(), ids=INNOCENT)
def test_other_comments_are_not_reported(text: str) -> None:
    accepted(text)


def test_the_message_says_what_is_left() -> None:
    report = Report()
    parse(source("a: ask #sre\nb: #x"), report)
    assert [each.message for each in report] == [
        "`#sre` is a comment, and only `ask` is left of the value",
        "`#x` is a comment, and the value is null",
    ]
