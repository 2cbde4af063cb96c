"""In YAML, every scalar has one meaning, and everything surprising has a code and a place."""

import pytest

from tests.read.parsing import accepted, assert_distinguished, assert_refused_quickly, parsed, refused, source
from varve.model.diagnostic import Report
from varve.read.parse import parse
from varve.read.yaml import EXPANSION
from varve.read.yaml_marks import MERGES

REFUSED = {
    "a key is repeated": ("a: 1\nb: 2\na: 3\n", "read/duplicate-key 3:1-2 1:1-2", "a: 1\nb: 2\nc: 3\n"),
    "a key is repeated in other quotes": ("a: 1\n'a': 2\n", "read/duplicate-key 2:1-4 1:1-2", "a: 1\n'b': 2\n"),
    "a key is repeated deep in a flow mapping": (
        "x: [{é: {b: 1, b: 2}}]",
        "read/duplicate-key 1:16-17 1:10-11",
        "x: [{é: {b: 1, c: 2}}]",
    ),
    "a number is repeated as a text": ('1: a\n"1": b', "read/duplicate-key 2:1-4 1:1-2", '1: a\n"01": b'),
    "a merge key is repeated": (
        "<<: {a: 1}\n<<: {b: 1}",
        "read/duplicate-key 2:1-3 1:1-3",
        '<<: {a: 1}\n"<<": {b: 1}',
    ),
    "an alias without its anchor": ("a: *missing", "read/undefined-alias 1:4-12", "a: '*missing'"),
    "an alias before its anchor": ("a: *x\nb: &x 1", "read/undefined-alias 1:4-6", "b: &x 1\na: *x"),
    "an alias inside its own list": ("a: &a [1, *a]", "read/alias-cycle 1:11-13", "a: &a [1]\nb: *a"),
    "an alias inside its own mapping": ("a: &a\n  b: *a", "read/alias-cycle 2:6-8", "a: &a\n  b: 1"),
    "a tag of YAML's own": ("a: !!str 1", "read/tag 1:4-9", 'a: "1"'),
    "a tag on a mapping": ("a: !!map {b: 1}", "read/tag 1:4-9", "a: {b: 1}"),
    "a tag on a list": ("a:\n  !x [1]", "read/tag 2:3-5", "a:\n  [1]"),
    "a tag on a key": ("!x a: 1", "read/tag 1:1-3", "a: 1"),
    "a tag that means nothing": ("a: ! 1", "read/tag 1:4-5", "a: '! 1'"),
    "a YAML directive": ("# head\n\n%YAML 1.2\n---\na: 1", "read/directive 3:1-10", "# head\n\n---\na: 1"),
    "a TAG directive": ("%TAG ! tag:x,2000:\r\n---\r\na: 1", "read/directive 1:1-19", "---\r\na: 1"),
    "two documents": ("a: 1\n---\nb: 2", "read/several-documents 2:1-4", "---\na: 1\n...\n"),
    "a list for a key": ("? [a]\n: b", "read/key-not-a-name 1:3-4", "? a\n: b"),
    "an alias for a key": ("a: &x y\n*x : 1", "read/key-not-a-name 2:1-3", "a: &x y\n'*x' : 1"),
    "null for a key": ("a:\n  null: 1", "read/key-not-a-name 2:3-7", 'a:\n  "null": 1'),
    "a tilde for a key": ("~: 1", "read/key-not-a-name 1:1-2", '"~": 1'),
    "nothing for a key": ("a: {? , b: 1}", "read/key-not-a-name 1:7-7", 'a: {"": , b: 1}'),
    "a merge of a text": ("a:\n  <<: x", "read/merge-value 2:7-8", 'a:\n  "<<": x'),
    "a merge of a list of texts": ("<<: [{a: 1}, x]", "read/merge-value 1:5-6", "<<: [{a: 1}, {x: 1}]"),
    "a merge of null": ("<<:\na: 1", "read/merge-value 1:4-4", "<<: {}\na: 1"),
    "65 collections": ("a: " + "[" * 64 + "]" * 64, "read/too-deep 1:67-68", "a: " + "[" * 63 + "]" * 63),
    "65 collections with an alias": (
        f"a: &a {'[' * 32}{']' * 32}\nb: {'[' * 32}*a{']' * 32}",
        "read/too-deep 2:36-38",
        f"a: &a {'[' * 32}{']' * 32}\nb: {'[' * 31}*a{']' * 31}",
    ),
    "a bracket that is not closed": ("a: [1\nb: 2\n", "read/syntax 2:2-3 1:4-5", "a: [1]\nb: 2\n"),
    "a quote that is not closed": ('a: "x\n', "read/syntax 1:6-6 1:4-5", 'a: "x"\n'),
    "a tab that indents": ("a:\n\tb: 1", "read/syntax 2:1-2", "a:\n  b: 1"),
    "a colon in a plain value": ("a: b: c", "read/syntax 1:5-6", "a: 'b: c'"),
    "a reference without quotes": ("a: %{tenant.id}", "read/syntax 1:4-5", 'a: "%{tenant.id}"'),
    "infinity": ("a: [1, -.inf]", "read/not-finite 1:8-13", "a: [1, '-.inf']"),
    "not a number": ("é: .NaN", "read/not-finite 1:4-8", "é: NaN"),
    "a number beyond every float": ("a: 1e400", "read/not-finite 1:4-9", "a: 1e300"),
    "an integer beyond 64 bits": ("a: 9223372036854775808", "read/integer-too-large 1:4-23", "a: 9223372036854775807"),
    "a negative integer beyond 64 bits": (
        "a: -9223372036854775809",
        "read/integer-too-large 1:4-24",
        "a: -9223372036854775808",
    ),
    "an octal integer beyond 64 bits": (f"a: 0o7{'7' * 40}", "read/integer-too-large 1:4-47", "a: 0o77"),
    "an escape that writes a control character": ('a: "\\e"', "read/control-character 1:4-8", r"a: '\e'"),
    "an escape that turns text": ('a:\n- "\\u202e"', "read/bidirectional-character 2:3-11", 'a:\n- "\\u0041"'),
    "an escape in a key": ('b: {"\\0": 1}', "read/control-character 1:5-9", 'b: {"0": 1}'),
}


