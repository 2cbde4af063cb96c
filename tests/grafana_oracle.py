"""What judges dashboards: Grafana's own linter, the types it publishes, and a browser that draws their layout.

They live where the other oracles do. `python -m tests.grafana_oracle` fetches them; the fixtures find or fetch them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from tests.oracle import MissingError, announce, cached, output, private

MODULE: Final = Path(__file__).with_name("oracles") / "grafana"
_BROWSERS: Final = ("chromium-headless-shell", "chromium", "google-chrome")
_QUIET: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)


def linter() -> Path:
    """The program `dashboard-linter` that the Go module pins."""
    go = shutil.which("go")
    if go is None:
        raise MissingError("Grafana's linter is missing: it is built with Go, and there is no `go` here")
    version = output([go, "env", "GOVERSION"], cwd=Path("/"))
    files = sorted(path for path in MODULE.rglob("*") if path.suffix in {".go", ".mod", ".sum"})
    seed = version.encode() + b"".join(path.read_bytes() for path in files)
    return cached(f"go-{sha256(seed).hexdigest()[:16]}", lambda folder: _build(go, folder)) / "dashboard-linter"


def types() -> Path:
    """The package of the types that Grafana publishes, as a file that Python imports from."""
    seed = (MODULE / "requirements.txt").read_bytes()
    folder = cached(f"grafana-types-{sha256(seed).hexdigest()[:16]}", _download)
    return next(folder.glob("*.whl"))


def browser() -> tuple[Path, str]:
    """A browser without a window, and where it finds its libraries: the machine's, or Debian's, not installed."""
    for name in _BROWSERS:
        if found := shutil.which(name):
            return Path(found), ""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise MissingError(f"a browser is missing: it is Debian's package, and there is no `{tool}` here")
    folder = cached("debian-chromium", _unpack) / "unpacked/usr/lib"
    libraries = {path.parent for path in folder.rglob("*.so*") if path.parent.name != "chromium"}
    return folder / "chromium/chromium-headless-shell", ":".join(map(str, sorted(libraries)))


def photograph(page: Path, size: tuple[int, int]) -> Path:
    """The picture of an HTML file, beside it."""
    program, libraries = browser()
    picture = page.with_suffix(".png")
    window = f"--window-size={size[0]},{size[1]}"
    command = [str(program), *_QUIET, f"--user-data-dir={page.parent}/browser", window, f"--screenshot={picture}"]
    settings = {"LD_LIBRARY_PATH": libraries, "HOME": str(page.parent), "XDG_RUNTIME_DIR": str(page.parent)}
    output([*command, page.as_uri()], settings=settings)
    return picture


def _build(go: str, folder: Path) -> None:
    announce("building Grafana's linter with Go; this takes some minutes, once")
    settings = {"GOFLAGS": "-mod=readonly -trimpath -buildvcs=false", "GOWORK": "off", "CGO_ENABLED": "0"}
    output([go, "build", "-ldflags", "-s -w", "-o", f"{folder}/", "tool"], cwd=MODULE, settings=settings)


def _download(folder: Path) -> None:
    announce("fetching the types of Grafana's dashboards")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps"]
    output([*pip, "--only-binary", ":all:", "--require-hashes", "-d", str(folder), "-r", f"{MODULE}/requirements.txt"])


def _unpack(folder: Path) -> None:
    announce("fetching a browser from Debian")
    apt = ["apt-get", *private(folder), "-oDebug::NoLocking=1"]
    output([*apt, "update"])
    output([*apt, "--yes", "--no-install-recommends", "--download-only", "install", "chromium-headless-shell"])
    for package in (folder / "apt/archives").glob("*.deb"):
        output(["dpkg-deb", "-x", str(package), f"{folder}/unpacked"])
    shutil.rmtree(folder / "apt")


def _found(find: Callable[[], Path]) -> Path:
    try:
        return find()
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def dashboard_linter() -> Path:
    """Grafana's linter of dashboards."""
    return _found(linter)


@pytest.fixture(scope="session")
def grafana_types() -> Path:
    """The types of dashboards, as Grafana publishes them."""
    return _found(types)


@pytest.fixture(scope="session")
def camera() -> Callable[[Path, tuple[int, int]], Path]:
    """What makes a picture of an HTML file."""
    _found(lambda: browser()[0])
    return photograph


def run(program: Path, arguments: list[str], folder: Path) -> tuple[int, str]:
    """The exit code and the output of a program."""
    done = subprocess.run([str(program), *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    """Fill the cache; 1 where an oracle is missing and `VARVE_REQUIRE_ORACLES` is set."""
    missing = 0
    for find in (linter, types, lambda: browser()[0]):
        try:
            find()
        except MissingError as error:
            announce(str(error))
            missing = 1
    return missing if os.environ.get("VARVE_REQUIRE_ORACLES") else 0


if __name__ == "__main__":
    sys.exit(main())
