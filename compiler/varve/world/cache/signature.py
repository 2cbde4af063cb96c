"""The seal of a shared cache: a signature of SSH, which the job of the protected branch makes, and anybody can verify.

`ssh-keygen` does both, as it does for commits: a runner that only reads needs no secret, and can poison nothing.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import Final

IDENTITY: Final = "varve-cache"
"""Whom the file of signers has to name, and the namespace of what is signed."""

_SECONDS: Final = 5
_LONGEST: Final = 16 << 10
_KEPT: Final = ("PATH", "HOME", "SSH_AUTH_SOCK")


@dataclass(frozen=True, slots=True)
class Signature:
    """Whom to believe, as `ssh-keygen` reads it, and the private key to sign with; either may be missing."""

    signers: Path | None = None
    key: Path | None = None

    def sign(self, statement: bytes) -> bytes | None:
        """A signature that holds, or None where there is no key to make one. Nobody is asked for a passphrase."""
        if self.key is None:
            return None
        made = _ended(["sign", "-f", str(self.key), "-n", IDENTITY], statement)
        return made if made and self.holds(statement, made) else None

    def holds(self, statement: bytes, seal: bytes) -> bool:
        """Whether a signer signed a statement."""
        if self.signers is None or not 0 < len(seal) <= _LONGEST:
            return False
        with _piped(seal) as source:
            named = ["-f", str(self.signers), "-I", IDENTITY, "-n", IDENTITY, "-s", f"/dev/fd/{source}"]
            return _ended(["verify", *named], statement, source) is not None


@contextmanager
def _piped(data: bytes) -> Iterator[int]:
    """The end of a pipe from which the data can be read; a pipe holds more than a signature has."""
    source, target = os.pipe()
    try:
        with os.fdopen(target, "wb") as pipe:
            pipe.write(data)
        yield source
    finally:
        os.close(source)


def _ended(words: Sequence[str], given: bytes, *inherited: int) -> bytes | None:
    """What `ssh-keygen -Y` prints; None where it ends with anything but 0, or does not end."""
    # Without a terminal and without a display it asks nobody anything.
    told = {name: os.environ[name] for name in _KEPT if name in os.environ} | {"LC_ALL": "C"}
    try:
        with Popen(  # noqa: S603 - no shell, and every path is absolute
            ["ssh-keygen", "-Y", *words],  # noqa: S607 - the user's own
            cwd=os.sep,
            env=told,
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
