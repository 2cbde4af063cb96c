"""Which files there are: git's lists of names, and which of those names varve admits."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Final

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.snapshot import Entry, excluding
from varve.world.git.command import Git, records
from varve.world.git.repository import SETTINGS

SOURCES: Final = (*SETTINGS, ".sops.yaml", "environments", "tenants", "templates", "policies")
BUILD: Final = "build"
GIT_FILES: Final = (".gitattributes", ".gitignore")
"""The files that configure how git treats others; they may be in any folder."""

CONFLICT = Rule(
    "world/conflict",
    "A merge left a file in conflict",
    "After a merge or a rebase that could not be finished, git has two or three versions of the file, and none of "
    "them is the one that will be committed. Resolve the conflict and `git add` the file. Do not resolve an artifact "
    "by hand: when the sources are resolved, `varve build` writes it again.",
)
SYMBOLIC_LINK = Rule(
    "world/symbolic-link",
    "A symbolic link is among the sources or the artifacts",
    "A link may lead out of the folder whose owner wrote it, to another tenant's file or to any file of the machine. "
    "varve follows no links, so that paths alone decide who may change what. Replace the link with the file.",
)
SUBMODULE = Rule(
    "world/submodule",
    "Another git repository is among the sources or the artifacts",
    "The files of a submodule, or of a clone inside the clone, are not part of this repository's commits, so a build "
    "could not be repeated from the commit alone. Copy the files into the repository.",
)
NO_FILE = Rule(
    "world/no-file",
    "Something among the sources is not a file",
    "A pipe, a socket or a device has no content that could be recorded, and reading one may never end. Remove it.",
)
BAD_NAME = Rule(
    "world/bad-name",
    "A file has a name that cannot be shown",
    "Names must be UTF-8 without control, direction or invisible characters: a name with them looks different from "
    "what it is, and can move a terminal's cursor. Rename the file.",
)
COLLIDING_PATH = Rule(
    "world/colliding-path",
    "Two paths differ only in case or in how accents are written",
    "Some file systems treat such paths as the same file: a clone there has only one of them, and what is built "
    "depends on the machine. Rename one of the two.",
)

_ARTIFACTS: Final = BUILD + "/"
_USUAL_MODE: Final = "100644"
_MODE: Final = len(_USUAL_MODE)
_BEGINNING: Final = f"{_USUAL_MODE} ".encode()
_entry: Final[Callable[[tuple[str, str]], Entry]] = partial(tuple.__new__, Entry)
"""Makes an `Entry` of a pair without running Python code for each of tens of thousands of entries."""

_SUBMODULE: Final = "160000"
_PLAIN: Final = frozenset({"100644", "100755"})
_PRINTABLE: Final = bytes(range(0x20, 0x7F))
_UNSEEN: Final = (
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\U000e0000-\U000e0fff]"
)

STAGED: Final = ("ls-files", "--stage", "-z", "--", *SOURCES, BUILD)
"""The git command that lists varve's files in the index."""

NEW: Final = (
    ("ls-files", "--others", "-z", "--exclude-per-directory=.gitignore", "--", *SOURCES),
    # Ignored files in build/ are listed too: otherwise varve would overwrite them unnoticed.
    ("ls-files", "--others", "-z", "--", BUILD),
)
"""The git commands that list untracked files: sources that no `.gitignore` of the repository excludes, and everything
in `build/`."""

CHANGED: Final = (
    *("diff-files", "--raw", "-z", "--relative", "--no-renames", "--no-ext-diff", "--ignore-submodules=all"),
    *("--", *SOURCES, BUILD),
)
"""The git command that lists the tracked files that may differ on disk from the index."""


DIFFERING: Final = (
    *("diff-index", "--cached", "--raw", "-z", "--relative", "--no-renames", "--no-ext-diff"),
    *("--ignore-submodules=none", "--ita-visible-in-index"),
)
"""The git command that compares a commit, which has to be appended, with the index."""


def committed(git: Git, commit: str, prefix: str) -> tuple[dict[str, Entry], bytes]:
    """varve's files in a commit, and git's own list of them and of the `.gitattributes` in the folders above."""
    above = _above(prefix)
    paths = [prefix + name for name in (*SOURCES, BUILD)]
    listing = git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *above, *paths)
    entries = {}
    for record in records(listing):
        head, _, path = record.partition("\t")
        mode, _, id_ = head.split(" ")
        entries[path] = _entry((id_, mode))
    for path in above:
        entries.pop(path, None)
    return {path.removeprefix(prefix): entry for path, entry in entries.items()} if prefix else entries, listing


