"""What git does not track, and what it says of attributes: found by asking it, as far as that is not known.

git looks into every folder for files that it does not track, and for those that speak to it. In a folder that stands as
it did it would find what it found, on the same ground. So it is asked about the folders that changed, and about
everything where it is not sure that this is enough.
"""

import marshal
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from itertools import chain
from pathlib import PurePath
from typing import Final, NamedTuple, TypeAlias

from varve.model.snapshot import below
from varve.world.disk import file
from varve.world.git import attribute, listing
from varve.world.git.command import Git, GitError, records
from varve.world.git.repository import Repository
from varve.world.machine.apart import apart
from varve.world.snapshot import folders, recollection
from varve.world.snapshot.folders import Folders, Stand
from varve.world.snapshot.recollection import Ground, Index, Known, Loose

_ARTIFACTS: Final = listing.BUILD + "/"
_OF_GIT: Final = tuple(f"/{name}" for name in listing.OF_GIT)
_FEW: Final = 16
"""How many folders may have changed that the next look looks at once more."""
_MANY: Final = 2000
"""How many folders are looked at in hardly more time than it takes to begin another process."""
_MOST: Final = 64
"""How many folders are asked about one by one; of more, git is faster with the whole."""

Answering: TypeAlias = Callable[[], list[bytes]]
Asking: TypeAlias = Callable[[Index], AbstractContextManager[Callable[[], Loose]]]
"""Lets git look while the block does something else, and gives what it finds."""


class _Look(NamedTuple):
    """A look that `began` at a time, in nanoseconds since 1970, and what is `known` of an earlier one.

    `stood` is how all stood before that which decides for many paths. `hurried` tells, when git has looked at what it
    tracks, whether there is more to do than to look. `elsewhere` gives how folders stand that another process has
    looked at meanwhile.
    """

    git: Git
    repository: Repository
    began: int
    stood: tuple[Stand, ...] | None
    hurried: Callable[[], object]
    remembering: bool
    known: Known | None
    elsewhere: Callable[[], bytes | None]


class _Same(NamedTuple):
    """What is known on the same ground, how everything stands now, and the topmost paths that stand otherwise."""

    known: Known
    ground: Ground
    now: list[Stand]
    tops: tuple[str, ...]
    inside: tuple[str, ...]

    def touches(self, path: str) -> bool:
        """Whether a path is, or lies in, one that changed."""
        return path in self.tops or path.startswith(self.inside)

    def touched(self, paths: Collection[str]) -> list[str]:
        """Those of many paths, sorted."""
        if not self.tops:
            return []
        ordered = sorted(paths)
        inside = chain.from_iterable(below(top, ordered) for top in self.tops)
        return sorted((*inside, *(top for top in self.tops if top in paths)))


@contextmanager
def looking(
    git: Git,
    repository: Repository,
    stood: tuple[Stand, ...] | None,
    *,
    hurried: Callable[[], object] = lambda: False,
    remembering: bool,
) -> Iterator[Asking]:
    """What git finds in a look that begins now, for whoever knows the index.

    `stood` is the `recollection.standing` from before anybody began to read that.

    It is known what an earlier look found, if both are `remembering`; where nothing is, git begins before that. Who is
    `hurried` leaves it to the next look to remember a few folders that have changed: git finds them again as fast.
    """
    known = recollection.recall(repository) if remembering else None
    began, early = time.time_ns(), () if known else listing.NEW
    with git.meanwhile(*early) as found, _elsewhere(repository, known) as elsewhere:
        look = _Look(git, repository, began, stood, hurried, remembering, known, elsewhere)
        yield partial(_asking, look, found)


@contextmanager
def _asking(look: _Look, early: Answering, index: Index) -> Iterator[Callable[[], Loose]]:
    if look.known is None:
        with attribute.asking(look.git, index.entries) as said:
            yield partial(_first, look, early, said)
        return
    ground = recollection.ground(look.git, look.repository, index, look.known.ground)
    if ground and ground.digest == look.known.ground.digest:
        # How the folders stand nobody has to wait for who has something else to do.
        yield partial(_later, look, look.known, ground, index)
        return
    with _everything(look.git, index) as found:
        yield partial(_anew, look, look.known, index, ground, found)


def _later(look: _Look, known: Known, ground: Ground, index: Index) -> Loose:
    same = _same(look, known, ground)
    if same is None:
        with _everything(look.git, index) as found:
            return _anew(look, known, index, ground, found)
    tracked = same.touched(index.entries)
    with attribute.asking(look.git, tracked) as said, look.git.meanwhile(*_narrowed(same.tops)) as others:
        return _again(look, index, same, others, said)


def _first(look: _Look, others: Answering, said: Callable[[], bytes]) -> Loose:
    if look.remembering:
        recollection.begin(look.repository)
    return _joined(others(), said())


@contextmanager
def _everything(git: Git, index: Index) -> Iterator[Callable[[], Loose]]:
    with attribute.asking(git, index.entries) as said, git.meanwhile(*listing.NEW) as others:
        yield lambda: _joined(others(), said())


def _joined(others: list[bytes], said: bytes) -> Loose:
    new, built = others
    return Loose(new, built, said)


