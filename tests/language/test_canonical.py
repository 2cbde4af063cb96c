"""Values are written in one form, from which readers of YAML 1.1 and 1.2 and of JSON get the same value."""

import datetime as dt
import json
from decimal import Decimal
from enum import Enum
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from varve.language import canonical
from varve.model.diagnostic import Report
from varve.model.source import Map, Source, Value
from varve.read import artifact

VERSIONS = ((1, 1), (1, 2))


class Word(str):
    """A subclass of `str`."""

    __slots__ = ()


class Rank(Enum):
    """An enumeration, which is not plain data."""

    FIRST = 1


NASTY = {
    "nothing": "",
    "a tilde": "~",
    "norway": "no",
    "norway, shouted": "NO",
    "one letter that means yes": "y",
    "the switch of YAML 1.1": "Off",
    "a truth": "true",
    "null, with a capital": "Null",
    "an integer": "42",
    "an integer with a sign": "+1",
    "a sign and an underscore": "+_",
    "a negative integer": "-1",
    "an integer with underscores": "1_000",
    "an octal of YAML 1.1": "0755",
    "an octal of YAML 1.2": "0o17",
    "no octal, though it begins like one": "08",
    "a hexadecimal": "0xFF",
    "a binary": "0b101",
    "a float": "3.10",
    "a float that begins with its point": ".5",
    "a float that ends with its point": "5.",
    "an exponent": "1e3",
    "an exponent with a sign": "1.5E-7",
    "too large for a float": "1e400",
    "not a number": ".nan",
    "infinity": "-.INF",
    "sexagesimal": "12:30:45",
    "sexagesimal with a fraction": "190:20:30.15",
    "a date": "2024-01-02",
    "a moment": "2024-01-02T03:04:05Z",
    "a moment with blanks": "2024-01-02 03:04:05 +01:00",
    "a version": "1.2.3",
    "the value of YAML 1.1": "=",
    "a merge": "<<",
    "a blank before": " a",
    "a blank after": "a ",
    "only a blank": " ",
    "what looks like a mapping": "a: b",
    "a colon at the end": "a:",
    "a colon and a tab": "a:\tb",
    "what looks like a comment": "a #b",
    "a Slack channel": "#team",
    "an item": "- x",
    "a key": "? x",
    "a value": ": x",
    "a hyphen": "-",
    "an alias": "*a",
    "an anchor": "&a",
    "a tag": "!t",
    "a directive": "%d",
    "an at sign": "@x",
    "a backtick": "`x`",
    "a flow map": '{{ $labels.instance }} is "down"',
    "a flow list": "[a]",
    "a comma": ",a",
    "a bar": "|",
    "an angle bracket": "> a",
    "quotes": '"it\'s"',
    "a quote first": "'a",
    "a backslash and a quote": 'a\\"b: c',
    "the start of a document": "---",
    "the start of a document, and more": "--- a",
    "the end of a document": "...",
    "a tab": "a\tb",
    "a tab first": "\ta",
    "a return": "a\r\nb",
    "a bell": "\a",
    "an escape": "\x1b[31m",
    "delete": "\x7f",
    "a line break of YAML 1.1": "a\x85b",
    "a line separator": "a\u2028b",
    "a line separator among lines": "a\n\u2028b\n",
    "a mark that turns the text": "a\u202eb",
    "a byte order mark": "\ufeffa",
    "no character": "a\ufffe\uffff",
    "emoji": "\U0001f525 on fire",
    "a family of emoji": "\U0001f469\u200d\U0001f467",
    "a blank that does not break": "99,9\u00a0%",
    "accents": "File bloquée",
    "very long": "a b " * 5000 + "c",
    "very long without a blank": "x" * 20000,
    "one line and a break": "a\n",
    "two lines": "a\nb",
    "two breaks at the end": "a\nb\n\n",
    "empty lines between": "a\n\n\nb\n",
    "a break first": "\na",
    "only a break": "\n",
    "a block that begins with a blank": " a\nb\n",
    "a block that begins with a tab": "\ta\nb\n",
    "a tab within a block": "a\n\tb\n",
    "blanks at the end of a line": "a \nb\n",
    "a line of blanks": "a\n  \nb\n",
    "blanks at the end": "a\n  ",
    "a block with a comment": "# a\nb: c\n",
    "a block with the start of a document": "a\n---\nb\n",
    "a block with the end of a document": "...\n%a\n",
    "a block with accents": "é\nb\n",
}

