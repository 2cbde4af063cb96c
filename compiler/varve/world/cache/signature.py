"""The seal of a shared cache: an SSH signature, made by jobs of the protected branch, which anybody can verify.

`ssh-keygen` does both, as it does for commits. A runner that only reads needs no secret, and cannot poison the cache.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import Final

IDENTITY: Final = "varve-cache"
"""The name of the signers in their file, and the namespace of the signatures."""

_SECONDS: Final = 5
_LONGEST: Final = 16 << 10
_KEPT: Final = ("PATH", "HOME", "SSH_AUTH_SOCK")


@dataclass(frozen=True, slots=True)
class Signature:
    """The file of trusted signers, as `ssh-keygen` reads it, and the private key to sign with; both are optional."""

    signers: Path | None = None
    key: Path | None = None

    def sign(self, statement: bytes) -> bytes | None:
        """A valid signature, or None without a key to make one; nobody is asked for a passphrase."""
        if self.key is None:
            return None
        made = _ssh_keygen(["sign", "-f", str(self.key), "-n", IDENTITY], statement)
        return made if made and self.holds(statement, made) else None

    def holds(self, statement: bytes, seal: bytes) -> bool:
        """Whether a trusted signer signed a statement."""
        if self.signers is None or not 0 < len(seal) <= _LONGEST:
            return False
        with _piped(seal) as source:
            named = ["-f", str(self.signers), "-I", IDENTITY, "-n", IDENTITY, "-s", f"/dev/fd/{source}"]
            return _ssh_keygen(["verify", *named], statement, source) is not None


@contextmanager
def _piped(data: bytes) -> Iterator[int]:
    """The read end of a pipe with the data; a pipe's buffer is larger than any accepted signature."""
    source, target = os.pipe()
    try:
        with os.fdopen(target, "wb") as pipe:
            pipe.write(data)
        yield source
    finally:
        os.close(source)


def _ssh_keygen(words: Sequence[str], given: bytes, *inherited: int) -> bytes | None:
    """The output of `ssh-keygen -Y`; None if it fails or does not end in time."""
    # Without a terminal and a display it cannot prompt.
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"LC_ALL": "C"}
    try:
        with Popen(  # noqa: S603 - no shell, and every path is absolute
            ["ssh-keygen", "-Y", *words],  # noqa: S607 - the user's own ssh-keygen
            cwd=os.sep,
            env=environment,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            pass_fds=inherited,
            start_new_session=True,
        ) as process:
            try:
                answer, _ = process.communicate(given, _SECONDS)
            except BaseException as error:
                process.kill()
                if isinstance(error, TimeoutExpired):
                    return None
                raise
            return None if process.returncode else answer
    except OSError:
        return None