@pytest.mark.parametrize(("bad", "expected", "good"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_reported_at_its_place_and_its_counterpart_is_accepted(bad: str, expected: str, good: str) -> None:
    assert_distinguished(bad, expected, good)


def test_every_mistake_in_a_file_is_reported() -> None:
    assert refused("a: !x 1\nb: *y\nc: 1\nc: 2\nnull: 3") == [
        "read/tag 1:4-6",
        "read/undefined-alias 2:4-6",
        "read/key-not-a-name 5:1-5",
        "read/duplicate-key 4:1-2 3:1-2",
    ]


SCALARS = {
    "integers": ("[0, -1, +12, 0o17, 0x1f, 0777, 007]", [0, -1, 12, 15, 31, 777, 7]),
    "floats": ("[1.5, -.5, 1., 1e3, 1E-2, +0.1, 1.10]", [1.5, -0.5, 1.0, 1000.0, 0.01, 0.1, 1.1]),
    "true and false": ("[true, True, TRUE, false, False, FALSE]", [True, True, True, False, False, False]),
    "null": ("[null, Null, NULL, ~]", [None, None, None, None]),
    "the switches of YAML 1.1 are text": ("[on, off, yes, No, y]", ["on", "off", "yes", "No", "y"]),
    "dates and times are text": (
        "[2024-01-02, 12:30, 2024-01-02T03:04:05Z]",
        ["2024-01-02", "12:30", "2024-01-02T03:04:05Z"],
    ),
    "other notations are text": (
        "[1_000, 0b11, 0o8, 0xg, 1e, .e3, +, -, .]",
        ["1_000", "0b11", "0o8", "0xg", "1e", ".e3", "+", "-", "."],
    ),
    "words that only look alike are text": (
        "[nULL, tRUE, nan, inf, .iNF, -.nan]",
        ["nULL", "tRUE", "nan", "inf", ".iNF", "-.nan"],
    ),
    "what is quoted is text": ("['1', \"true\", '', \"~\"]", ["1", "true", "", "~"]),
}


@pytest.mark.parametrize(("text", "value"), SCALARS.values(), ids=SCALARS)
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: list[object]) -> None:
    assert repr(accepted(f"a: {text}")) == repr({"a": value})


VALUES = {
    "no text at all": ("", {}),
    "comments only": ("# one\n\n# two\n", {}),
    "an empty document": ("---\n", {}),
    "a value of which nothing is written": ("a:\nb: ", {"a": None, "b": None}),
    "block scalars": ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", {"a": "x\ny\n", "b": "x y"}),
    "CRLF line ends": ("a: |\r\n  x\r\n  y\r\nb: 1\r\n", {"a": "x\ny\n", "b": 1}),
    "keys that look like values": ("1: a\ntrue: b\n1.0: c\non: d", {"1": "a", "true": "b", "1.0": "c", "on": "d"}),
    "an anchor on a key": ("&k key: *k", {"key": "key"}),
    "an anchor on null": ("a: &n\nb: *n", {"a": None, "b": None}),
    "an anchor defined again": ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
    "a merge, under what the mapping says": (
        "d: &d {a: 1, b: 1}\ne: {<<: *d, b: 2, c: 3}",
        {"d": {"a": 1, "b": 1}, "e": {"a": 1, "b": 2, "c": 3}},
    ),
    "a merge that comes last": ("a: 1\n<<: {a: 2, b: 2}", {"a": 1, "b": 2}),
    "merges, of which the first wins": ("<<: [{a: 1}, {a: 2, b: 2}]", {"a": 1, "b": 2}),
    "a merge of merges": (
        "x: &x {a: 1}\ny: &y {<<: *x, b: 2}\nz: {<<: *y}",
        {
            "x": {"a": 1},
            "y": {"a": 1, "b": 2},
            "z": {"a": 1, "b": 2},
        },
    ),
}


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES)
def test_the_value_of_a_text(text: str, value: object) -> None:
    assert accepted(text) == value


