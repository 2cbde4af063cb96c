"""The code that templates were compiled to, beside the secret of the repository's own cache, and sealed with it.

Whoever could put code here could run it. So nothing of it is looked at before its seal has been verified, it lies in
git's own folder, and it is never shared: those who sign for others vouch for verdicts, and for no code.
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
    """The code that lies in git's `folder`, for a compiler of this digest: `found` when it is first asked for.

    `learnt` is what this run has compiled, and is not yet written.
    """

    folder: Path
    compiler: str
    learnt: _Known = field(default_factory=dict)
    found: _Known | None = None

    def recall(self, template: str, key: str) -> CodeType | None:
        """The code that was learnt of a template under the same key, if it is still known."""
        if self.found is None:
            self.found = _read(self.folder, self.compiler)
        known, code = self.found.get(template, ("", None))
        return code if known == key else None

    def learn(self, template: str, key: str, code: CodeType) -> None:
        """Remember what a template was compiled to, in place of what was known of it."""
        self.learnt[template] = key, code

    def keep(self) -> None:
        """Write all that is known now, if any of it is new; nothing where that is too much, or the disk refuses."""
        if self.learnt:
            body = marshal.dumps({**(self.found or {}), **self.learnt})
            sealed.keep(self.folder, _NAME, _stated(self.compiler), body, _LARGEST)


def _read(folder: Path, compiler: str) -> _Known:
    body = sealed.recall(folder, _NAME, _stated(compiler), _LARGEST)
    known: _Known = marshal.loads(body) if body else {}  # noqa: S302 - its seal holds
    return known


def _stated(compiler: str) -> bytes:
    """What the seal vouches for. Another Python has other code, and could not even read this one's."""
    return b"\n".join((b"varve templates 1", MAGIC_NUMBER.hex().encode(), compiler.encode()))
