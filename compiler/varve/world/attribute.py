"""What `.gitattributes` says of varve's files: which ones git would alter, and how it reads line ends."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from varve.model.diagnostic import Place, Report, Rule
from varve.world.command import Git

ALTERED_FILE = Rule(
    "world/altered-file",
    "A git attribute would alter a file on its way to the disk",
    "With `filter`, `ident` or `working-tree-encoding` a file has other bytes on disk than in the commit, and a filter "
    "is a program that runs on every machine that reads the repository. What varve reads must be what was committed. "
    "Remove the attribute for varve's folders from `.gitattributes`.",
)

Attributes: TypeAlias = Mapping[str, Mapping[str, str]]
"""By path and attribute, what is said of it: `set`, `unset`, or a value."""

_ALTERING: Final = ("filter", "ident", "working-tree-encoding")
_HARMLESS: Final = frozenset({"unset", "UTF-8", "utf-8"})


def attributes(git: Git, paths: Iterable[str], *, cached: bool = False) -> Attributes:
    """The attributes of `paths`; of the files on disk, or `cached`, as the index alone says them."""
    found: dict[str, dict[str, str]] = {}
    given = "".join(path + "\0" for path in paths).encode("utf-8", "surrogateescape")
    where = ("--cached",) if cached else ()
    if given:
        answer = git.records("check-attr", "--all", *where, "-z", "--stdin", given=given)
        for path, name, value in zip(answer, answer, answer, strict=True):
            found.setdefault(path, {})[name] = value
    return found


def committed(git: Git, listing: bytes, paths: Iterable[str]) -> Attributes:
    """The attributes of `paths` in a commit, from git's own `listing` of it."""
    if b".gitattributes\0" not in listing:
        return {}
    # A git older than 2.40 reads attributes from an index only, so the commit gets one of its own for a moment.
    with TemporaryDirectory(prefix="varve-") as folder:
        top = Git(git.folder, index=Path(folder, "index"))
        top.run("update-index", "-z", "--index-info", given=listing)
        return attributes(top, paths, cached=True)


def refuse(found: Attributes, report: Report) -> frozenset[str]:
    """The paths of files that git would alter, which are reported."""
    refused = set()
    for path, said in sorted(found.items()):
        for name in _ALTERING:
            value = said.get(name, "unset")
            if value not in _HARMLESS:
                refused.add(path)
                _say(path, name, value, report)
    return frozenset(refused)


def _say(path: str, name: str, value: str, report: Report) -> None:
    written = name if value == "set" else f"{name}={value}"
    hint = f"remove `{written}` for this path from `.gitattributes`"
    if value == "lfs":
        hint = "keep varve's files out of Git LFS: `git lfs untrack` the pattern, then `git add --renormalize` the file"
    report.say(ALTERED_FILE, f"git would alter `{path}` by `{written}`", Place(path), hint=hint)


def disarm(found: Attributes) -> dict[str, str]:
    """The git settings that take away the programs of every filter among `found`."""
    drivers = {said["filter"] for said in found.values() if "filter" in said}
    keys = (f"filter.{driver}.{key}" for driver in sorted(drivers) for key in ("clean", "smudge", "process"))
    return dict.fromkeys(keys, "") | {f"filter.{driver}.required": "false" for driver in sorted(drivers)}
