"""SSH keys for the tests of the shared cache."""

import subprocess
from pathlib import Path
from typing import NamedTuple

from varve.world.cache.settings import Shared
from varve.world.cache.signature import IDENTITY


class Signers(NamedTuple):
    """The file of trusted signers, a key that it lists, and one that it does not."""

    file: Path
    known: Path
    stranger: Path


def signers(folder: Path) -> Signers:
    known, stranger = (generate(folder / name) for name in ("known", "stranger"))
    file = folder / "signers"
    file.write_text(f'{IDENTITY} namespaces="{IDENTITY}" {known.with_suffix(".pub").read_text()}')
    return Signers(file, known, stranger)


def generate(path: Path, passphrase: str = "") -> Path:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def writing(folder: object, signers: Signers) -> Shared:
    """The settings of a job of the protected branch."""
    return Shared(str(folder), signers.file, signers.known)


def reading(folder: object, signers: Signers) -> Shared:
    """The settings of a pull request's job."""
    return Shared(str(folder), signers.file)
