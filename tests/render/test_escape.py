"""No source can move a terminal's cursor or send commands to the CI host."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varve.render.escape import cells, escape

anything = st.text(st.characters(codec=None))
ORDER = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("queue_depth > 100", "queue_depth > 100", id="plain text stays as it is"),
        pytest.param('code=~"5.." and \\d', 'code=~"5.." and \\d', id="a backslash of the source stays single"),
        pytest.param("Latence élevée 日本 ✓", "Latence élevée 日本 ✓", id="letters of any language stay"),
        pytest.param("\x1b[2J\x1b[1;1HOK", r"\x1b[2J\x1b[1;1HOK", id="a terminal sequence is spelled out"),
        pytest.param("\x9b2J", r"\x9b2J", id="so is its one-character form"),
        pytest.param("\x1b]8;;http://evil\x07", r"\x1b]8;;http://evil\x07", id="and a hyperlink"),
        pytest.param("a\r\nb\tc", r"a\r\nb\tc", id="a text of several lines stays on one"),
        pytest.param("a\u2028b\u2029c\x85", r"a\u2028b\u2029c\x85", id="Unicode's line separators too"),
        pytest.param("\u202eneerg", r"\u202eneerg", id="the direction of text cannot be turned"),
        pytest.param("ad\u200bmin\ufeff", r"ad\u200bmin\ufeff", id="zero-width characters show"),
        pytest.param("a\xa0b\u3164", r"a\xa0b\u3164", id="blanks that are none show"),
        pytest.param("\ud800", r"\ud800", id="half of a surrogate pair is spelled out"),
        pytest.param("caf\udce9 \udc80\udcff", r"caf\xe9 \x80\xff", id="a byte that is not UTF-8 has its number"),
        pytest.param("\udc7f\udd00", r"\udc7f\udd00", id="other halves of pairs stand for no byte"),
        pytest.param("\U000e0041", r"\U000e0041", id="a tag character too"),
        pytest.param("::set-output name=x::y", r"\x3a:set-output name=x::y", id="no workflow command"),
        pytest.param("  ::add-mask::x", r"  \x3a:add-mask::x", id="nor one behind blanks"),
        pytest.param("job:rate::sum", "job:rate::sum", id="colons inside a text stay"),
        pytest.param("x ##[error]y", r"x \x23#[error]y", id="no command of the older form, anywhere"),
        pytest.param("##vso[task.setvariable]y", r"\x23#vso[task.setvariable]y", id="nor of Azure's"),
        pytest.param("## heading [a]", "## heading [a]", id="a heading stays"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(anything)
def test_any_text_becomes_printable_and_a_single_line(text: str) -> None:
    assert escape(text).isprintable()


@given(st.text("#:[]avso \n\u200b"))
def test_no_text_becomes_a_ci_command(text: str) -> None:
    assert not ORDER.search(escape(text))


@given(anything)
def test_escaping_twice_changes_nothing(text: str) -> None:
    assert escape(escape(text)) == escape(text)


@given(anything)
def test_every_character_has_its_cell(text: str) -> None:
    shown = cells(text)
    assert len(shown) == len(text)
    assert "".join(shown) == escape(text)
