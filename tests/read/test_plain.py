"""Whatever a format lets through, a value holds no number and no character that a reader could take for another."""

import pytest

from varve.model.source import Keys, Value
from varve.read.plain import faults, show

FAULTS: dict[str, tuple[Value, list[tuple[str, Keys, str]]]] = {
    "an infinity": ({"a": [1.0, float("inf")]}, [("read/not-finite", ("a", 1), "value")]),
    "not a number": ({"a": float("nan")}, [("read/not-finite", ("a",), "value")]),
    "an integer of 65 bits": ({"a": 2**63}, [("read/integer-too-large", ("a",), "value")]),
    "a negative integer of 65 bits": ({"a": -(2**63) - 1}, [("read/integer-too-large", ("a",), "value")]),
    "a control character in a text": ({"a": ["x", "\x1b"]}, [("read/control-character", ("a", 1), "value")]),
    "a control character in a key": ({"a": {"\0": 1}}, [("read/control-character", ("a", "\0"), "key")]),
    "half of a surrogate pair": ({"a": "\ud800"}, [("read/control-character", ("a",), "value")]),
    "a lone carriage return": ({"a": "x\ry"}, [("read/control-character", ("a",), "value")]),
    "an override of direction": ({"a": "\u202e"}, [("read/bidirectional-character", ("a",), "value")]),
    "several at once": (
        {"\u202e": float("inf"), "b": [2**64]},
        [
            ("read/bidirectional-character", ("\u202e",), "key"),
            ("read/not-finite", ("\u202e",), "value"),
            ("read/integer-too-large", ("b", 0), "value"),
        ],
    ),
    "nothing wrong": ({"a": [2**63 - 1, -(2**63), 1e308, True, None, "x\ty\r\nz é😀\ue002"], "é": {}}, []),
}


@pytest.mark.parametrize(("value", "found"), FAULTS.values(), ids=FAULTS)
def test_every_fault_is_found_with_the_way_to_it(value: Value, found: list[tuple[str, Keys, str]]) -> None:
    assert [(each.rule.code, each.keys, each.on) for each in faults(value, escapes=True)] == found


def test_texts_are_looked_at_only_where_an_escape_could_have_written_them() -> None:
    assert not list(faults({"a": "\x1b"}, escapes=False))


def test_a_text_is_shown_on_one_line_and_cut() -> None:
    assert show("one\ntwo\x1b") == "one two "
    assert show("x" * 61) == "x" * 60 + "…"
