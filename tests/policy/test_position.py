"""A mistake in an expression is shown at the word, if the file contains its line literally."""

import pytest

from varve.language.fault import Fault
from varve.model.diagnostic import Span
from varve.model.source import Source
from varve.policy.position import spot

WRITTEN = {
    "a plain text": ("a.yaml", "x: 1\nrequire: a == nope\n", "a == nope", 5, Span(2, 15, 19)),
    "quotes": ("a.yaml", "require: 'a == nope'\n", "a == nope", 5, Span(1, 16, 20)),
    "JSON": ("a.json", '{"require": "a == nope"}', "a == nope", 5, Span(1, 19, 23)),
    "several lines": ("a.yaml", "require: |\n  a == 1\n  && nope\n", "a == 1\n&& nope\n", 10, Span(3, 6, 10)),
    "the first of them": ("a.yaml", "require: |-\n  nope\n  && a\n", "nope\n&& a", 0, Span(2, 3, 7)),
    "several lines of TOML": ("a.toml", 'require = """\na\n&& nope"""\n', "a\n&& nope", 5, Span(3, 4, 8)),
    "a sign": ("a.yaml", "require: a + 1 == 2\n", "a + 1 == 2", 2, Span(1, 12, 13)),
    "the end": ("a.yaml", "require: has(\n", "has(", 4, Span(1, 14, 15)),
    "a folded text": ("a.yaml", "require: >-\n  a == 1\n  && nope\n", "a == 1 && nope", 10, None),
    "a text with escapes": ("a.yaml", 'require: "a == \\"x\\" && nope"\n', 'a == "x" && nope', 12, None),
    "no offset": ("a.yaml", "require: a == nope\n", "a == nope", None, None),
}


@pytest.mark.parametrize(("file", "written", "text", "offset", "span"), WRITTEN.values(), ids=WRITTEN)
def test_the_word_is_found(file: str, written: str, text: str, offset: int | None, span: Span | None) -> None:
    place = spot(Source(file, "", written.encode()), ("require",), text, Fault("", offset))
    assert (place.file, place.keys, place.span) == (file, ("require",), span)