PLAIN = (
    "sum by (job) (rate(x[5m])) > 0.5",
    'http_requests_total{job="checkout",code=~"5.."}',
    "job:errors:rate5m",
    "https://runbooks.acme.example/checkout#now",
    "checkout-1.acme.example:9090",
    "5m",
    "1h30m",
    "30 minutes",
    "File bloquée",
    "it's",
    "a, b",
    "/run/secrets/varve",
    "$labels",
    "~/x",
    "yesterday",
    "nothing",
    "a -b ?c",
    r"\d+",
    "=a",
    "1st",
)


def read(data: bytes, version: tuple[int, int]) -> object:
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    return reader.load(StringIO(data.decode()))


def typed(value: object) -> object:
    """`value` so that 1 and true differ, and that 1 and 1.0 do not."""
    match value:
        case dict():
            return [(key, typed(item)) for key, item in value.items()]
        case list():
            return [typed(item) for item in value]
        case bool() | str() | None:
            return repr(value)
        case _:
            return value


def in_every_position(text: str) -> Value:
    """A value with `text` in every position where a string is allowed."""
    key = text[:600]
    return {key: text, "list": [text, [text, text], {key: {key: text}, "b": text}], "last": text}


letters = st.characters(exclude_categories=["Cs"], exclude_characters="\ue000\ue001")
texts = st.one_of(
    st.text(letters, max_size=20),
    st.text("abyn01_.:#-?,[]{}&*!|>'\"%@`~=<\\ \n\t\r\x85\u2028é", max_size=12),
    st.sampled_from(sorted(NASTY.values())),
)
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(texts, numbers, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


@pytest.mark.parametrize(("version", "meant"), [((1, 1), [True, 8, 750]), ((1, 2), ["yes", 10, "12:30"])])
def test_the_readers_of_these_tests_differ_as_the_versions_of_yaml_do(version: tuple[int, int], meant: Value) -> None:
    assert read(b"[yes, 010, 12:30]", version) == meant


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_a_string_is_read_back_in_every_position(text: str, version: tuple[int, int]) -> None:
    assert typed(read(canonical.yaml(in_every_position(text)), version)) == typed(in_every_position(text))


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_a_string_alone_is_a_document(text: str) -> None:
    assert read(canonical.yaml(text), (1, 2)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_an_unambiguous_string_is_not_quoted(text: str) -> None:
    assert canonical.yaml({"a": text}) == f"a: {text}\n".encode()
    assert [read(canonical.yaml({"a": text}), version) for version in VERSIONS] == [{"a": text}] * 2


@given(values)
@settings(max_examples=60, deadline=None)
def test_yaml_is_read_back_as_it_was(value: Value) -> None:
    written = canonical.yaml(value, ["generated"])
    for version in VERSIONS:
        assert typed(read(written, version)) == typed(value)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (15.0, "15"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (99.95, "99.95"),
        (1e20, "1.0e+20"),
        (1.5e300, "1.5e+300"),
        (1e-7, "1.0e-7"),
        (9007199254740993, "9007199254740993"),
        (10**30, "1" + "0" * 30),
        (True, "true"),
        (None, "null"),
    ],
    ids=repr,
)
def test_a_number_has_one_form_for_every_reader(number: Value, written: str) -> None:
    assert canonical.yaml({"a": number}).decode() == f"a: {written}\n"
    for version in VERSIONS:
        assert typed(read(canonical.yaml([number]), version)) == typed([number])


def test_the_layout_is_that_of_a_rule_file() -> None:
    rule: Value = {"alert": "Down", "expr": "up\n  == 0\n", "labels": {}, "for": "5m"}
    value: Value = {"groups": [{"name": "acme/checkout/own", "rules": [rule]}, {}], "rest": [], "deep": [["a"], "b"]}
    assert canonical.yaml(value, ["From acme."]).decode() == (
        "# From acme.\n"
        "groups:\n"
        "  - name: acme/checkout/own\n"
        "    rules:\n"
        "      - alert: Down\n"
        "        expr: |\n"
        "          up\n"
        "            == 0\n"
        "        labels: {}\n"
        "        for: 5m\n"
        "  - {}\n"
        "rest: []\n"
        "deep:\n"
        "  -\n"
        "    - a\n"
        "  - b\n"
    )


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\n\n\nb", "|-\n  a\n\n\n  b\n"),
        ("a\n\tb", "|-\n  a\n  \tb\n"),
        ("a\nb\n\n", '"a\\nb\\n\\n"\n'),
        ("a \nb", '"a \\nb"\n'),
        ("é\nb ", '"é\\nb "\n'),
        ("a\nb ", '"a\\nb "\n'),
    ],
    ids=[
        "with a final break",
        "without one",
        "with a tab",
        "with two final breaks",
        "with blanks that an editor would trim",
        "with such blanks at the end and an accent",
        "with such blanks at the end",
    ],
)
def test_several_lines_are_a_literal_block_if_that_is_safe(text: str, block: str) -> None:
    assert canonical.yaml({"a": text}).decode() == f"a: {block}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a: b", '"a: b"'),
        ('{"a"}', "'{\"a\"}'"),
        ("- it's \\d", "'- it''s \\d'"),
        ('"\u202e', '"\\"\\u202e"'),
        ("\x00", '"\\u0000"'),
    ],
    ids=ascii,
)
def test_quotes_are_chosen_for_readability(text: str, written: str) -> None:
    assert canonical.yaml([text]).decode() == f"- {written}\n"


