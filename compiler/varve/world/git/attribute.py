"""The attributes that `.gitattributes` sets for varve's files: which ones git would alter, and their line endings."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from varve.model.diagnostic import Place, Report, Rule
from varve.world.git.command import Git, records
from varve.world.git.content import fetch

ALTERED_FILE = Rule(
    "world/altered-file",
    "A git attribute would alter a file on checkout",
    "With `filter`, `ident` or `working-tree-encoding` a file has different bytes on disk and in the commit, and a "
    "filter is a program that runs on every machine that reads the repository. What varve reads must be what was "
    "committed. Remove the attribute for varve's folders from `.gitattributes`.",
)

Attributes: TypeAlias = Mapping[str, Mapping[str, str]]
"""The state of each attribute, by path and name: `set`, `unset`, or a value."""

_ALTERING: Final = frozenset({"filter", "ident", "working-tree-encoding"})
_LINE_ENDINGS: Final = frozenset({"crlf", "eol", "text"})
_HARMLESS: Final = frozenset({"unset", "UTF-8", "utf-8"})
_MAY_ALTER: Final = re.compile("|".join(sorted(_ALTERING)).encode())
_ATTRIBUTES_FILES: Final = (b"\t.gitattributes", b"/.gitattributes")
_PROGRAM: Final = re.compile(r"(?s)filter\.(.+)\.(?:clean|smudge|process|required)")


def ask(git: Git, paths: Iterable[str], *, cached: bool = False) -> bytes:
    """git's answer about the attributes of `paths`, unparsed.

    It is based on the `.gitattributes` files on disk, or, if `cached`, on those of the index alone.
    """
    with asking(git, paths, cached=cached) as answer:
        return answer()


@contextmanager
def asking(git: Git, paths: Iterable[str], *, cached: bool = False) -> Iterator[Callable[[], bytes]]:
    """Query git for the result of `ask` while the block does something else; calling the value waits for the answer."""
    given = "\0".join((*paths, "")).encode("utf-8", "surrogateescape")
    where = ("--cached",) if cached else ()
    questions = [("check-attr", "--all", *where, "-z", "--stdin")] if given else []
    with git.meanwhile(*questions, given=given) as answers:
        yield lambda: b"".join(answers())


def altering(answer: bytes) -> Attributes:
    """The attributes in git's answer that make git alter files; paths without any are left out."""
    parts = list(records(answer))
    if not _ALTERING.isdisjoint(parts[1::3]):
        return _read(parts, _ALTERING, frozenset(parts[::3]))
    return {}


def line_endings(answer: bytes, paths: Collection[str]) -> Attributes:
    """The attributes in git's answer that set the line endings of `paths`; paths without any are left out."""
    return _read(list(records(answer)), _LINE_ENDINGS, paths) if paths else {}


def _read(parts: list[str], names: Collection[str], paths: Collection[str]) -> Attributes:
    found: dict[str, dict[str, str]] = {}
    for path, name, value in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if path in paths and name in names:
            found.setdefault(path, {})[name] = value
    return found


def committed(git: Git, listing: bytes, paths: Iterable[str]) -> bytes:
    """git's answer about the attributes of `paths` in a commit, whose `listing` is git's own.

    It is empty where no `.gitattributes` of the commit mentions an attribute that alters files.
    """
    own = [each.partition(b"\t")[0] for each in listing.split(b"\0") if each.endswith(_ATTRIBUTES_FILES)]
    # A submodule may have that name, and is not a file.
    texts = fetch(git, [each.rpartition(b" ")[2].decode() for each in own if b" blob " in each])
    if not any(map(_MAY_ALTER.search, texts.values())):
        return b""
    from tempfile import TemporaryDirectory

    # git before 2.40 cannot read attributes from a commit, only from an index, so the commit gets a temporary one.
    with TemporaryDirectory(prefix="varve-") as folder:
        top = Git(git.folder, index_file=Path(folder, "index"))
        top.run("update-index", "-z", "--index-info", given=listing)
        return ask(top, paths, cached=True)


def refuse(found: Attributes, report: Report) -> frozenset[str]:
    """The paths of the files that git would alter; each is reported."""
    refused = set()
    for path, attributes in sorted(each for each in found.items() if not _ALTERING.isdisjoint(each[1])):
        for name in sorted(_ALTERING):
            value = attributes.get(name, "unset")
            if value not in _HARMLESS:
                refused.add(path)
                _report_altered(path, name, value, report)
    return frozenset(refused)


def _report_altered(path: str, name: str, value: str, report: Report) -> None:
    written = name if value == "set" else f"{name}={value}"
    hint = f"remove `{written}` for this path from `.gitattributes`"
    if value == "lfs":
        hint = "keep varve's files out of Git LFS: `git lfs untrack` the pattern, then `git add --renormalize` the file"
    report.add(ALTERED_FILE, f"git would alter `{path}` by `{written}`", Place(path), hint=hint)


def without_filters(git: Git) -> Git:
    """`git` with all filters disabled: otherwise it runs a path's filter whenever it compares the file's content."""
    return git._replace(settings=disabled_filters(git))


def disabled_filters(git: Git) -> dict[str, str]:
    """The settings that disable every filter that is configured for `git`."""
    known = map(_PROGRAM.fullmatch, git.records("config", "--list", "--name-only", "-z"))
    drivers = sorted({found[1] for found in known if found})
    keys = (f"filter.{driver}.{key}" for driver in drivers for key in ("clean", "smudge", "process"))
    return dict.fromkeys(keys, "") | {f"filter.{driver}.required": "false" for driver in drivers}
