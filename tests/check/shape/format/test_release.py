"""A version consists of numbers, and varve supports it."""

from typing import Final

import pytest

from tests.check.shape.format.tried import Tried, mistaken
from varve.check.shape.format.release import FORMATS, OLDEST, fault

TRIED: Final[Tried] = {
    "version": (["2.42", "3.5", "3.5.1"], ["", "2.41", "3", "latest", "v3.5", "3.5-rc.1"]),
    "alertmanager-version": (["0.25", "0.34.2", "1.0"], ["", "0.24.9", "34", "latest", "v0.34"]),
    "grafana-version": (["10.0", "13.0.1"], ["", "9.5", "13", "latest", "v13.0"]),
}


@pytest.mark.parametrize("format_", OLDEST)
def test_the_oldest_version_is_valid_and_an_older_one_is_refused(format_: str) -> None:
    oldest = OLDEST[format_]
    assert fault(str(oldest), format_) is None
    older = oldest._replace(minor=oldest.minor - 1) if oldest.minor else oldest._replace(major=oldest.major - 1)
    assert fault(str(older), format_) == f'write "{oldest}" or a newer one'
    assert fault("latest", format_) == f'write it like "{oldest}"'


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
