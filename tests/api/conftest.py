"""What the tests of the Python interface begin with: the same as those of the commands."""

from tests.cli.conftest import prepared, repository, two

__all__ = ("prepared", "repository", "two")