@pytest.mark.parametrize("length", [990, 1000, 1024, 5000])
def test_a_key_too_long_for_one_line_is_read_back(length: int) -> None:
    value: Value = {"a" * length: {"x": [{"b: " * length: "c"}]}, "z": "a"}
    assert [read(canonical.yaml(value), version) for version in VERSIONS] == [value] * 2


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ue000", "a\ue001\nb", "\ud800"], ids=ascii)
def test_values_that_no_source_can_contain_are_refused(value: Value) -> None:
    places: list[Value] = [value, [value], {"a": {"b": value}}]
    for place in places:
        with pytest.raises(ValueError, match="must not reach an artifact"):
            canonical.yaml(place)


def test_a_private_character_is_refused_in_a_key_and_in_the_header() -> None:
    with pytest.raises(ValueError, match=r"U\+E000"):
        canonical.yaml({"\ue000": 1})
    with pytest.raises(ValueError, match=r"U\+E001"):
        canonical.yaml({}, ["\ue001"])


def test_values_that_are_not_plain_data_are_refused() -> None:
    with pytest.raises(TypeError, match="`set` is not plain data"):
        canonical.yaml({"a": {1}})  # type: ignore[dict-item]


def test_no_line_of_a_header_leaves_its_comment() -> None:
    written = canonical.yaml({"a": 1}, ["from acme\nb: 2", "", "\u2028c: 3"]).decode()
    assert written == "# from acme\\nb: 2\n#\n# \\u2028c: 3\na: 1\n"
    assert read(written.encode(), (1, 1)) == {"a": 1}


