"""The compiler's digest, of everything that the compiler's output depends on.

It is the SHA-256 of a text of sorted lines, `<SHA-256 of the bytes>  <path>` for every file of the package, such as
`varve/resolve/merge.py`, and of the standard library, such as `templates/packs/slo/pack.yaml`; then `<name>==<version>`
for every library that the package requires. So a checkout and a wheel of the same state have the same digest, wherever
they are and whatever their line endings, as long as the same libraries are installed. Python's version is not in it,
because the output does not depend on that.
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
    """The digest of this compiler, in hexadecimal digits; computed once per process."""
    return _computed()


def remembered(git: Path) -> str:
    """The compiler's present digest, from a file where it is cached until a file of the compiler changes.

    That is in the installation, or else in git's own folder `git`: no committed file can be in either. If nothing can
    be cached, the digest is computed.
    """
    with suppress(OSError):
        return _remembered([each for each in (installed.folder(), git) if each])
    return _computed()


def _remembered(places: Sequence[Path]) -> str:
    now = time.time_ns()
    seen = stamp()
    if found := next(filter(None, (_known(place, seen) for place in places)), None):
        return found
    counted = _computed()
    # A file that was changed a moment ago, or while it was read, could change again without a new timestamp.
    if seen.is_settled(now) and stamp() == seen:
        any(_remember(place, f"{seen.digest} {counted}\n".encode()) for place in places)
    return counted


def _known(place: Path, seen: Stamp) -> str | None:
    """The digest that is cached in a place for a compiler with this stamp, if there is one."""
    with suppress(OSError), file.opened(place) as here, file.inside(here, _OWN) as own:
        known = _KNOWN.fullmatch(file.read(own, _MEMO, _LONGEST).data)
        return known[2].decode() if known and known[1].decode() == seen.digest else None
    return None


def _remember(place: Path, text: bytes) -> bool:
    """Cache a text in a place; False if that is not possible."""
    with suppress(OSError), file.opened(place) as here:
        file.make_private(here, _OWN, Owner())
        with file.inside(here, _OWN) as own:
            new = f"{_MEMO}-{os.getpid()}"
            file.remove(own, new)
            file.create(own, new, text)
            file.move(own, new, own, _MEMO)
            return True
    return False


def _computed() -> str:
    return hashlib.sha256("".join(lines()).encode()).hexdigest()


def lines() -> Iterator[str]:
    """The lines of the text that the digest is computed of: files, then libraries."""
    for path, data in sorted((*_package(), *library.files())):
        yield f"{hashlib.sha256(data).hexdigest()}  {path}\n"
    for name, version in sorted(_libraries().items()):
        yield f"{name}=={version}\n"


def _package() -> Iterator[tuple[str, bytes]]:
    home = str(Path(os.path.realpath(varve.__file__)).parent)
    for path in library.below(home, _is_generated):
        name = path[len(home) + 1 :].replace(os.sep, "/")
        # A wheel contains the standard library inside the package; `library.files` names its files as in a checkout.
        if not name.startswith(_LIBRARY):
            yield f"varve/{name}", Path(path).read_bytes().replace(b"\r\n", b"\n")


def _is_generated(name: str) -> bool:
    """Whether a file or folder with this name is made by Python."""
    return name == _CACHE or name.endswith(".pyc")


def _libraries() -> dict[str, str]:
    """The versions of the libraries that the package requires, directly or indirectly, by name.

    Conditional requirements, of some systems or of an extra, do not affect what is compiled.
    """
    from importlib import metadata

    found: dict[str, str] = {}
    waiting = ["varve"]
    while waiting:
        name = waiting.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # A package that was not installed has no metadata that would list its requirements.
            found[name] = _UNKNOWN
            continue
        found[name] = distribution.version
        needed = {_normalised(each) for each in distribution.requires or () if ";" not in each}
        waiting += sorted(needed - found.keys())
    return found


def _normalised(requirement: str) -> str:
    """The name at the beginning of a requirement, normalised."""
    named = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", named[0]).lower() if named else requirement
