"""Storage for the code that templates were compiled to by earlier runs."""

from types import CodeType
from typing import Protocol


class Codes(Protocol):
    """Compiled code by template path and by a key that differs whenever the code might.

    Recalled code is run without inspection, so an implementation must know that the sandbox itself compiled it.
    """

    def recall(self, template: str, key: str) -> CodeType | None:
        """The code stored for a template under the same key, or None."""

    def learn(self, template: str, key: str, code: CodeType) -> None:
        """Store the code that a template was compiled to."""
