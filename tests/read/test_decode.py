"""Bytes become text, or a diagnostic, before any parser reads them, in every format alike."""

import pytest

from tests.read.parsing import accepted, refused, source
from varve.model.diagnostic import Report
from varve.read.decode import LIMIT, decode

REFUSED = {
    "Latin-1": (b"a: 1\nb: \xc3\xa9 \xe9", "read/not-utf8 2:6-7"),
    "a cut character": (b"a: \xc3", "read/not-utf8 1:4-5"),
    "half of a surrogate pair": (b"a: \xed\xa0\x80", "read/not-utf8 1:4-5"),
    "UTF-16": ("a: 1".encode("utf-16-be"), "read/control-character 1:1-2"),
    "a byte order mark": (b"\xef\xbb\xbfa: 1", "read/not-utf8 1:1-1"),
    "a byte order mark inside": ("a: \ufeff1", "read/control-character 1:4-5"),
    "NUL": ("a: \0", "read/control-character 1:4-5"),
    "an escape character in a comment": ("é: 1 # \x1b[2J", "read/control-character 1:8-9"),
    "DEL": ("a: \x7f", "read/control-character 1:4-5"),
    "NEL, which some take for a line end": ("a: x\x85y", "read/control-character 1:5-6"),
    "a line separator": ("a: x\u2028y", "read/control-character 1:5-6"),
    "a carriage return without a line feed": ("a: 1\rb: 2", "read/control-character 1:5-6"),
    "two carriage returns": ("a: 1\r\r\nb: 2", "read/control-character 1:5-6"),
    "a character that is none": ("a: \uffff", "read/control-character 1:4-5"),
    "an override of direction": ("a: 1\n# \u202eb", "read/bidirectional-character 2:3-4"),
    "an isolate": ("a: \u2066b", "read/bidirectional-character 1:4-5"),
    "a space of no width": ("a: 1\u200b", "read/hidden-character 1:5-6"),
    "a word joiner in a comment": ("a: 1 # é\u2060", "read/hidden-character 1:9-10"),
    "a soft hyphen": ("a: soft\u00adhyphen", "read/hidden-character 1:8-9"),
    "a letter that fills": ("a: \u3164", "read/hidden-character 1:4-5"),
    "a tag": ("a: \U000e0041", "read/hidden-character 1:4-5"),
    "a selector that carries a byte": ("a: 1\U000e0101", "read/hidden-character 1:5-6"),
    "a joiner between letters that none joins": ("a: b\u200dc", "read/hidden-character 1:5-6"),
    "a mark from right to left": ("a: \u200fb", "read/bidirectional-character 1:4-5"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("name", ["x.yaml", "x.json", "x.toml", "x.xml"])
def test_bytes_that_are_not_plain_text_are_refused_in_every_format(text: bytes | str, expected: str, name: str) -> None:
    assert refused(text, name) == [expected]


ACCEPTED = {
    "tabs and both line ends": "a: x\ty\r\nb: 1\n",
    "text that is written from right to left": "a: שלום\nb: مرحبا",
    "characters beyond the basic plane": "a: 😀",
    "private characters": "a: \ue002 \uf8ff",
    "pictures that are joined and coloured": "a: 👩\u200d💻 ❤\ufe0f",
    "letters that are not joined": "a: می\u200cخواهم",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_plain_text_is_accepted(text: str) -> None:
    report = Report()
    assert decode(source(text), report) == text
    assert not len(report)
    accepted(text)


@pytest.mark.parametrize("character", ["x", "é"])
def test_a_file_has_a_maximum_size(character: str) -> None:
    most = (f"a: {character}".encode() + b"x" * LIMIT)[:LIMIT]
    accepted(most)
    assert refused(most + b"x") == ["read/too-large 1:1-1"]
