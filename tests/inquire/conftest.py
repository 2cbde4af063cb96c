"""What the tests of what is inquired begin with."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def prepared(one_kit: None) -> None:
    """All compiles that have the same templates and policies share what is made of them."""
