"""The classic grammar is that of Alertmanager: the verdicts are from the tests of version 0.34."""

import time

import pytest

from varve.language.fault import Fault
from varve.language.matcher import Matcher
from varve.language.matcher.classic import read_classic

READ: dict[str, list[tuple[str, str, str]]] = {
    "": [],
    "{}": [],
    " \u2003": [],
    "{foo='}": [("foo", "=", "'")],
    "{foo=`}": [("foo", "=", "`")],
    '{foo=\\"}': [("foo", "=", '"')],
    "{foo=bar}": [("foo", "=", "bar")],
    '{foo="bar"}': [("foo", "=", "bar")],
    "{foo=~bar.*}": [("foo", "=~", "bar.*")],
    '{foo!="bar"}': [("foo", "!=", "bar")],
    '{foo!~"bar.*"}': [("foo", "!~", "bar.*")],
    '{foo="bar",baz!~".*quux", derp="wat"}': [("foo", "=", "bar"), ("baz", "!~", ".*quux"), ("derp", "=", "wat")],
    '{foo=""}': [("foo", "=", "")],
    '{foo="bar,quux", job="job1"}': [("foo", "=", "bar,quux"), ("job", "=", "job1")],
    '{foo = "bar", dings != "bums", }': [("foo", "=", "bar"), ("dings", "!=", "bums")],
    "foo=bar,dings!=bums": [("foo", "=", "bar"), ("dings", "!=", "bums")],
    '{quote="She said: \\"Hi, ladies!\\""}': [("quote", "=", 'She said: "Hi, ladies!"')],
    "tricky=~~~": [("tricky", "=~", "~~")],
    'trickier==\\\\=\\=\\"': [("trickier", "=", '=\\=\\="')],
    'a != "\\"" , b !~ "foo,bar" , ': [("a", "!=", '"'), ("b", "!~", "foo,bar")],
    "{foo=bar}}": [("foo", "=", "bar}")],
    "{foo=bar}},}": [("foo", "=", "bar}}")],
    "{foo=,bar=}}": [("foo", "=", ""), ("bar", "=", "}")],
    "{foo=bar\\t}": [("foo", "=", "bar\\t")],
    "{foo=bar\\n}": [("foo", "=", "bar\n")],
    "{foo=bar\\}": [("foo", "=", "bar\\")],
    "{foo=bar\\\\}": [("foo", "=", "bar\\")],
    "job=": [("job", "=", "")],
    "a:b=c d": [("a:b", "=", "c d")],
    "{foo=bar": [("foo", "=", "bar")],
    "foo=bar}": [("foo", "=", "bar")],
    'a="x\ny"': [("a", "=", "x\ny")],
    "a=\ufffd": [("a", "=", "\ufffd")],
    'a=~"b)|(c"': [("a", "=~", "b)|(c")],  # valid inside the group that Alertmanager adds
}
REFUSED = {
    ",": 0,
    "{,}": 1,
    "a=b,,c=d": 4,
    "!a=b": 0,
    "a": 0,
    "a!b": 0,
    "é=b": 0,
    '"a"="b"': 0,
    "1a=b": 0,
    'job="value': 4,
    'job=value"': 4,
    'job="a"b"': 4,
    'job="': 4,
    'job="a\\"': 4,
    'trickier==\\\\=\\=\\""': 9,
    'contains_unescaped_quote = foo"bar': 27,
    "a=b, c=~[": 8,
    "a=\ud800": 2,
}


@pytest.mark.parametrize("text", READ, ids=ascii)
def test_matchers_that_alertmanager_accepts_are_read(text: str) -> None:
    assert read_classic(text) == tuple(Matcher(*each) for each in READ[text])  # type: ignore[arg-type]


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_matchers_that_alertmanager_refuses_are_refused_with_an_offset(text: str) -> None:
    found = read_classic(text)
    assert isinstance(found, Fault)
    assert found.offset == REFUSED[text]


def test_a_backslash_outside_quotes_hides_a_quote_after_a_comma() -> None:
    """In Alertmanager a comma does not reset the escape, so this quote opens nothing, and the next comma separates."""
    found = read_classic('a=\\,b=\\",c=d')
    assert found == (Matcher("a", "=", "\\"), Matcher("b", "=", '"'), Matcher("c", "=", "d"))


@pytest.mark.parametrize("piece", [" ", "\\", '"', ",", "a=", "a=b,", "{", "}", "\u2003", "="])
def test_hostile_texts_take_linear_time(piece: str) -> None:
    begun = time.process_time()
    read_classic(piece * 30_000 + "!")
    read_classic(f"a={piece * 30_000}x")
    assert time.process_time() - begun < 2