def test_an_alias_is_a_copy_of_its_anchor() -> None:
    value = accepted("a: &a {b: [1]}\nc: *a\nd: {<<: *a}")
    assert value["a"] == value["c"] == value["d"]
    a, c, d = value["a"], value["c"], value["d"]
    assert isinstance(a, dict)
    assert isinstance(c, dict)
    assert isinstance(d, dict)
    assert len({id(each) for each in (a, c, d)} | {id(each["b"]) for each in (a, c, d)}) == 6


def test_the_values_of_aliases_are_limited() -> None:
    text = "a: &a [" + "1," * 98 + "1]\nb: [" + "*a," * (EXPANSION // 100 - 1) + "*a]"
    accepted(text)
    assert refused(text + "\nc: &c 1\nd: *c") == ["read/alias-expansion 4:4-6"]


def test_merged_mappings_are_limited() -> None:
    text = "a: &a {b: 1}\n" + "".join(f"k{position}: {{<<: *a}}\n" for position in range(MERGES))
    accepted(text)
    assert refused(text + "z: {<<: *a}") == [f"read/too-many-merges {MERGES + 2}:9-11"]


BOMBS = {
    "brackets": "[" * 200_000,
    "dashes": "- " * 100_000,
    "braces": "{a: " * 50_000,
    "question marks": "? " * 100_000,
    "brackets on lines of their own": "[\n" * 100_000,
    "aliases of aliases": "a0: &a0 [x, x]\n"
    + "".join(f"a{each}: &a{each} [{', '.join([f'*a{each - 1}'] * 9)}]\n" for each in range(1, 12)),
    "merges of merges": "a0: &a0 {x: 1}\n"
    + "".join(f"a{each}: &a{each} {{<<: [{', '.join([f'*a{each - 1}'] * 4)}]}}\n" for each in range(1, 30)),
    "anchors": "&a " * 60_000,
    "one key for ever": "a:\n" * 60_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_hostile_text_is_refused_soon(text: str) -> None:
    assert_refused_quickly(text)


def test_the_hint_of_a_syntax_error() -> None:
    report = Report()
    parse(source("path: %{tenant.id}"), report)
    assert [each.hint for each in report] == ["quote the value: a plain one cannot begin with `%`"]


def test_a_file_with_only_a_warning_has_a_value() -> None:
    value, reported = parsed("a: #x")
    assert (value, reported) == ({"a": None}, ["read/comment-eats-value 1:4-6"])