def committed_by_difference(
    git: Git, commit: str, prefix: str, tracked: Mapping[str, Entry]
) -> tuple[dict[str, Entry], bytes]:
    """The same as `committed`, but the list contains only files named `.gitattributes`; the index has `tracked`.

    It is faster, because git does not descend into folders that the commit and the index have in common.
    """
    attributes = ("ls-tree", "-z", "--full-tree", commit, "--", *_above(prefix))
    with git.meanwhile((*DIFFERING, commit, "--", *SOURCES, BUILD), attributes) as answers:
        differing, above = answers()
    entries, fields = dict(tracked), records(differing)
    for head, path in zip(fields, fields, strict=True):
        mode, _, id_, *_ = head[1:].split(" ")
        if int(mode):
            entries[path] = _entry((id_, mode))
        else:
            entries.pop(path, None)
    files = (path for path in entries if path.endswith("/.gitattributes") and entries[path].mode != _SUBMODULE)
    own = "".join(f"{entries[path].mode} blob {entries[path].id}\t{prefix}{path}\0" for path in files)
    return entries, above + own.encode("utf-8", "surrogateescape")


def _above(prefix: str) -> list[str]:
    """The paths of the `.gitattributes` of a folder and of the folders above it."""
    return [prefix[:end] + ".gitattributes" for end in (0, *(found.end() for found in re.finditer("/", prefix)))]


def changed(answer: bytes) -> dict[str, str]:
    """The tracked files that may differ on disk from the index, with git's status letter: `D` for a deleted one."""
    fields = records(answer)
    return {path: head[-1] for head, path in zip(fields, fields, strict=True)}


def staged_entries(answer: bytes, report: Report) -> dict[str, Entry]:
    """The entries of an index by path, without files in conflict, which are reported."""
    stages = list(records(answer))
    # All ids have the same length, so every path begins at the same offset, right after the stage number.
    start = stages[0].index("\t") + 1 if stages else 0
    # This covers entries in conflict too; if it holds for all, it holds for those that remain.
    are_usual = _are_usual(answer, len(stages))
    if not {"0"}.issuperset(map(itemgetter(start - 2), stages)):
        _report_conflicts([each[start:] for each in stages if each[start - 2] != "0"], report)
        stages = [each for each in stages if each[start - 2] == "0"]
    modes = repeat(_USUAL_MODE) if are_usual else [each[:_MODE] for each in stages]
    pairs = zip([each[_MODE + 1 : start - 3] for each in stages], modes, strict=False)
    return dict(zip([each[start:] for each in stages], map(_entry, pairs), strict=True))


def _are_usual(answer: bytes, entries: int) -> bool:
    """Whether all entries in git's list of an index have the mode 100644; `entries` is how many there are.

    The count is exact because no path contains a null character.
    """
    return answer.startswith(_BEGINNING) and answer.count(b"\0" + _BEGINNING) + 1 == entries


def _report_conflicts(paths: Iterable[str], report: Report) -> None:
    for path in dict.fromkeys(map(shown, paths)):
        own = "resolve the sources, run `varve build`" if path.startswith(_ARTIFACTS) else "resolve it"
        report.add(CONFLICT, f"`{path}` is in conflict", Place(path), hint=f"{own}, then `git add` it")


def sources(entries: Mapping[str, Entry]) -> list[str]:
    """The ids of all files but artifacts and git's own, each once, in the order of their paths."""
    outside = excluding(BUILD, sorted(entries))
    named = (path for path in outside if "/.git" not in path or not _is_gits_own(path))
    return list(dict.fromkeys(entries[path].id for path in named))


def admit(entries: dict[str, Entry], report: Report) -> dict[str, Entry]:
    """The files that varve may read, sorted; the others are reported, except git's own, such as `.gitignore`."""
    named = sorted(entries)
    # One search through all names together is much faster than a search for each.
    text = "".join(named)
    if "/.git" in text:
        named = [path for path in named if "/.git" not in path or not _is_gits_own(path)]
    if not _is_ordinary(text):
        named = [path for path in named if _visible(path, report)]
    if not _PLAIN.issuperset(map(itemgetter(1), entries.values())):
        named = [path for path in named if entries[path].mode in _PLAIN or _is_plain(path, entries[path].mode, report)]
    # Lower-case ASCII paths cannot differ only in case or accents.
    if not (text.isascii() and text == text.lower()) and (collided := _colliding(named, report)):
        named = [path for path in named if path not in collided]
    return entries.copy() if named == list(entries) else {path: entries[path] for path in named}


