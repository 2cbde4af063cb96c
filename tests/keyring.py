"""Real keys and the real SOPS: to seal files for tests, and to open what varve has sealed."""

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from tests.oracle import sops_program

KEYS: Final = Path(__file__).parent / "keys"
ACME, UMBRA, PLATFORM, NEW, STRANGER = "bank", "fleet", "meridian", "freight", "parcel"
"""Whose keys of the example stand for whom."""

RECOVERY: Final = ("recovery-1", "recovery-2", "recovery-3")
HOLDERS: Final = {"acme": ACME, "umbra": UMBRA, "_platform": PLATFORM}


def public(name: str) -> str:
    """The recipient of an identity of the example."""
    (found,) = re.findall(r"age1[a-z0-9]{58}", (KEYS / f"{name}.agekey").read_text())
    return str(found)


def identity(path: Path, *names: str) -> Path:
    """A file with these identities, which nobody else can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text("".join((KEYS / f"{name}.agekey").read_text() for name in names))
    return path


def identities(folder: Path) -> Path:
    """A folder with the identity of each holder."""
    for holder, name in HOLDERS.items():
        identity(folder / f"{holder}.agekey", name)
    return folder


def seal(text: str, groups: Sequence[Iterable[str]], form: str = "yaml", threshold: int = 1) -> str:
    """What SOPS makes of a text, for groups of recipients."""
    shares = {"shamir_threshold": threshold} if len(groups) > 1 else {}
    rule = json.dumps({"creation_rules": [{**shares, "key_groups": [{"age": list(group)} for group in groups]}]})
    command = ("encrypt", "--filename-override", f"x.{form}", "--input-type", form, "--output-type", form)
    with NamedTemporaryFile("w", suffix=".json") as file:
        file.write(rule)
        file.flush()
        done = _sops("--config", file.name, *command, "/dev/stdin", given=text)
    assert done.returncode == 0, done.stderr
    return done.stdout


def opens(path: Path, *names: str) -> str | None:
    """What the file holds, to somebody with these identities; None to somebody whom it does not open to."""
    with NamedTemporaryFile("w") as file:
        file.write("".join((KEYS / f"{name}.agekey").read_text() for name in names))
        file.flush()
        done = _sops("decrypt", str(path), key=file.name)
    return done.stdout if done.returncode == 0 else None


def _sops(*arguments: str, given: str = "", key: str = "") -> "subprocess.CompletedProcess[str]":
    environment = {"HOME": "/nonexistent", "SOPS_AGE_KEY_FILE": key}
    return subprocess.run(
        [sops_program(), *arguments], input=given, env=environment, cwd="/", capture_output=True, text=True, check=False
    )
