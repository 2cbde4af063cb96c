"""Reads files of the work tree from the disk as git would record them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from varve.model.diagnostic import Place, Report, Rule
from varve.model.snapshot import Entry
from varve.read.decode import LIMIT
from varve.world.disk import file
from varve.world.disk.file import Folders
from varve.world.git.attribute import Attributes
from varve.world.git.command import Git
from varve.world.git.content import fetch
from varve.world.git.listing import BUILD, shown
from varve.world.git.repository import CHECK_ACCESS
from varve.world.snapshot.newline import normalised

CANNOT_READ = Rule(
    "world/cannot-read",
    "A file cannot be read",
    "The file is in the work tree, but the operating system does not let varve open it. Check who owns it, its "
    "permissions, and those of the folders above it. `varve build` writes an artifact again.",
)

_MOST_OF_AN_ARTIFACT: Final = 1 << 28


class Found(NamedTuple):
    """A path on the disk, its mode in git's notation, and its bytes up to a limit."""

    path: str
    mode: str
    data: bytes


class Checkout(NamedTuple):
    """A work tree, with the entries that git tracks in it and the attributes of its files."""

    git: Git
    tracked: Mapping[str, Entry]
    attributes: Attributes

    def read(self, paths: Iterable[str], report: Report) -> list[Found]:
        """Those of `paths` that exist, without bytes for links and folders; unreadable ones are reported."""
        found: list[Found] = []
        autocrlf = cache(self._autocrlf)
        with file.opened(self.git.folder) as root, closing(Folders(root)) as folders:
            for folder, group in groupby(sorted(map(_folder_and_name, paths)), key=itemgetter(0)):
                names = [name for _, name in group]
                try:
                    found += self._files(folders.at(folder), [(folder + name, name) for name in names], report)
                except (FileNotFoundError, NotADirectoryError):
                    continue
                except OSError as error:
                    _report_unreadable(folder + names[0], error, report)
        return [each._replace(data=self._normalised(each, autocrlf)) for each in found]

    def _files(self, folder: int, named: list[tuple[str, str]], report: Report) -> Iterator[Found]:
        for path, name in named:
            most = _MOST_OF_AN_ARTIFACT if path.startswith(BUILD + "/") else LIMIT + 1
            try:
                yield Found(path, *file.read(folder, name, most))
            except FileNotFoundError:
                continue
            except OSError as error:
                _report_unreadable(path, error, report)

    def _normalised(self, found: Found, autocrlf: Callable[[], bool]) -> bytes:
        return normalised(
            found.data, self.attributes.get(found.path, {}), autocrlf, partial(self._recorded, found.path)
        )

    def _autocrlf(self) -> bool:
        setting = self.git.run("config", "--default", "false", "--get", "core.autocrlf")
        return setting.strip().lower() not in {b"false", b"no", b"off", b"0", b""}

    def _recorded(self, path: str) -> bytes:
        entry = self.tracked.get(path)
        return fetch(self.git, [entry.id])[entry.id] if entry else b""


def touched(root: Path, paths: Iterable[str]) -> bytes:
    """The sizes, inodes and times of files on the disk, as a text that changes when one of them is written to."""
    lines = []
    for path in paths:
        with suppress(OSError):
            at = Path(root, path).lstat()
            lines.append(f"{path}\0{at.st_size} {at.st_ino} {at.st_mtime_ns} {at.st_ctime_ns}")
    return "\0".join(lines).encode("utf-8", "surrogateescape")


def _folder_and_name(path: str) -> tuple[str, str]:
    end = path.rstrip("/").rfind("/") + 1
    return path[:end], path[end:]


def _report_unreadable(path: str, error: OSError, report: Report) -> None:
    hint = CHECK_ACCESS if isinstance(error, PermissionError) else ""
    report.add(CANNOT_READ, f"`{shown(path)}` cannot be read: {error.strerror}", Place(shown(path)), hint=hint)
