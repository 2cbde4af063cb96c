"""A key or a value is located where it is written, in every format, whatever precedes it."""

from collections.abc import Iterator
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.read.parsing import parsed, source
from varve.model.diagnostic import Span
from varve.model.source import Keys, Value
from varve.read.locate import locate, locator

YAML = """\
# é😀
tenant: {name: "Zoé", owners: [é, 'b c']}
services:
  checkout:
    description: |  # text
      one
    alerts:
      - name: 'é' # first
        expr: a
          b
      - - x
      - {a: 1,
         b: 2}
      -
    empty:
base: &base {a: 1}
other: {<<: *base, b: 2}
again: *base
deep: &deep
  list: [1]
more:
  <<: [*deep]
"""

JSON = '{\r\n\t"é\\u00e9": "😀", "list": [1, {"a": [],\r\n\t\t"b" : -1.5e3}, "x"],\r\n\t"map": {"k": null}\r\n}\r\n'

TOML = """\
# é
name = "Zoé" # 😀
a.b.'c d' = [1, { x = 2 }, '''
y''']
when = 1979-05-27 07:32:00 # then
[table.inner]\t
key = 1.5
[[list.of]]
n = 1
[[list.of]]
n = \"\"\"é\"\"\"
[list.of.sub]
m = true
"""

XML = """\
<?xml version="1.0"?>
<tenant>\r
\t<name>  Zoé &amp; 😀 </name><é type="str">x
y</é>
  <list><item>1</item><item><a>b</a></item></list>
  <entry type="str" key="x y">v</entry>
  <none/>
</tenant>
"""

PLACES: dict[str, list[tuple[Keys, Literal["key", "value"], Span]]] = {
    YAML: [
        (("tenant",), "key", Span(2, 1, 7)),
        (("tenant",), "value", Span(2, 9, 42)),
        (("tenant", "name"), "key", Span(2, 10, 14)),
        (("tenant", "name"), "value", Span(2, 16, 21)),
        (("tenant", "owners"), "value", Span(2, 31, 41)),
        (("tenant", "owners", 1), "value", Span(2, 35, 40)),
        (("tenant", "owners", 1), "key", Span(2, 35, 40)),
        (("services",), "value", Span(3, 1, 9)),
        (("services", "checkout"), "value", Span(4, 3, 11)),
        (("services", "checkout", "description"), "value", Span(5, 18, 27)),
        (("services", "checkout", "alerts", 0), "value", Span(8, 9, 13)),
        (("services", "checkout", "alerts", 0, "name"), "value", Span(8, 15, 18)),
        (("services", "checkout", "alerts", 0, "expr"), "value", Span(9, 15, 16)),
        (("services", "checkout", "alerts", 1), "value", Span(11, 9, 10)),
        (("services", "checkout", "alerts", 1, 0), "value", Span(11, 11, 12)),
        (("services", "checkout", "alerts", 2, "b"), "value", Span(13, 13, 14)),
        (("services", "checkout", "empty"), "value", Span(15, 5, 10)),
        (("other", "a"), "value", Span(16, 17, 18)),
        (("other", "b"), "value", Span(17, 23, 24)),
        (("again",), "value", Span(18, 8, 13)),
        (("again", "a"), "key", Span(16, 14, 15)),
        (("more", "list", 0), "value", Span(20, 10, 11)),
        (("services", "checkout", "missing", "x"), "value", Span(4, 3, 11)),
        (("tenant", "owners", 7), "value", Span(2, 23, 29)),
        (("missing",), "value", Span(1, 1, 1)),
        ((), "value", Span(1, 1, 1)),
    ],
    JSON: [
        (("éé",), "key", Span(2, 2, 11)),
        (("éé",), "value", Span(2, 13, 16)),
        (("list",), "value", Span(2, 18, 24)),
        (("list", 0), "value", Span(2, 27, 28)),
        (("list", 1), "value", Span(2, 30, 31)),
        (("list", 1, "a"), "value", Span(2, 36, 38)),
        (("list", 1, "b"), "key", Span(3, 3, 6)),
        (("list", 1, "b"), "value", Span(3, 9, 15)),
        (("list", 2), "value", Span(3, 18, 21)),
        (("map",), "value", Span(4, 9, 20)),
        (("map", "k"), "value", Span(4, 15, 19)),
        (("map", "z"), "value", Span(4, 2, 7)),
    ],
    TOML: [
        (("name",), "value", Span(2, 8, 13)),
        (("a",), "value", Span(3, 1, 2)),
        (("a", "b"), "key", Span(3, 3, 4)),
        (("a", "b", "c d"), "key", Span(3, 5, 10)),
        (("a", "b", "c d"), "value", Span(3, 5, 10)),
        (("a", "b", "c d", 0), "value", Span(3, 14, 15)),
        (("a", "b", "c d", 1), "value", Span(3, 17, 26)),
        (("a", "b", "c d", 1, "x"), "value", Span(3, 23, 24)),
        (("a", "b", "c d", 2), "value", Span(3, 28, 31)),
        (("when",), "value", Span(5, 8, 27)),
        (("table", "inner"), "value", Span(6, 8, 13)),
        (("table", "inner", "key"), "value", Span(7, 7, 10)),
        (("list", "of", 0), "value", Span(8, 8, 10)),
        (("list", "of", 1), "value", Span(10, 8, 10)),
        (("list", "of", 1, "n"), "value", Span(11, 5, 12)),
        (("list", "of", 1, "sub", "m"), "value", Span(13, 5, 9)),
        (("list", "of", 9), "value", Span(8, 8, 10)),
    ],
    XML: [
        (("name",), "key", Span(3, 3, 7)),
        (("name",), "value", Span(3, 10, 21)),
        (("é",), "key", Span(3, 30, 31)),
        (("é",), "value", Span(3, 43, 44)),
        (("list",), "value", Span(5, 4, 8)),
        (("list", 0), "key", Span(5, 10, 14)),
        (("list", 0), "value", Span(5, 15, 16)),
        (("list", 1, "a"), "value", Span(5, 32, 33)),
        (("x y",), "key", Span(6, 25, 30)),
        (("x y",), "value", Span(6, 31, 32)),
        (("none",), "value", Span(7, 4, 8)),
        (("none", "x"), "value", Span(7, 4, 8)),
    ],
}
NAMES = {YAML: "a.yaml", JSON: "a.json", TOML: "a.toml", XML: "a.xml"}


