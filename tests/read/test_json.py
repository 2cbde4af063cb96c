"""JSON is parsed strictly, and a repeated key is an error."""

import pytest

from tests.read.parsing import accepted, assert_distinguished, assert_refused_quickly, hints, refused

NAME = "source.json"

REFUSED = {
    "a key is repeated": ('{"a": 1,\r\n\t"a": 2}', "read/duplicate-key 2:2-5 1:2-5", '{"a": 1,\r\n\t"b": 2}'),
    "a key is repeated in an escape": (
        '{"é": 1, "\\u00e9": 2}',
        "read/duplicate-key 1:10-18 1:2-5",
        '{"é": 1, "e": 2}',
    ),
    "a key is repeated in a list": (
        '{"": [{}, {"a": [1, {"b": {}, "b": 1}]}]}',
        "read/duplicate-key 1:31-34 1:22-25",
        '{"": [{}, {"a": [1, {"b": {}, "c": 1}]}]}',
    ),
    "a comment": ('{"a": 1} // one', "read/syntax 1:10-11", '{"a": 1} '),
    "single quotes": ("{'a': 1}", "read/syntax 1:2-3", '{"a": 1}'),
    "a comma too many": ('{"a": [1,]}', "read/syntax 1:9-10", '{"a": [1]}'),
    "no text at all": ("", "read/syntax 1:1-1", "{}"),
    "a text that ends early": ('{"a": 1\n', "read/syntax 1:8-8", '{"a": 1\n}'),
    "two values": ("{} {}", "read/syntax 1:4-5", "{} "),
    "collections that nothing ends": ('{"a": ' + "[" * 64, "read/too-deep 1:70-71", '{"a": []}'),
    "65 collections": (
        '{"a": ' + "[" * 64 + "]" * 64 + "}",
        "read/too-deep 1:70-71",
        '{"a": ' + "[" * 63 + "]" * 63 + "}",
    ),
    "NaN": ('{"a": NaN}', "read/not-finite 1:7-10", '{"a": "NaN"}'),
    "an infinity": ('{"a": [-Infinity]}', "read/not-finite 1:8-17", '{"a": ["-Infinity"]}'),
    "a number beyond every float": ('{"a": 1e400}', "read/not-finite 1:7-12", '{"a": 1e300}'),
    "an integer beyond 64 bits": (
        '{"a": 9223372036854775808}',
        "read/integer-too-large 1:7-26",
        '{"a": 9223372036854775807}',
    ),
    "an integer without end": ('{"a": ' + "9" * 9000 + "}", "read/integer-too-large 1:7-9007", '{"a": 9}'),
    "an escape that writes NUL": ('{"a": "\\u0000"}', "read/control-character 1:7-15", '{"a": "\\u0041"}'),
    "half of a surrogate pair": ('{"a": "\\ud83d"}', "read/control-character 1:7-15", '{"a": "\\ud83d\\ude00"}'),
    "an escape in a key": ('{"\\u202e": 1}', "read/bidirectional-character 1:2-10", '{"\\u00e9": 1}'),
}


@pytest.mark.parametrize(("bad", "expected", "good"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_reported_at_its_place_and_its_counterpart_is_accepted(bad: str, expected: str, good: str) -> None:
    assert_distinguished(bad, expected, good, NAME)


WAYS_OUT = {
    "no text at all": (" \n", "write `{}` if there is nothing to set"),
    "a comma too many": ('{"a": 1,}', "remove the trailing comma"),
    "no value": ('{"a": }', "write a value after the colon"),
    "no value before another key": ('{"a": , "b": 1}', "write a value after the colon"),
    "a comment": ("# one\n{}", "JSON has no comments; YAML does"),
}


@pytest.mark.parametrize(("text", "way_out"), WAYS_OUT.values(), ids=WAYS_OUT)
def test_a_syntax_error_has_a_hint(text: str, way_out: str) -> None:
    assert hints(text, NAME) == [("read/syntax", way_out)]


def test_every_repeated_key_is_reported() -> None:
    reported = refused('{"a": 1, "a": 2, "a": {"b": 1, "b": 2}}', NAME)
    assert reported == [
        "read/duplicate-key 1:10-13 1:2-5",
        "read/duplicate-key 1:18-21 1:2-5",
        "read/duplicate-key 1:32-35 1:24-27",
    ]


def test_a_merge_key_means_nothing_here() -> None:
    assert accepted('{"<<": {"a": 1}}', NAME) == {"<<": {"a": 1}}


BOMBS = {
    "brackets": "[" * 200_000,
    "braces": '{"a":' * 40_000,
    "brackets that close": "[" * 100_000 + "]" * 100_000,
    "brackets that close wrongly": "[}" * 100_000,
    "blanks": " " * 1_000_000,
    "quotes": '"' * 200_000,
    "one key for ever": "{" + '"a":1,' * 100_000 + '"a":1}',
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_hostile_text_is_refused_soon(text: str) -> None:
    assert_refused_quickly(text, NAME)
