"""The UTF-8 grammar is that of Alertmanager: the verdicts are from the tests of version 0.34."""

import time

import pytest

from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.language.matcher.utf8 import read_utf8

READ: dict[str, list[tuple[str, str, str]]] = {
    "": [],
    " \t\u3000": [],
    "{}": [],
    " { } ": [],
    "{foo=bar}": [("foo", "=", "bar")],
    "{foo=bar,}": [("foo", "=", "bar")],
    "foo=bar,": [("foo", "=", "bar")],
    "{foo!=bar}": [("foo", "!=", "bar")],
    "{foo=~[a-z]+}": [("foo", "=~", "[a-z]+")],
    "foo!~[a-z]+": [("foo", "!~", "[a-z]+")],
    "foo=🙂bar": [("foo", "=", "🙂bar")],
    "🙂=a": [("🙂", "=", "a")],
    "a-b.c=d": [("a-b.c", "=", "d")],
    '{"foo"="bar",}': [("foo", "=", "bar")],
    '"foo" = "bar" , ': [("foo", "=", "bar")],
    '{"foo"=~"\\\\d+"}': [("foo", "=~", "\\d+")],
    '"a b"="c"': [("a b", "=", "c")],
    '""=""': [("", "=", "")],
    '{"foo"="\\xf0\\x9f\\x99\\x82"}': [("foo", "=", "🙂")],
    '{"foo"="\\U0001f642"}': [("foo", "=", "🙂")],
    '{"foo"="bar\\n\\t"}': [("foo", "=", "bar\n\t")],
    '{"foo"="\\"bar\\""}': [("foo", "=", '"bar"')],
    '{"foo"="bar\\\\"}': [("foo", "=", "bar\\")],
    '{foo="bar",bar!="baz"}': [("foo", "=", "bar"), ("bar", "!=", "baz")],
    'a="\ufffd\r"': [("a", "=", "\ufffd\r")],
    "a=\ufffd": [("a", "=", "\ufffd")],
    "a=b\x1cc": [("a", "=", "b\x1cc")],  # white space in Python, but not in Go
}
REFUSED = {
    ",": 0,
    "{,}": 1,
    "{": 1,
    "}": 0,
    "{}}": 2,
    "{}a=b": 2,
    "foo=bar}": 7,
    "{foo=bar": 8,
    "{foo=bar,": 9,
    "foo=": 4,
    "foo": 3,
    "foo=,": 4,
    "=bar": 0,
    "foo==bar": 4,
    "foo=~~": 5,
    "a!b": 1,
    "a=b c": 4,
    "a=b,,": 4,
    "a='b'": 2,
    "a=`b`": 2,
    '{foo=:"bar"}': 6,
    '{foo="bar\\w"}': 9,
    '{"foo"=~"\\d+"}': 9,
    "{foo=bar\\n}": 8,
    'a="b': 2,
    'a="b\\"': 2,
    '"a=b': 0,
    'a="b\nc"': 4,
    '{"foo"="\\xf0\\x9f"}': 7,
    'a="\\ud800"': 3,
    "a=~[": 3,
    "a=\ud800": 2,
}


@pytest.mark.parametrize("text", READ, ids=ascii)
def test_matchers_that_alertmanager_accepts_are_read(text: str) -> None:
    assert read_utf8(text) == tuple(Matcher(*each) for each in READ[text])  # type: ignore[arg-type]


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_matchers_that_alertmanager_refuses_are_refused_with_an_offset(text: str) -> None:
    found = read_utf8(text)
    assert isinstance(found, Fault)
    assert found.offset == REFUSED[text]


@pytest.mark.parametrize("piece", [" ", "\\", '"', ",", "a=", "a=b,", "{", "}", "\u2003", "=", "a"])
def test_hostile_texts_take_linear_time(piece: str) -> None:
    begun = time.process_time()
    read_utf8(piece * 30_000)
    read_utf8(piece * 30_000 + "!")
    read_utf8(f'a="{piece * 30_000}')
    assert time.process_time() - begun < 20
