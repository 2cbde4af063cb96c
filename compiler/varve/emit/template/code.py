"""Where the code is that templates were compiled to by earlier runs."""

from types import CodeType
from typing import Protocol


class Codes(Protocol):
    """Code by the path of its template, and by a key, which is another one wherever the code could be.

    What is recalled is run without being looked at, so it must be known that the sandbox itself has made it.
    """

    def recall(self, template: str, key: str) -> CodeType | None:
        """The code that was learnt of a template under the same key, if it is still known."""

    def learn(self, template: str, key: str, code: CodeType) -> None:
        """Remember what a template was compiled to."""
