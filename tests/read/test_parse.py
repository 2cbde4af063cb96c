"""Four formats have one meaning, and any bytes result in a value or a diagnostic."""

import json
import unicodedata
from collections.abc import Callable
from functools import partial
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.read.parsing import accepted, parsed, refused, source
from varve.model.diagnostic import Report
from varve.model.source import Map, Value
from varve.read import invisible
from varve.read.parse import EXTENSIONS, parse

# One meaning

WORDS = st.sampled_from(
    ["true", "no", "~", "null", "1", "1e3", "0x1f", "2024-01-02", "", " x ", "#a", "%{a.b}", "<<", "item"]
)
TEXTS = WORDS | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Cn"])
    | st.sampled_from("\n\t:#'\"\\&<]"),
    max_size=12,
).filter(lambda text: not invisible.find_in_name(text))
NAMES = TEXTS.map(partial(unicodedata.normalize, "NFC"))
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)


def maps(leaves: st.SearchStrategy[Value]) -> st.SearchStrategy[Map]:
    values = st.recursive(leaves, lambda held: st.lists(held, max_size=3) | st.dictionaries(NAMES, held, max_size=3))
    return st.dictionaries(NAMES, values, max_size=4)


def as_yaml(value: Value, indent: str = "") -> str:
    """Block style where there is something to indent, and JSON's quotes, which are also YAML's."""
    if isinstance(value, dict) and value:
        lines = (f"{indent}{as_yaml(key)}:{_below(held, indent)}" for key, held in value.items())
        return "\n".join(lines)
    if isinstance(value, list) and value:
        return "\n".join(f"{indent}-{_below(held, indent)}" for held in value)
    return json.dumps(value, ensure_ascii=False)


def _below(value: Value, indent: str) -> str:
    return ("\n" if value and isinstance(value, dict | list) else " ") + as_yaml(value, indent + "  ")


def as_json(value: Value) -> str:
    return json.dumps(value, indent="\t")


def as_toml(value: Map) -> str:
    return "".join(f"{_text(key)} = {_inline(held)}\n" for key, held in value.items())


