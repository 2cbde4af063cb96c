"""Fixtures of the pipeline's tests."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def prepared(one_kit: None) -> None:
    """Compiles with the same templates and policies share one kit."""