def _anew(look: _Look, known: Known, index: Index, ground: Ground | None, found: Callable[[], Loose]) -> Loose:
    """What git finds everywhere; while it looks, so do we at how the folders stand."""
    stood = _stood(look, known.folders, None) if ground else None
    loose = found()
    if ground and stood and _has_all(stood, index):
        _keep(look, Known(ground, stood, loose))
    return loose


def _again(look: _Look, index: Index, same: _Same, others: Answering, said: Callable[[], bytes]) -> Loose:
    """What git finds where anything changed, and what it found elsewhere."""
    known = same.known
    with suppress(GitError):
        answers, attributes = others(), said()
        if attributes == _said_of(known.loose.said, same):
            loose = _put(known.loose, answers, same)
            if same.tops and len(same.tops) <= _FEW and look.hurried():
                return loose
            stood = _stood(look, known.folders, same.now) if same.tops else known.folders
            if stood and (stood, same.ground) != (known.folders, known.ground):
                _keep(look, Known(same.ground, stood, loose))
            return loose
    with _everything(look.git, index) as found:
        return _anew(look, known, index, same.ground, found)


def _keep(look: _Look, known: Known) -> None:
    """Remember this, unless a part of it may be what git said on another ground, which was there for a moment."""
    if look.stood and look.stood == recollection.standing(look.repository):
        recollection.keep(look.repository, known)


def _same(look: _Look, known: Known, ground: Ground) -> _Same | None:
    """What is surely the same; None where that is too little."""
    with suppress(OSError), file.opened(look.repository.root) as root:
        now = _seen(look, known) or folders.standing(root, known.folders.paths)
        changed = known.folders.changed(now)
        if len(changed) <= _MOST and not any(folders.speaks(root, path, known.folders.paths) for path in changed):
            tops = _topmost(changed)
            return _Same(known, ground, now, tops, tuple(f"{top}/" for top in tops))
    return None


def _elsewhere(repository: Repository, known: Known | None) -> AbstractContextManager[Callable[[], bytes | None]]:
    """Let another process look at how folders stand, where they are many."""
    if known is None or len(known.folders.paths) < _MANY:
        return nullcontext(lambda: None)
    return apart(partial(_standing, repository, known.folders))


def _standing(repository: Repository, before: Folders) -> bytes:
    """How those folders stand that stand otherwise than before, each with its place; empty where that is unseen."""
    with suppress(OSError), file.opened(repository.root) as root:
        pairs = zip(folders.standing(root, before.paths), before.stands, strict=True)
        return marshal.dumps([(at, now) for at, (now, was) in enumerate(pairs) if now != was])
    return b""


def _seen(look: _Look, known: Known) -> list[Stand] | None:
    """How all folders stand, as another process has seen it; None where none has."""
    others = look.elsewhere()
    if not others:
        return None
    now = known.folders.stands.copy()
    for at, each in marshal.loads(others):  # noqa: S302 - nobody else could say it
        now[at] = each
    return now


def _topmost(changed: list[bytes]) -> tuple[str, ...]:
    """The paths that lie in no other one."""
    paths = {path.decode("utf-8", "surrogateescape") for path in changed}
    return tuple(sorted(path for path in paths if paths.isdisjoint(map(str, PurePath(path).parents))))


def _narrowed(tops: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The questions for what git does not track, about these paths alone."""
    for question, paths in zip(listing.NEW, _parted(tops), strict=True):
        if paths:
            yield (*question[: question.index("--") + 1], *map(_given, paths))


def _given(path: str) -> str:
    """A path as it is given to a program, which gets the bytes that git said, whatever the locale is."""
    return os.fsdecode(path.encode("utf-8", "surrogateescape"))


def _parted(tops: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The paths of sources and of artifacts."""
    built = [path for path in tops if f"{path}/".startswith(_ARTIFACTS)]
    return [path for path in tops if path not in built], built


def _put(before: Loose, answers: list[bytes], same: _Same) -> Loose:
    """What was found before, with what git answers of the paths that changed, in its order."""
    answered = iter(answers)
    found = []
    for known, paths in zip(before, _parted(same.tops), strict=False):
        kept = (path for path in records(known) if not same.touches(path))
        found.append(_lines([*kept, *records(next(answered))]) if paths else known)
    return _joined(found, before.said)


def _lines(paths: list[str]) -> bytes:
    return b"".join(sorted(f"{path}\0".encode("utf-8", "surrogateescape") for path in paths))


def _said_of(said: bytes, same: _Same) -> bytes:
    """Of what git has said of attributes, what it said of the paths that changed."""
    if not (said and same.tops):
        return b""
    parts = list(records(said))
    triples = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    lines = ("\0".join((*triple, "")) for triple in triples if same.touches(triple[0]))
    return "".join(lines).encode("utf-8", "surrogateescape")


def _stood(look: _Look, before: Folders, now: list[Stand] | None) -> Folders | None:
    """How all folders stand, as far as it is known that they have not changed since the look began; None if unsure."""
    with suppress(OSError), file.opened(look.repository.root) as root:
        found = folders.renewed(root, before, now or folders.standing(root, before.paths))
        return found and found.settled(look.began)
    return None


def _has_all(stood: Folders, index: Index) -> bool:
    """Whether all files that speak to git stand there: of others it reads what the index holds of them."""
    if "/.git" not in "".join(index.entries):
        return True
    speaking = (path for path in index.entries if path.endswith(_OF_GIT))
    return {path.encode("utf-8", "surrogateescape") for path in speaking}.issubset(stood.paths)
