"""An artifact has the same content whether it is read quickly, as varve writes it, or parsed as any source."""

import pytest

from varve.language import canonical
from varve.model.diagnostic import Report
from varve.model.source import Map, Source
from varve.read.artifact import read
from varve.read.parse import parse

VALUES: dict[str, Map] = {
    "plain": {"a": [1, 2.5, True, None, {"b": ""}]},
    "other scripts": {"é": "10\u202f000 \u20ac", "\u200b": "\u2028"},
    "escapes": {"a": 'x"\\\n\t'},
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_both_ways_return_what_was_written(value: Map) -> None:
    for data, path in ((canonical.json(value), "a.json"), (canonical.yaml(value), "a.yaml")):
        report = Report()
        assert read(Source(path, "", data), report) == parse(Source(path, "", data), Report())
        assert not list(report) or "\u200b" in value


SPOILT = {
    "a key twice": b'{\n  "a": 1,\n  "a": 2\n}\n',
    "no JSON": b'{\n  "a": 1,\n}\n',
    "no map": b"[]\n",
    "no text": b'{\n  "a": "\xff"\n}\n',
    "what cannot be seen": '{\n  "a": "\u202e"\n}\n'.encode(),
    "a control character": b'{\n  "a": "\x7f"\n}\n',
}


@pytest.mark.parametrize("data", SPOILT.values(), ids=SPOILT)
def test_what_varve_never_writes_is_read_as_a_source(data: bytes) -> None:
    quick, strict = Report(), Report()
    assert read(Source("a.json", "", data), quick) is parse(Source("a.json", "", data), strict) is None
    assert list(quick) == list(strict) != []


def test_other_layouts_are_read_too() -> None:
    assert read(Source("a.json", "", b'{"a":1}'), Report()) == {"a": 1}
