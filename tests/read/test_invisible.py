"""Invisible characters are refused everywhere, except once where a script needs them."""

import sys
import unicodedata
from typing import Final

import pytest

from varve.read import invisible

NEEDED: Final = {
    "a person at work": "👩\u200d💻",
    "a person of some colour at work": "👩🏽\u200d🚀",
    "a family": "👨\u200d👩\u200d👧\u200d👦",
    "a flag": "🏳\ufe0f\u200d🌈",
    "a heart": "❤\ufe0f",
    "a heart that is text": "❤\ufe0e",
    "a key of a keyboard": "1\ufe0f\u20e3",
    "a warning": "⚠\ufe0f disk full",
    "Persian": "می\u200cخواهم",
    "Hindi": "क\u094d\u200dष",
    "Sinhala": "ක\u0dca\u200dෂ",
    "Bengali": "র\u200d\u09cdয",
    "an abbreviation in Arabic": "ه\u200d",
    "Mongolian": "\u1820\u180b",
    "Arabic": "العربية",
    "Hebrew": "שלום",
    "Thai": "สวัสดี",
    "lines": "a\tb\r\nc\n",
}
REFUSED: Final = {
    "a space of no width": "a\u200bb",
    "a joiner of Latin letters": "a\u200db",
    "its opposite": "a\u200cb",
    "a joiner at the beginning": "\u200dक",
    "two joiners": "می\u200c\u200cخ",
    "two joiners of pictures": "👩\u200d\u200d💻",
    "a joiner after a picture": "👩\u200d",
    "a joiner between digits": "۱\u200c۲",
    "a colour of a letter": "a\ufe0f",
    "two colours": "❤\ufe0f\ufe0f",
    "a colour of a digit": "1\ufe0f",
    "a selector of another kind": "漢\ufe00",
    "a selector that carries a byte": "❤\U000e0101",
    "a text in tags": "🏴\U000e0067\U000e007f",
    "a soft hyphen": "a\u00adb",
    "a joiner of words": "a\u2060b",
    "an operator that is not seen": "f\u2061x",
    "a filler": "a\u3164",
    "a grapheme joiner": "a\u034fb",
    "a byte order mark": "a\ufeffb",
    "a turn": "a\u202eb",
    "a lone carriage return": "a\rb",
}


@pytest.mark.parametrize("text", NEEDED.values(), ids=NEEDED)
def test_characters_that_a_script_needs_are_allowed(text: str) -> None:
    assert not invisible.find(text)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_other_invisible_characters_are_not_allowed(text: str) -> None:
    assert invisible.find(text)
    assert invisible.find_in_name(text)


def test_a_name_contains_no_invisible_character() -> None:
    assert all(invisible.find_in_name(each) for each in ("👩\u200d💻", "❤\ufe0f", "می\u200cخ"))
    assert not any(invisible.find_in_name(each) for each in ("👩", "é", "العربية", "a b"))


def test_of_all_format_and_control_characters_only_visible_ones_are_allowed() -> None:
    """Signs that are written around numbers and verses in Arabic, Syriac and Kaithi have a visible form."""
    seen = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    kinds = {"Cf", "Cc", "Cs", "Zl", "Zp"}
    everything = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in kinds]
    assert "".join(each for each in everything if not invisible.find(each)) == "\t\n" + seen


def test_a_joiner_depends_on_its_neighbours() -> None:
    assert [each for each in "\u200b\u200c\u200d\ufe0f\u00ad" if invisible.depends_on_context(each)] == [
        "\u200c",
        "\u200d",
        "\ufe0f",
    ]
