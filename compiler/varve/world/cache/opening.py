"""Opens the cache of a repository, as far as its settings are valid."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from varve.model.diagnostic import Report
from varve.world.cache import level, seal
from varve.world.cache.folder import Folder
from varve.world.cache.level import Level
from varve.world.cache.limits import KEY_FILE, SHARED, SIGNERS, Limits
from varve.world.cache.settings import CACHE_SETTING, Settings, Shared
from varve.world.cache.shelf import Seal, Shelf
from varve.world.cache.store import Store
from varve.world.git.repository import Repository

PATH: Final = ".varve/cache"
"""The folder of the repository's own cache."""

_WRITABLE_BY_OTHERS: Final = 0o022
_READABLE_BY_OTHERS: Final = 0o077


class Place(NamedTuple):
    """A shelf, and the seal that its segments need."""

    shelf: Shelf
    seal: Seal


@contextmanager
def open_cache(
    repository: Repository, compiler: Callable[[], str], settings: Settings | None, report: Report
) -> Iterator[Store]:
    """The cache of a compiler, for as long as the block lasts; without settings it is empty and keeps nothing.

    `compiler` computes the compiler's digest, and is called only when the cache is first used. Problems with settings
    or with a shared cache are reported as warnings, and nothing is ever raised.
    """
    if settings is None:
        yield Store(report)
        return
    further = shared(repository, settings, report)
    store = Store(
        report,
        partial(_own_level, repository, compiler, settings.limits) if settings.limits.size else None,
        partial(_open_level, further, compiler, settings.limits) if further else None,
        writes=settings.shared.key is not None,
    )
    try:
        yield store
    finally:
        store.close()


def _own_level(repository: Repository, compiler: Callable[[], str], limits: Limits) -> Level | None:
    place = own(repository)
    try:
        return _open_level(place, compiler, limits) if place else None
    except OSError:
        return None


def _open_level(place: Place, compiler: Callable[[], str], limits: Limits) -> Level:
    return level.opened(*place, compiler(), limits)


def own(repository: Repository) -> Place | None:
    """The place of the repository's own cache; None if there is no secret to seal it with, and none can be made."""
    secret = seal.find_or_create(repository.folder)
    return Place(Folder(repository.root, PATH, own=True), secret) if secret else None


def shared(repository: Repository, settings: Settings, report: Report) -> Place | None:
    """The place of the shared cache; None if none is set, or, which is reported, the settings are not valid."""
    setting = settings.shared
    if not setting.location:
        return None
    # Most runs have no shared cache, and need not load what it takes.
    from varve.world.cache import time_limit
    from varve.world.cache.signature import Signature
    from varve.world.cache.time_limit import TimeLimited

    shelf = _shelf(setting.location, settings.limits.age, report)
    if shelf is None or not _is_trustworthy(setting, repository, report):
        return None
    return Place(TimeLimited(shelf, time_limit.ANSWER, time_limit.RUN), Signature(setting.signers, setting.key))


def _shelf(location: str, seconds: int, report: Report) -> Shelf | None:
    from varve.world.cache.redis import SCHEMES, Redis

    if location.startswith(SCHEMES):
        return Redis(location, seconds)
    folder = Path(location)
    if folder.is_absolute():
        return Folder(folder)
    # The location may be an address with a password, so the message does not quote it.
    message = "the location of the shared cache is neither an absolute path nor an address that begins with `redis://`"
    hint = f"set `{SHARED}`, or `--shared` of `varve cache`, to a folder or a Redis server"
    report.add(CACHE_SETTING, message, hint=hint)
    return None


def _is_trustworthy(setting: Shared, repository: Repository, report: Report) -> bool:
    """Whether trusted signers are set, and nobody else controls their file or the key; reported if not."""
    if setting.signers is None:
        message = "the shared cache is not used, because no trusted signers are set"
        hint = (
            f"set `{SIGNERS}`, or `--signers` of `varve cache`, to a file of allowed signers as `ssh-keygen` reads it"
        )
        report.add(CACHE_SETTING, message, hint=hint)
        return False
    faults = [
        (name, what, path, fault)
        for name, what, path, mode in (
            (SIGNERS, "file of signers", setting.signers, _WRITABLE_BY_OTHERS),
            (KEY_FILE, "key", setting.key, _READABLE_BY_OTHERS),
        )
        if path and (fault := _fault(path, repository, mode))
    ]
    for name, what, path, fault in faults:
        hint = f"fix that, or set `{name}` to another one; until then the shared cache is not used"
        report.add(CACHE_SETTING, f"the {what} `{path}` {fault}", hint=hint)
    return not faults


def _fault(path: Path, repository: Repository, forbidden: int) -> str:
    real = Path(os.path.realpath(path))
    if not path.is_absolute():
        return "is not an absolute path"
    if real.is_relative_to(repository.top):
        return "is inside the repository that is checked"
    try:
        return _fault_of(real.stat(), forbidden)
    except OSError:
        return "cannot be read"


def _fault_of(status: os.stat_result, forbidden: int) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "is not a file"
    if status.st_uid not in {0, os.geteuid()}:
        return "belongs to somebody else"
    if status.st_mode & forbidden:
        return "can be read by others" if forbidden == _READABLE_BY_OTHERS else "can be changed by others"
    return ""