def _inline(value: Value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)} = {_inline(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def as_xml(value: Value, tag: str = "root") -> str:
    name = tag.partition(" ")[0]
    if isinstance(value, dict):
        inner = "".join(as_xml(held, f'entry key="{_entities(key)}"') for key, held in value.items())
        return f'<{tag} type="map">{inner}</{name}>'
    if isinstance(value, list):
        return f'<{tag} type="list">{"".join(as_xml(held, "item") for held in value)}</{name}>'
    if isinstance(value, str):
        return f'<{tag} type="str">{_entities(value)}</{name}>'
    return f"<{tag}>{json.dumps(value)}</{name}>"


def _entities(text: str) -> str:
    return "".join(f"&#{ord(each)};" if each in "&<>\"'\n\t" else each for each in text)


WRITERS: dict[str, Callable[[Map], str]] = {".yaml": as_yaml, ".json": as_json, ".xml": as_xml}


@given(maps(st.none() | st.booleans() | NUMBERS | TEXTS))
@example({"a": -0.0, "b": 1e16, "c": 5e-324, "d": 2**63 - 1, "😀": ["\n", "\t"]})
def test_one_value_written_in_yaml_json_and_xml_has_one_meaning(value: Map) -> None:
    for extension, write in WRITERS.items():
        assert repr(accepted(write(value), "source" + extension)) == repr(value)


@given(maps(st.booleans() | NUMBERS | TEXTS))
def test_one_value_without_null_has_the_same_meaning_in_toml(value: Map) -> None:
    assert repr(accepted(as_toml(value), "source.toml")) == repr(accepted(as_yaml(value), "source.yml")) == repr(value)


SAME_MISTAKES = {
    "a repeated key": (
        "a: 1\na: 2",
        '{"a": 1, "a": 2}',
        "a = 1\na = 2",
        "<t><a>1</a><a>2</a></t>",
        "read/duplicate-key",
    ),
    "an infinity": ("a: .inf", '{"a": Infinity}', "a = inf", "<t><a>.inf</a></t>", "read/not-finite"),
    "a large integer": (
        "a: 1" + "0" * 19,
        '{"a": 1' + "0" * 19 + "}",
        "a = 1" + "0" * 19,
        "<t><a>1" + "0" * 19 + "</a></t>",
        "read/integer-too-large",
    ),
    "depth": (
        "a: " + "[" * 64 + "]" * 64,
        '{"a": ' + "[" * 64 + "]" * 64 + "}",
        "a = " + "[" * 64 + "]" * 64,
        "<t><a>" + "<item>" * 64 + "</item>" * 64 + "</a></t>",
        "read/too-deep",
    ),
    "broken grammar": ("a: [", '{"a": ', "a = [", "<t><a>", "read/syntax"),
    "a text that is turned": (
        'a: "\\u202e"',
        '{"a": "\\u202e"}',
        'a = "\\u202e"',
        "<t><a>&#x202e;</a></t>",
        "read/bidirectional-character",
    ),
}


@pytest.mark.parametrize(("yaml", "json_", "toml", "xml", "code"), SAME_MISTAKES.values(), ids=SAME_MISTAKES)
def test_one_mistake_has_one_code(yaml: str, json_: str, toml: str, xml: str, code: str) -> None:
    for name, text in {"a.yaml": yaml, "a.yml": yaml, "a.json": json_, "a.toml": toml, "a.xml": xml}.items():
        assert [each.split(" ")[0] for each in refused(text, name)] == [code], name


# Not a source

NO_MAPPING = {
    "a list": ("- a", "x.yaml"),
    "a text": ("a", "x.yaml"),
    "null that is written": ("~", "x.yaml"),
    "a number": ("1", "x.json"),
    "a JSON list": ("[]", "x.json"),
    "JSON's null": ("null", "x.json"),
    "items": ("<t><item/></t>", "x.xml"),
}


@pytest.mark.parametrize(("text", "name"), NO_MAPPING.values(), ids=NO_MAPPING)
def test_anything_but_a_mapping_is_refused(text: str, name: str) -> None:
    assert refused(text, name) == ["read/not-a-mapping 1:1-1"]


def test_every_extension_is_read() -> None:
    texts = dict.fromkeys((".yaml", ".yml"), "a: 1") | {
        ".json": '{"a": 1}',
        ".toml": "a = 1",
        ".xml": "<t><a>1</a></t>",
    }
    assert texts.keys() == set(EXTENSIONS)
    for extension, text in texts.items():
        assert accepted(text, "some.folder/x" + extension) == {"a": 1}


def test_of_very_many_mistakes_some_are_reported_with_errors_first() -> None:
    report = Report()
    assert parse(source("".join(f"a{each}: b #c\n" for each in range(200)) + "a0: 1\n"), report) is None
    codes = [each.rule.code for each in report]
    assert codes[0] == "read/duplicate-key"
    assert 1 < len(codes) <= 50


# Any bytes

SEEDS = {
    ".yaml": 'a: 1\nb: [x, {c: 2}]\nd:\n  - e: "é\\n"\n    f: |\n      x\n'
    "  - &a {x: 1}\n  - <<: *a\n    y: #z\n? g\n: 'q'\n",
    ".json": '{"a": 1, "b": [1, {"c": null}], "d": "\\u00e9\\ud83d\\ude00", "e": -1.5e3}\r\n',
    ".toml": 'a = 1\nb.c = [1, {d = 2}]\n[t]\nx = 1979-05-27\n"y z" = \'\'\'a\n\'\'\'\n[[u.v]]\nw="""a"""\n[[u.v]]\n',
    ".xml": '<?xml version="1.0"?>\n<t><a>1</a><b><item>x</item></b><entry key="x:y">é&amp;</entry><c type="map"/></t>',
}
STRAY = st.text("[]{}:,#&*!|>'\"%@`-? \n\r\t<>/=.\\abc019é\u202e\0", max_size=6).map(str.encode) | st.binary(max_size=3)


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, bytes]:
    """A seed with some pieces cut out and stray ones inserted."""
    extension = draw(st.sampled_from(sorted(SEEDS)))
    text = SEEDS[extension].encode()
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, min(begin + 8, len(text))))
        text = text[:begin] + draw(STRAY) + text[end:]
    return extension, text


@given(spoilt() | st.tuples(st.sampled_from(EXTENSIONS), st.binary(max_size=80)))
def test_any_bytes_result_in_a_value_or_a_diagnostic(spoilt: tuple[str, bytes]) -> None:
    extension, text = spoilt
    begun = process_time()
    value, said = parsed(text, "source" + extension)
    assert process_time() - begun < 1
    assert value is not None or said
    assert value is None or only_plain(value)


def only_plain(value: Value) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and only_plain(held) for key, held in value.items())
    if isinstance(value, list):
        return all(map(only_plain, value))
    return type(value) in (str, int, float, bool, type(None))


BROKEN = {
    "yaml": ("a: [", "a: }", "\ta: 1", "[" * 70, "? [a]\n:", "a: b: c", "a: &", "a: 'b"),
    "json": ("{", '{"a"', "[" * 70, "{]", '{"a": tru}', ""),
    "toml": ("a = [", "a", "[a", f"a = {'1' * 5000}", "a = " + "[" * 70, "= 1"),
    "xml": ("<a>", "<a></b>", "<a>&</a>", "text", "<a>" * 70, "<a b></a>", ""),
}


@pytest.mark.parametrize(("format_", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts])
def test_every_mistake_has_a_hint(format_: str, text: str) -> None:
    report = Report()
    parse(source(text, f"a.{format_}"), report)
    assert [each.hint for each in report if not each.hint] == []
    assert len(report)