@pytest.mark.parametrize(
    ("text", "keys", "on", "span"),
    [(text, *place) for text, places in PLACES.items() for place in places],
    ids=[f"{NAMES[text]} {keys} {on}" for text, places in PLACES.items() for keys, on, _ in places],
)
def test_a_place_is_exact(text: str, keys: Keys, on: Literal["key", "value"], span: Span) -> None:
    assert parsed(text, NAMES[text])[1] == []
    assert locate(source(text, NAMES[text]), keys, on) == span


@pytest.mark.parametrize("text", NAMES, ids=NAMES.values())
def test_every_value_of_a_file_has_a_place_in_it(text: str) -> None:
    value, _ = parsed(text, NAMES[text])
    find = locator(source(text, NAMES[text]))
    assert value is not None
    for keys in ways(value):
        for on in ("key", "value"):
            inside(text, find(keys, "key" if on == "key" else "value"))


@given(st.sampled_from(sorted(NAMES)), st.data())
def test_a_broken_file_never_stops_the_search(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    stray = data.draw(st.text("[]{}<>\"'&*:=,.#\n \r\0\ud7ffé", max_size=4))
    broken = text[:cut] + stray + text[data.draw(st.integers(cut, len(text))) :]
    find = locator(source(broken, NAMES[text]))
    asked: list[Keys] = [("tenant", "name"), ("list", 1), ("a", "b", "c d", 1), ("x",), ()]
    for keys in asked:
        inside(broken, find(keys, "value"))


@pytest.mark.parametrize("name", NAMES.values())
def test_bytes_that_are_not_text_never_stop_the_search(name: str) -> None:
    assert locate(source(b"\xff\xfe a: \xc3", name), ("a", 0), "value").line == 1


def ways(value: Value, keys: Keys = ()) -> Iterator[Keys]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield (*keys, key)
            yield from ways(held, (*keys, key))
    elif isinstance(value, list):
        for position, held in enumerate(value):
            yield (*keys, position)
            yield from ways(held, (*keys, position))


def inside(text: str, span: Span) -> None:
    lines = text.split("\n")
    assert 1 <= span.line <= len(lines)
    assert 1 <= span.column <= span.end <= len(lines[span.line - 1]) + 1
