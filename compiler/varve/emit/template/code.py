"""Where the code is that templates were compiled to by earlier runs."""

from types import CodeType
from typing import Protocol


class Codes(Protocol):
    """Code by the path of its template, and by a key that differs wherever the code could.

    It is run as it is: whoever gives it answers for it that a sandbox like this one has made it.
    """

    def recall(self, template: str, key: str) -> CodeType | None:
        """The code that was learnt of a template under the same key, if it is still known."""

    def learn(self, template: str, key: str, code: CodeType) -> None:
        """Remember what a template was compiled to."""
