"""Limits on the number and size of a tenant's files, checked by names and sizes before any file is read."""

from collections.abc import Iterable
from itertools import accumulate
from operator import itemgetter
from typing import Final

from varve.model.diagnostic import Place, Report, Rule
from varve.model.snapshot import below

FILES: Final = 5000
"""The most files that a tenant's folder may contain."""

BYTES: Final = 20 << 20
"""The most bytes that they may have together; a file that exceeds the limit on a source counts as that limit."""

TOO_MANY_FILES = Rule(
    "world/too-many-files",
    "A tenant has more than 5,000 files",
    "A tenant's folder is written by people, and a hundred services already make a large one. One with more than "
    "5,000 files was generated, and it would slow down everybody's builds. The tenant keeps its current artifacts, "
    "and the others are built. Remove files, or split the tenant into several.",
)
TOO_MUCH_TEXT = Rule(
    "world/too-much-text",
    "The files of a tenant have more than 20 MiB",
    "Sources are written by people and read by people. 20 MiB in one tenant's folder were generated, and they would "
    "slow down everybody's builds. The tenant keeps its current artifacts, and the others are built. Remove files; "
    "what is not a source, such as a picture, belongs elsewhere.",
)

_TENANTS: Final = "tenants/"
_HINT: Final = "remove files, or split the tenant into several"


def crowded(paths: Iterable[str], report: Report) -> set[str]:
    """The paths of all tenants with more than `FILES` files; each tenant is reported at its first file beyond that."""
    found: set[str] = set()
    ordered = sorted(paths)
    # The files of one tenant are adjacent, so more than `FILES` of them include one of these positions.
    folders = dict.fromkeys(filter(None, map(_folder, ordered[FILES::FILES])))
    for folder in folders:
        own = below(folder, ordered)
        if len(own) > FILES:
            message = f"the tenant `{_tenant(folder)}` has {len(own)} files, which is more than {FILES}"
            report.add(TOO_MANY_FILES, message, Place(own[FILES]), hint=_HINT)
            found.update(own)
    return found


def heavy(sizes: Iterable[tuple[str, int]], report: Report) -> set[str]:
    """The paths of all tenants with more than `BYTES` bytes; each is reported at the first file that exceeds them."""
    known = list(sizes)
    found: set[str] = set()
    for folder in _heavy(known):
        own = sorted(each for each in known if each[0].startswith(f"{folder}/"))
        sums = accumulate(size for _, size in own)
        first = next(path for (path, _), whole in zip(own, sums, strict=True) if whole > BYTES)
        message = f"the files of the tenant `{_tenant(folder)}` have more than {BYTES >> 20} MiB"
        report.add(TOO_MUCH_TEXT, message, Place(first), hint=_HINT)
        found.update(path for path, _ in own)
    return found


def _heavy(sizes: list[tuple[str, int]]) -> list[str]:
    """The folders of the tenants whose files have more than `BYTES` bytes together, sorted."""
    if sum(map(itemgetter(1), sizes)) <= BYTES:
        return []
    sums: dict[str, int] = {}
    for path, size in sizes:
        if folder := _folder(path):
            sums[folder] = sums.get(folder, 0) + size
    return sorted((folder for folder, whole in sums.items() if whole > BYTES), key="{}/".format)


def _folder(path: str) -> str:
    """The folder of the tenant that a file belongs to; empty for a file outside all tenants' folders."""
    return path[: max(0, path.find("/", len(_TENANTS)))] if path.startswith(_TENANTS) else ""


def _tenant(folder: str) -> str:
    return folder[len(_TENANTS) :]