numbers_of_json = st.one_of(st.integers(-(1 << 63), (1 << 64) - 1), st.floats(allow_nan=False, allow_infinity=False))
values_of_json = st.recursive(
    st.one_of(texts, numbers_of_json, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


@given(values_of_json)
@settings(max_examples=100, deadline=None)
def test_json_is_read_back_as_it_was(value: Value) -> None:
    assert typed(json.loads(canonical.json(value))) == typed(value)


@given(values_of_json)
@settings(max_examples=100, deadline=None)
def test_json_with_sorted_keys_does_not_depend_on_their_order(value: Value) -> None:
    written = canonical.json(value, is_sorted=True)
    assert written == canonical.json(reversed_maps(value), is_sorted=True)
    assert written == canonical.json(json.loads(json.dumps(value, sort_keys=True)))


def reversed_maps(value: Value) -> Value:
    """The value with the entries of every map in reverse order."""
    match value:
        case dict():
            return {key: reversed_maps(each) for key, each in reversed(value.items())}
        case list():
            return [reversed_maps(each) for each in value]
    return value


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (15.0, "15.0"),
        (15, "15"),
        (0.1, "0.1"),
        (99.95, "99.95"),
        (1e20, "1e+20"),
        (1e-7, "1e-7"),
        (9007199254740993, "9007199254740993"),
        ((1 << 64) - 1, "18446744073709551615"),
        (True, "true"),
        (None, "null"),
    ],
    ids=repr,
)
def test_a_number_has_one_form_in_json_which_shows_whether_it_is_a_float(number: Value, written: str) -> None:
    assert canonical.json(number).decode() == f"{written}\n"


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_a_string_is_read_back_from_json_which_shows_every_character(text: str) -> None:
    written = canonical.json({text: [text]}).decode()
    assert json.loads(written) == {text: [text]}
    assert all(each.isprintable() or each in "\n\u00a0" for each in written)


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), "\ue000", "a\ue001\nb", "\ud800", 1 << 64], ids=ascii)
def test_json_refuses_values_that_no_source_can_contain(value: Value) -> None:
    places: list[Value] = [value, [value], {"a": [{"b": None, "c": value}]}]
    for place in places:
        with pytest.raises(ValueError, match="must not reach an artifact"):
            canonical.json(place)


@pytest.mark.parametrize(
    "value", [dt.date(2026, 1, 1), Decimal(1), (1, 2), {1}, Word("a"), Rank.FIRST, UUID(int=1)], ids=repr
)
def test_json_refuses_values_that_are_not_plain_data_even_if_orjson_accepts_them(value: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="is not plain data"):
        canonical.json({"a": [value]})


def test_json_is_indented_by_two() -> None:
    value: Value = {"b": [1, {"a": "é\n"}, []], "a": {}}
    assert canonical.json(value).decode() == (
        '{\n  "b": [\n    1,\n    {\n      "a": "é\\n"\n    },\n    []\n  ],\n  "a": {}\n}\n'
    )


# What is handed on with the bytes

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\ue000\ue001")
deep = st.recursive(
    st.one_of(texts, numbers, st.booleans(), st.none(), st.just("\u200d"), st.text(LETTERS, max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(LETTERS, max_size=4), inner)),
    max_leaves=12,
)


def unordered(value: object) -> object:
    """`value` in a form that is equal only for the same types everywhere, but for any order of keys."""
    match value:
        case dict():
            return type(value), {(type(key), key): unordered(each) for key, each in value.items()}
        case list():
            return type(value), [unordered(each) for each in value]
        case _:
            return type(value), repr(value)


def meant(encoded: canonical.Encoded, path: str) -> object:
    """The value that varve's own reader returns for the bytes."""
    return artifact.read(Source(path, "", encoded.data), Report())


@given(st.dictionaries(st.text(LETTERS, max_size=4), deep))
@settings(max_examples=200, deadline=None)
def test_the_value_returned_with_yaml_is_what_reading_it_returns(value: Map) -> None:
    for shared in ((), tuple(value)):
        encoded = canonical.encoded_yaml(value, ["generated"], shared)
        assert encoded.data == canonical.yaml(value, ["generated"])
        assert encoded.value is None or unordered(encoded.value) == unordered(meant(encoded, "a.yaml"))