def shown(path: str) -> str:
    """A path as a diagnostic can show it, with backslash escapes for bytes that are not UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_gits_own(path: str) -> bool:
    # Not among artifacts, where it needs no owner: Grafana loads `.git.json`, and attributes decide what is deployed.
    return path[path.rfind("/") + 1 :].startswith(".git") and not path.startswith(_ARTIFACTS)


def _is_ordinary(text: str) -> bool:
    # Deleting the harmless characters is much faster than testing each one.
    return text.isascii() and not text.encode().translate(None, _PRINTABLE)


def _visible(path: str, report: Report) -> bool:
    if _is_ordinary(path):
        return True
    if unseen := re.search(_UNSEEN, path):
        found = "bytes that are not UTF-8" if "\ud800" <= unseen[0] <= "\udfff" else f"`U+{ord(unseen[0]):04X}`"
        report.add(
            BAD_NAME, f"the name `{_escaped(path)}` contains {found}", Place(_escaped(path)), hint="rename the file"
        )
    return not unseen


def _escaped(path: str) -> str:
    return re.sub(_UNSEEN, lambda found: found[0].encode("unicode_escape").decode(), shown(path))


def _is_plain(path: str, mode: str, report: Report) -> bool:
    name = path.rstrip("/")
    match mode:
        case "120000":
            hint = "replace it with a file or a folder"
            report.add(SYMBOLIC_LINK, f"`{name}` is a symbolic link", Place(name), hint=hint)
        case "160000":
            report.add(SUBMODULE, f"`{name}` is another git repository", Place(name), hint="copy its files instead")
        case _:
            report.add(NO_FILE, f"`{name}` is not a regular file", Place(name), hint="remove it")
    return False


def _colliding(paths: list[str], report: Report) -> set[str]:
    """Those of the sorted `paths` that collide with others in case or accents; each collision is reported."""
    offenders: set[str] = set()
    for fold, names in sorted(_alike(paths).items()):
        # A name that equals its folded form wins, so nobody can displace a file by adding a variant of its name.
        first, *others = sorted(names, key=lambda name: (name != fold, name))
        for other in others:
            if not offenders.isdisjoint(_with_parents(other)):
                continue
            offenders.add(other)
            message, hint = f"`{other}` differs from `{first}` only in spelling", f"rename `{other}`"
            place, excluding = (Place(next(path for path in paths if _within(path, name))) for name in (other, first))
            report.add(COLLIDING_PATH, message, place, Note("and here", excluding), hint=hint)
    return {path for path in paths if not offenders.isdisjoint(_with_parents(path))} if offenders else offenders


def _alike(paths: list[str]) -> dict[str, set[str]]:
    # Of two names with the same folded form, at least one differs from it; most repositories have no such name.
    written = [path for path in paths if not path.isascii() or path.lower() != path]
    odd = {name: _folded(name) for path in written if _folded(path) != path for name in _with_parents(path)}
    if not odd:
        return {}
    groups: dict[str, set[str]] = {}
    for name, fold in odd.items():
        groups.setdefault(fold, {fold} if _is_there(fold, paths) else set()).add(name)
    return {fold: group for fold, group in groups.items() if len(group) > 1}


def _is_there(name: str, paths: list[str]) -> bool:
    """Whether `name` is one of the sorted `paths`, or a folder that contains one."""
    found = (paths[at] for each in (name, name + "/") if (at := bisect_left(paths, each)) < len(paths))
    return any(_within(path, name) for path in found)


def _with_parents(path: str) -> Iterator[str]:
    yield path
    while (end := path.rfind("/")) > 0:
        path = path[:end]
        yield path


def _folded(path: str) -> str:
    """`path` as a file system that ignores case and normalises accents sees it.

    The ids of tenants are left as they are, because the check of ids handles them.
    """
    kept = path.find("/", len("tenants/")) if path.startswith("tenants/") else 0
    if kept < 0:
        return path
    rest = path[kept:]
    return path[:kept] + (rest.lower() if rest.isascii() else unicodedata.normalize("NFC", rest).casefold())


def _within(path: str, name: str) -> bool:
    return path == name or path.startswith(name + "/")
