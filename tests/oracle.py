"""The real Prometheus tools that the tests ask: the newest, built from a pinned Go module, and Debian's, the oldest.

They live in a cache outside the clone. `python -m tests.oracle` fills it; the fixtures find it filled, or fill it.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pytest

MODULE: Final = Path(__file__).with_name("oracles")
OLDEST: Final = "2.42.0"
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "varve-oracles"
TOOLS: Final = ("promtool", "prometheus")


class MissingError(Exception):
    """An oracle cannot be had on this machine; the message says which and why."""


def newest() -> Path:
    """The folder that holds the tools which the Go module pins."""
    go = shutil.which("go")
    if go is None:
        message = f"Prometheus {pinned()} is missing: it is built with Go, and there is no `go` here"
        raise MissingError(message)
    version = _output([go, "env", "GOVERSION"], cwd=Path("/"))
    seed = version.encode() + b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    return _cached(f"go-{sha256(seed).hexdigest()[:16]}", lambda folder: _build(go, folder))


def oldest() -> Path:
    """The folder that holds the tools of Debian's package, unpacked and not installed."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            message = f"Prometheus {OLDEST} is missing: it is Debian's package, and there is no `{tool}` here"
            raise MissingError(message)
    return _cached(f"debian-{OLDEST}", _unpack)


def pinned() -> str:
    """The version that the Go module pins: `v0.315.0` of the module is Prometheus 3.15.0."""
    found = re.search(r"github\.com/prometheus/prometheus v0\.(\d)(\d\d)\.(\d+)", (MODULE / "go.mod").read_text())
    assert found is not None
    major, minor, patch = map(int, found.groups())
    return f"{major}.{minor}.{patch}"


def version(tool: Path) -> str:
    """What a tool says of itself."""
    return _output([str(tool), "--version"]).split("version ", 1)[1].split(" ", 1)[0].split("+", 1)[0]


def _cached(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of the cache, made at most once however many ask, and seen only when it is whole."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / name
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            fresh = Path(mkdtemp(prefix=f"{name}.", dir=CACHE))
            try:
                make(fresh)
                fresh.rename(folder)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _build(go: str, folder: Path) -> None:
    say(f"building Prometheus {pinned()} with Go; this takes some minutes, once")
    flags = f"-s -w -X github.com/prometheus/common/version.Version={pinned()}"
    settings = {"GOFLAGS": "-mod=readonly -trimpath -buildvcs=false", "GOWORK": "off", "CGO_ENABLED": "0"}
    _output([go, "build", "-ldflags", flags, "-o", f"{folder}/", "tool"], cwd=MODULE, settings=settings)


def _unpack(folder: Path) -> None:
    say(f"fetching Prometheus {OLDEST} from Debian")
    _output(["apt-get", *_private(folder), "update"])
    _output(["apt-get", *_private(folder), "download", "prometheus"], cwd=folder)
    for package in folder.glob("*.deb"):
        _output(["dpkg-deb", "-x", str(package), f"{folder}/unpacked"])
        package.unlink()
    for tool in TOOLS:
        (folder / "unpacked/usr/bin" / tool).rename(folder / tool)
    for rest in ("unpacked", "apt"):
        shutil.rmtree(folder / rest)
    if version(folder / "promtool") != OLDEST:
        message = f"Prometheus {OLDEST} is missing: Debian has {version(folder / 'promtool')} here"
        raise MissingError(message)


def _private(folder: Path) -> list[str]:
    """Options that let apt work in a folder of our own, as anybody, and leave the machine's lists alone."""
    (folder / "apt/lists/partial").mkdir(parents=True, exist_ok=True)
    (folder / "apt/archives/partial").mkdir(parents=True, exist_ok=True)
    places = {"Dir::State::lists": "lists", "Dir::Cache": ".", "Dir::Cache::archives": "archives"}
    return ["-qq", "-oAPT::Sandbox::User=", *(f"-o{key}={folder}/apt/{name}" for key, name in places.items())]


def _output(command: list[str], cwd: Path | None = None, settings: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | (settings or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"`{' '.join(command[:2])}` failed: {done.stderr.strip()[-600:]}"
        raise MissingError(message)
    return done.stdout


def say(text: str) -> None:
    """Tell a person who waits."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the only way to be seen while pytest captures


def _found(find: Callable[[], Path]) -> Path:
    try:
        return find()
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def promtool_newest() -> Path:
    """The newest promtool."""
    return _found(newest) / "promtool"


@pytest.fixture(scope="session")
def prometheus_newest() -> Path:
    """The newest server."""
    return _found(newest) / "prometheus"


@pytest.fixture(scope="session")
def promtool_oldest() -> Path:
    """The oldest promtool that artifacts are written for."""
    return _found(oldest) / "promtool"


@pytest.fixture(scope="session")
def prometheus_oldest() -> Path:
    """The oldest server that artifacts are written for."""
    return _found(oldest) / "prometheus"


def main() -> int:
    """Fill the cache; 1 where an oracle is missing and `VARVE_REQUIRE_ORACLES` is set."""
    missing = 0
    for find in (newest, oldest):
        try:
            find()
        except MissingError as error:
            say(str(error))
            missing = 1
    return missing if os.environ.get("VARVE_REQUIRE_ORACLES") else 0


if __name__ == "__main__":
    sys.exit(main())
