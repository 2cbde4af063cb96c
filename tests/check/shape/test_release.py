"""A version is written in numbers, and is one that varve writes for."""

import pytest

from varve.check.shape.release import OLDEST, fault


@pytest.mark.parametrize("format_", OLDEST)
def test_the_oldest_is_a_version_and_an_older_one_is_refused_with_the_way_out(format_: str) -> None:
    oldest = OLDEST[format_]
    assert fault(str(oldest), format_) is None
    older = oldest._replace(minor=oldest.minor - 1) if oldest.minor else oldest._replace(major=oldest.major - 1)
    assert fault(str(older), format_) == f'write "{oldest}" or a newer one'
    assert fault("latest", format_) == f'write it like "{oldest}"'
