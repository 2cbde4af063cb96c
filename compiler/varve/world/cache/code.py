"""The bytecode of compiled templates, kept beside the secret of the repository's own cache and sealed with it.

Whoever could forge this file could run code. So it is not parsed before its seal has been verified, it is in git's own
folder, and it is never shared: signers of a shared cache are trusted for verdicts, not for code.
"""

import marshal
from dataclasses import dataclass, field
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from typing import Final, TypeAlias

from varve.world.cache import sealed

_NAME: Final = "templates"
_LARGEST: Final = 8 << 20

_Known: TypeAlias = dict[str, tuple[str, CodeType]]


@dataclass(slots=True)
class SealedCode:
    """The code that is kept in git's `folder` for a compiler with this digest.

    `found` is read on first use; `learnt` is what this run has compiled and not yet written.
    """

    folder: Path
    compiler: str
    learnt: _Known = field(default_factory=dict)
    found: _Known | None = None

    def recall(self, template: str, key: str) -> CodeType | None:
        """The code of a template, if it is known and was stored under the same key."""
        if self.found is None:
            self.found = _read(self.folder, self.compiler)
        known, code = self.found.get(template, ("", None))
        return code if known == key else None

    def learn(self, template: str, key: str, code: CodeType) -> None:
        """Add the code of a template, replacing any earlier one when written."""
        self.learnt[template] = key, code

    def keep(self) -> None:
        """Write all code if any of it is new; nothing happens if it is too large or the disk refuses it."""
        if self.learnt:
            body = marshal.dumps({**(self.found or {}), **self.learnt})
            sealed.keep(self.folder, _NAME, _context(self.compiler), body, _LARGEST)


def _read(folder: Path, compiler: str) -> _Known:
    body = sealed.recall(folder, _NAME, _context(compiler), _LARGEST)
    known: _Known = marshal.loads(body) if body else {}  # noqa: S302 - its seal was verified
    return known


def _context(compiler: str) -> bytes:
    """What the code is valid for: this compiler and this Python, because bytecode differs between versions."""
    return b"\n".join((b"varve templates 1", MAGIC_NUMBER.hex().encode(), compiler.encode()))
