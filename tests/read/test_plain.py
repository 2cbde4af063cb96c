"""In every format, a value contains no number and no character that a reader could take for another."""

import pytest

from tests.read.parsing import hints
from varve.model.source import Keys, Value
from varve.read.plain import MEND, Checks, faults, show

SIDES: dict[str, str] = {
    "yaml": "labels:\n<<<<<<< HEAD\n  team: a\n=======\n  team: b\n>>>>>>> theirs\n",
    "json": '{\n<<<<<<< HEAD\n"owner": "a"\n=======\n"owner": "b"\n>>>>>>> theirs\n}\n',
    "toml": "<<<<<<< HEAD\nowner = 'a'\n=======\nowner = 'b'\n>>>>>>> theirs\n",
    "xml": "<service>\n<<<<<<< HEAD\n<owner>a</owner>\n=======\n<owner>b</owner>\n>>>>>>> theirs\n</service>\n",
}
LEFT: dict[str, tuple[str, str]] = {
    **{f"both sides, in {format_}": (format_, text) for format_, text in SIDES.items()},
    **{f"lines that end as on Windows, in {name}": (name, text.replace("\n", "\r\n")) for name, text in SIDES.items()},
    "what both had before": ("json", '{\n  "a": 1\n||||||| base\n}\n'),
    "only the separator of the sides": ("toml", "owner = 'a'\n=======\nowner = 'b'\n"),
    "only the end of the second side": ("toml", "owner = 'a'\n>>>>>>> theirs"),
    "a line above the fault": ("yaml", "=======\nowner: a\n"),
}
OTHERS: dict[str, tuple[str, str, str]] = {
    "a title that is underlined further above": ("toml", "a = '''\nPaging\n=======\n'''\n\nb = x\n", "quote the text"),
    "more signs than git writes": ("toml", "========\n", MEND),
    "a conflict below the fault": ("toml", "a = x\n<<<<<<< HEAD\n", "quote the text"),
    "signs that do not begin a line": ("toml", "a = x # <<<<<<< HEAD\n", "quote the text"),
}

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
    "a space of no width": ({"a": "b\u200b"}, [("read/hidden-character", ("a",), "value")]),
    "a tag in a key": ({"a\U000e0041": 1}, [("read/hidden-character", ("a\U000e0041",), "key")]),
    "a joiner in a key": ({"می\u200cخ": "می\u200cخ"}, [("read/hidden-character", ("می\u200cخ",), "key")]),
    "a colour in a key": ({"❤\ufe0f": "❤\ufe0f"}, [("read/hidden-character", ("❤\ufe0f",), "key")]),
    "an accent of its own": ({"cafe\u0301": "cafe\u0301"}, [("read/not-composed", ("cafe\u0301",), "key")]),
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
def test_every_fault_is_found_with_its_keys(value: Value, found: list[tuple[str, Keys, str]]) -> None:
    assert [(each.rule.code, each.keys, each.on) for each in faults(value, Checks(texts=True, names=True))] == found


def test_texts_are_checked_only_if_they_may_contain_escapes() -> None:
    assert not list(faults({"a": "\x1b"}, Checks(texts=False, names=False)))


def test_names_are_checked_if_they_may_contain_more_than_ascii() -> None:
    (found,) = faults({"a": [{"e\u0301": 1}]}, Checks(texts=False, names=True))
    assert (found.rule.code, found.keys) == ("read/not-composed", ("a", 0, "e\u0301"))


def test_a_text_is_shown_on_one_line_and_cut() -> None:
    assert show("one\ntwo\x1b") == "one two "
    assert show("x" * 61) == "x" * 60 + "…"


@pytest.mark.parametrize(("format_", "text"), LEFT.values(), ids=LEFT)
def test_the_hint_mentions_a_git_conflict_left_in_a_source(format_: str, text: str) -> None:
    way_out = "keep one of the two sides, and remove the conflict markers"
    assert hints(text, f"source.{format_}") == [("read/syntax", way_out)]


@pytest.mark.parametrize(("format_", "text", "hint"), OTHERS.values(), ids=OTHERS)
def test_similar_texts_are_not_taken_for_a_git_conflict(format_: str, text: str, hint: str) -> None:
    assert hints(text, f"source.{format_}") == [("read/syntax", hint)]
