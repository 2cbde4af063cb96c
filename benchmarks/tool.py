"""Other tools, each in a virtual environment of its own, outside the project and outside varve's environment."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

_HOME: Final = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "varve-bench"
_VERSIONS: Final = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"


class Tool(NamedTuple):
    """Another tool: its name, its requirement for pip, and the packages whose versions are printed."""

    name: str
    requirement: str
    packages: tuple[str, ...]

    @property
    def bin(self) -> Path:
        """The folder of its programs."""
        return _HOME / self.name / "bin"


def install(tool: Tool) -> str:
    """Install a tool unless it is installed; returns why that failed, or an empty text."""
    python = tool.bin / "python"
    try:
        if not python.exists():
            _run([sys.executable, "-m", "venv", str(tool.bin.parent)])
        if not _is_there(tool):
            _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", tool.requirement])
    except subprocess.CalledProcessError as error:
        lines = str(error.stderr or error.stdout).strip().splitlines()
        return lines[-1] if lines else str(error)
    return ""


def versions(tool: Tool) -> str:
    """The versions of an installed tool, and of the libraries that make it fast."""
    found = _run([str(tool.bin / "python"), "-c", _VERSIONS, *tool.packages]).split()
    return ", ".join(f"{name} {version}" for name, version in zip(tool.packages, found, strict=True))


def _is_there(tool: Tool) -> bool:
    try:
        versions(tool)
    except subprocess.CalledProcessError:
        return False
    return True


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
