"""In TOML, dates are texts, and a mistake has the same code as the same mistake in YAML."""

import pytest

from tests.read.parsing import accepted, assert_distinguished, assert_refused_quickly, hints
from varve.read.plain import MEND

NAME = "source.toml"
DEEP = ".".join("a" * 63)

REFUSED = {
    "a key is repeated": ("a = 1\r\n\ta = 2", "read/duplicate-key 2:2-3 1:1-2", "a = 1\r\n\tb = 2"),
    "a key is repeated in quotes": (
        "'a b' = 1\n\"a b\" = 2",
        "read/duplicate-key 2:1-6 1:1-6",
        "'a b' = 1\n\"a c\" = 2",
    ),
    "a key that needs quotes": ("é.b = 1", "read/syntax 1:1-2", '"é".b = 1'),
    "a key is repeated in an inline table": (
        "x = {a = 1, a = 2}",
        "read/duplicate-key 1:13-14 1:6-7",
        "x = {a = 1, b = 2}",
    ),
    "a table is repeated": ("[x.a]\n[b]\n[x.a]", "read/duplicate-key 3:4-5 1:4-5", "[x.a]\n[b]\n[x.b]"),
    "a table is a value already": ("a = 1\n[a]", "read/duplicate-key 2:2-3 1:1-2", "a = 1\n[b]"),
    "a table of a list is a table already": ("[a]\n[[a]]", "read/duplicate-key 2:3-4 1:2-3", "[[a]]\n[[a]]"),
    "a dotted key goes through a value": ("a = 1\na.b = 2", "read/duplicate-key 2:1-2 1:1-2", "a.c = 1\na.b = 2"),
    "a dotted key goes through an inline table": (
        "a = {}\na.b = 2",
        "read/duplicate-key 2:1-2 1:1-2",
        "b = {}\na.b = 2",
    ),
    "a table is defined by dotted keys already": ("a.b = 1\n[a]", "read/duplicate-key 2:2-3 1:1-2", "a.b = 1\n[c]"),
    "no value": ("a = \nb = 1", "read/syntax 1:5-5", "a = 0\nb = 1"),
    "a text without quotes": ("a = gold", "read/syntax 1:5-6", 'a = "gold"'),
    "a bracket that is not closed": ("a = [1\n", "read/syntax 1:7-7", "a = [1\n]"),
    "two values on a line": ("a = 1 b = 2", "read/syntax 1:7-8", "a = 1\nb = 2"),
    "65 collections": ("a = " + "[" * 64 + "]" * 64, "read/too-deep 1:68-69", "a = " + "[" * 63 + "]" * 63),
    "65 tables in a header": (f"[a.{DEEP}]", "read/too-deep 1:128-129", f"[{DEEP}]"),
    "65 tables in a header and a key": (f"[{DEEP}]\nb.c = 1", "read/too-deep 2:1-2", f"[{DEEP}]\nb = 1"),
    "a key of very many parts": ("a" + ".a" * 90_000 + " = 1", "read/too-deep 1:128-129", "a.a = 1"),
    "an infinity": ("a = [-inf]", "read/not-finite 1:6-10", 'a = ["-inf"]'),
    "not a number": ("a = nan", "read/not-finite 1:5-8", 'a = "nan"'),
    "a number beyond every float": ("a.b = 1e400", "read/not-finite 1:7-12", "a.b = 1e300"),
    "an integer beyond 64 bits": (
        "a = 9223372036854775808",
        "read/integer-too-large 1:5-24",
        "a = 9223372036854775807",
    ),
    "an integer without end": ("a = " + "9" * 9000, "read/integer-too-large 1:5-9005", "a = 9"),
    "an escape that writes a control character": ('a = "\\u001b"', "read/control-character 1:5-13", 'a = "\\u0041"'),
    "an escape that turns text": ('"\\u202e" = 1', "read/bidirectional-character 1:1-9", '"\\u00e9" = 1'),
}


WAYS_OUT = {
    "no value": ("a =\nb = 1", "write a value after the `=`"),
    "no value, and lines that end as on Windows": ("a =\r\n", "write a value after the `=`"),
    "no value at the end": ("a = ", "write a value after the `=`"),
    "no value but a comment": ("a = # one\n", "write a value after the `=`"),
    "no value in an inline table": ("a = {b =}", "write a value after the `=`"),
    "a text without quotes": ("a = gold", "quote the text"),
    "a list that is not closed": ("a = [1,\n", MEND),
}


@pytest.mark.parametrize(("text", "way_out"), WAYS_OUT.values(), ids=WAYS_OUT)
def test_a_syntax_error_has_a_hint(text: str, way_out: str) -> None:
    assert hints(text, NAME) == [("read/syntax", way_out)]


@pytest.mark.parametrize(("bad", "expected", "good"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_reported_at_its_place_and_its_counterpart_is_accepted(bad: str, expected: str, good: str) -> None:
    assert_distinguished(bad, expected, good, NAME)


def test_dates_and_times_are_text() -> None:
    text = "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00.5-01:00\nc = 1979-05-27\nd = 07:32:00"
    assert accepted(text, NAME) == {
        "a": "1979-05-27T07:32:00Z",
        "b": "1979-05-27T07:32:00.500000-01:00",
        "c": "1979-05-27",
        "d": "07:32:00",
    }


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert accepted("# nothing\n", NAME) == {}


BOMBS = {
    "brackets": "a = " + "[" * 200_000,
    "inline tables": "a = " + "{a = " * 40_000,
    "dots": "a." * 100_000,
    "quotes": '"' * 200_000,
    "digits": "a = " + "9_" * 100_000,
    "one key for ever": "a = 1\n" * 30_000,
    "headers that are not closed": "[" * 200_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_hostile_text_is_refused_soon(text: str) -> None:
    assert_refused_quickly(text, NAME)