@given(st.dictionaries(st.text(LETTERS, max_size=4), values_of_json))
@settings(max_examples=200, deadline=None)
def test_the_value_returned_with_json_is_what_reading_it_returns(value: Map) -> None:
    for shared in ((), tuple(value)):
        encoded = canonical.encoded_json(value, is_sorted=True, shared=shared)
        assert encoded.data == canonical.json(value, is_sorted=True)
        assert encoded.value is None or unordered(encoded.value) == unordered(meant(encoded, "a.json"))


def nested(levels: int) -> Map:
    """A map inside `levels` others."""
    return {"a": nested(levels - 1)} if levels else {"a": [{"b": 1}]}


USUAL: dict[str, Map] = {
    "a rule": {"groups": [{"name": "a/b", "rules": [{"alert": "A", "expr": "up\n== 0", "for": "5m", "labels": {}}]}]},
    "every kind of scalar": {"a": [1, -1, 0.5, 1e300, True, None, "", "yes", "1", "a: b", "it's", 'say "so"']},
    "another language": {"summary": "La file « é » est bloquée", "n": "99,9\u00a0%", "t": "a\tb"},
    "a text that is long": {"expr": "a" * 500, "lines": "é\n" * 200},
    "nothing": {},
}
ODD: dict[str, Map] = {
    "a float that is written as an integer": {"a": [{"b": 5.0}]},
    "an integer of more than 64 bits": {"a": 1 << 63},
    "a string that is more than one": {"a": Word("b")},
    "what is hidden": {"a": "b\u200bc"},
    "a joiner that joins nothing": {"a": ["b\ufe0f"]},
    "a key that may be written in two ways": {"e\u0301": 1},
    "a key too long for one line": {"a" * 2000: 1},
    "too many levels": nested(70),
}


@pytest.mark.parametrize("value", USUAL.values(), ids=USUAL)
def test_usual_values_are_returned(value: Map) -> None:
    assert canonical.encoded_yaml(value).value is value
    assert canonical.encoded_json(value).value is value


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_values_that_yaml_may_not_preserve_are_not_returned(value: Map) -> None:
    for shared in ((), tuple(value)):
        assert canonical.encoded_yaml(value, (), shared) == canonical.Encoded(canonical.yaml(value), None)


def test_a_shared_map_is_written_alike_each_time() -> None:
    rule: Value = {"alert": "A", "labels": {"a": 5.0}}
    groups: list[Map] = [{"rules": [rule, {}, rule]}, {"deep": {"rules": [rule, "a", [rule]]}}, {"rules": []}]
    for value in (*groups, *groups):
        assert canonical.encoded_yaml(value, (), ("rules",)).data == canonical.yaml(value)
    same: Value = {"a": 1}
    equal: Value = {"a": True}
    assert canonical.encoded_yaml({"rules": [same, equal]}, (), ("rules",)).data == b"rules:\n  - a: 1\n  - a: true\n"


@pytest.mark.parametrize("value", [float("nan"), (1, 2), Rank.FIRST], ids=repr)
def test_shared_values_are_checked_too(value: Any) -> None:  # noqa: ANN401
    with pytest.raises((TypeError, ValueError), match=r"is not plain data|must not reach an artifact"):
        canonical.encoded_json({"panels": [{"a": value}]}, shared=("panels",))


def test_integers_beyond_53_bits_are_not_exact() -> None:
    assert canonical.exact({"a": [(1 << 53) - 1, 1.5, "é"]}) == canonical.compact({"a": [(1 << 53) - 1, 1.5, "é"]})
    assert [canonical.exact([each]) for each in (1 << 53, -(1 << 60), 1 << 80)] == [None] * 3
