"""The versions of functions and syntax are complete and consistent."""

import pytest

from tests.language.promql.verdicts import READ_BY_BOTH
from varve.language import promql, version
from varve.language.promql.function import FEATURE_FLAG, FEATURE_SINCE, FUNCTION_SINCE

READ = [read for text in READ_BY_BOTH if isinstance(read := promql.read(text), promql.Query)]
USED = frozenset().union(*(read.functions for read in READ))


def test_every_new_function_is_supported() -> None:
    assert FUNCTION_SINCE.keys() <= USED


@pytest.mark.parametrize(
    "since", sorted({*FUNCTION_SINCE.values(), *FEATURE_SINCE.values(), *promql.STABLE_SINCE.values()})
)
def test_a_first_version_is_a_version_after_2_42(since: str) -> None:
    found = version.parse(since)
    assert found
    assert found > version.Version(2, 42)


def test_a_function_becomes_stable_after_it_was_experimental() -> None:
    for name, stable in promql.STABLE_SINCE.items():
        assert name in promql.EXPERIMENTAL
        first, later = version.parse(FUNCTION_SINCE[name]), version.parse(stable)
        assert first
        assert later
        assert first < later


def test_experimental_functions_are_new_and_flags_belong_to_features() -> None:
    assert FUNCTION_SINCE.keys() > promql.EXPERIMENTAL
    assert FEATURE_FLAG.keys() <= FEATURE_SINCE.keys()


@pytest.mark.parametrize(("old", "new"), promql.RENAMED.items())
def test_a_renamed_function_is_refused_with_its_new_name(old: str, new: str) -> None:
    fault = promql.fault(f"{old}(x[5m], 0.5, 0.5)")
    assert fault
    assert new in fault.message
    assert promql.fault(f"{new}(x[5m], 0.5, 0.5)") is None
