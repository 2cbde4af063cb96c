"""A program's own data is judged like a file."""

import math

import pytest

from varve.api.given.plain import folder, given, source
from varve.model.diagnostic import Report


def test_plain_data_is_a_file() -> None:
    report = Report()
    handed = given({"a": [1, 2.5, True, None, "é"], "b": {}}, "data.json", report)
    assert handed.value == {"a": [1, 2.5, True, None, "é"], "b": {}}
    assert not list(report)
    assert folder(handed.source).source("data.json") == handed.source


@pytest.mark.parametrize(
    ("data", "code"),
    {
        "no map": ([], "read/not-a-mapping"),
        "a control character": ({"a": "\0"}, "read/control-character"),
        "a number that is none": ({"a": math.nan}, "read/not-finite"),
        "an integer that is too large": ({"a": 1 << 80}, "read/integer-too-large"),
    }.values(),
)
def test_data_that_no_file_may_contain_is_reported(data: object, code: str) -> None:
    report = Report()
    assert given(data, "data.json", report).value is None
    assert [each.rule.code for each in report] == [code]


@pytest.mark.parametrize("data", [{"a": {1, 2}}, {"a": object()}, {(1, 2): 3}])
def test_data_that_is_not_plain_is_an_error_of_the_caller(data: object) -> None:
    with pytest.raises(TypeError):
        given(data, "data.json", Report())


def test_a_folder_contains_only_the_given_files() -> None:
    snapshot = folder(source("a", b"x"), source("b", b"x"))
    assert list(snapshot.entries) == ["a", "b"]
    assert snapshot.source("b").data == b"x"
