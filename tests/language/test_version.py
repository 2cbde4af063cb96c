"""Versions compare by their numbers, not by their letters."""

import pytest

from varve.language.version import Version, parse


@pytest.mark.parametrize(
    ("text", "version", "written"),
    [
        ("3.5", Version(3, 5), "3.5"),
        ("0.34.1", Version(0, 34, 1), "0.34.1"),
        ("3.5.0", Version(3, 5), "3.5"),
        ("10.20.30", Version(10, 20, 30), "10.20.30"),
    ],
)
def test_two_or_three_numbers_are_a_version(text: str, version: Version, written: str) -> None:
    assert parse(text) == version
    assert str(version) == written


@pytest.mark.parametrize(
    "text",
    ["", "3", "3.", "v3.5", "3.5.", "3.5.1.2", "3.05", "3.5-rc1", " 3.5", "3.5\n", "٣.5", "3.1234567"],
    ids=ascii,
)
def test_other_texts_are_no_versions(text: str) -> None:
    assert parse(text) is None


def test_versions_are_ordered_number_by_number() -> None:
    texts = ["3.10", "3.9.1", "3.9", "10.0", "0.34.1"]
    assert sorted(filter(None, map(parse, texts))) == [(0, 34, 1), (3, 9, 0), (3, 9, 1), (3, 10, 0), (10, 0, 0)]
