"""Which compiler this is: a digest of everything that decides what it says and writes.

It is the SHA-256 of a text of sorted lines, `<SHA-256 of the bytes>  <path>` for every file of the package, such as
`varve/resolve/merge.py`, and of the standard library, such as `templates/packs/slo/pack.yaml`; then `<name>==<version>`
for every library that the package cannot do without. So a checkout and a wheel of one state have one digest, wherever
they lie and however their lines end, as long as the same libraries are installed beside them. Python's own version is
not in it: what is compiled does not depend on that.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import varve
from varve.world.disk import file
from varve.world.disk.file import Owner
from varve.world.package import installed, library
from varve.world.package.stamp import Stamp, stamp

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_CACHE: Final = "__pycache__"
_LIBRARY: Final = "library/"
_UNKNOWN: Final = "unknown"
_OWN: Final = "varve"
_MEMO: Final = "compiler"
_KNOWN: Final = re.compile(rb"([0-9a-f]{64}) ([0-9a-f]{64})\n")
_LONGEST: Final = 256


@cache
def compiler() -> str:
    """The digest of this compiler, in hexadecimal digits; counted once in a process."""
    return _counted()


def remembered(git: Path) -> str:
    """The same as it is now, remembered as long as no file of the compiler is changed.

    It is remembered in the installation, or else in git's own folder `git`: nothing that is committed can lie in
    either. Where nothing can be remembered, it is counted.
    """
    with suppress(OSError):
        return _remembered([each for each in (installed.folder(), git) if each])
    return _counted()


def _remembered(places: Sequence[Path]) -> str:
    now = time.time_ns()
    seen = stamp()
    if found := next(filter(None, (_known(place, seen) for place in places)), None):
        return found
    counted = _counted()
    # What was changed a moment ago, or while it was read, could be changed once more and look the same.
    if seen.is_settled(now) and stamp() == seen:
        any(_remember(place, f"{seen.digest} {counted}\n".encode()) for place in places)
    return counted


def _known(place: Path, seen: Stamp) -> str | None:
    """What is remembered in a place of a compiler with that stamp."""
    with suppress(OSError), file.opened(place) as here, file.inside(here, _OWN) as own:
        known = _KNOWN.fullmatch(file.read(own, _MEMO, _LONGEST).data)
        return known[2].decode() if known and known[1].decode() == seen.digest else None
    return None


def _remember(place: Path, text: bytes) -> bool:
    """Whether a place has taken what is to be remembered."""
    with suppress(OSError), file.opened(place) as here:
        file.make_private(here, _OWN, Owner())
        with file.inside(here, _OWN) as own:
            new = f"{_MEMO}-{os.getpid()}"
            file.remove(own, new)
            file.create(own, new, text)
            file.move(own, new, own, _MEMO)
            return True
    return False


def _counted() -> str:
    return hashlib.sha256("".join(lines()).encode()).hexdigest()


def lines() -> Iterator[str]:
    """What the digest is the digest of, line by line: files, then libraries."""
    for path, data in sorted((*_package(), *library.files())):
        yield f"{hashlib.sha256(data).hexdigest()}  {path}\n"
    for name, version in sorted(_libraries().items()):
        yield f"{name}=={version}\n"


def _package() -> Iterator[tuple[str, bytes]]:
    home = str(Path(os.path.realpath(varve.__file__)).parent)
    for path in library.below(home, _is_made):
        name = path[len(home) + 1 :].replace(os.sep, "/")
        # A wheel holds the standard library inside the package; its files are named as in a checkout.
        if not name.startswith(_LIBRARY):
            yield f"varve/{name}", Path(path).read_bytes().replace(b"\r\n", b"\n")


def _is_made(name: str) -> bool:
    """Whether Python has made what has this name."""
    return name == _CACHE or name.endswith(".pyc")


def _libraries() -> dict[str, str]:
    """The versions of the libraries that the package needs, and of those that these need, by name.

    One that is needed only somewhere, or for an extra, says nothing of what is compiled.
    """
    from importlib import metadata

    found: dict[str, str] = {}
    waiting = ["varve"]
    while waiting:
        name = waiting.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # A package that runs without having been installed does not say what it needs.
            found[name] = _UNKNOWN
            continue
        found[name] = distribution.version
        needed = {_plain(each) for each in distribution.requires or () if ";" not in each}
        waiting += sorted(needed - found.keys())
    return found


def _plain(requirement: str) -> str:
    """The name that a requirement begins with, in the one way to write it."""
    named = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", named[0]).lower() if named else requirement
