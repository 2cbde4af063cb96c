"""A look at what was told as changed finds all that a look at the whole finds, whatever happens; or there is none."""

import os
import random
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any, Final, TypeAlias

import pytest

from tests.defences.attack import Off, instead, switched_off, together
from tests.world.work import Work
from varve.api import looking
from varve.api.following import Following
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.world import relooking, telling, work_tree
from varve.world.git import WorkTree

FILES: Final = {
    "varve.yaml": "a: 1\n",
    "tenants/acme/tenant.yaml": "tenant: {}\n",
    "tenants/acme/services/a.yaml": "a\n",
    "tenants/acme/services/b.yaml": "b\n",
    "tenants/acme/deep/er/c.yaml": "c\r\n",
    "tenants/acme/.gitignore": "ignored*\n",
    "environments/dev.yaml": "e\n",
    "build/dev/x.yaml": "x\n",
    "build/dev/y.yaml": "y\n",
}
NAMES: Final = ("a.yaml", "b.yaml", "new.yaml", "ignored.yaml", "link.yaml", "er", "c.txt")
FOLDERS: Final = (
    "tenants/acme",
    "tenants/acme/services",
    "tenants/acme/deep/er",
    "tenants/b",
    "build/dev",
    "build/new",
)
TEXTS: Final = ("a\n", "b\n", "", "c\r\n", "long\r\nlonger\r\n")

SEEDS: Final = range(3)
STEPS: Final = 25

Told: TypeAlias = Iterable[str]
Act: TypeAlias = Callable[[Work, random.Random], Told]
"""Changes something, and tells what the system would: of a folder that is moved, nothing of what is in it."""


def _place(luck: random.Random) -> str:
    return f"{luck.choice(FOLDERS)}/{luck.choice(NAMES)}"


def _file(work: Work, luck: random.Random) -> str | None:
    """One of the files that stand there."""
    below = [path for top in ("tenants", "build", "environments") for path in (work.top / top).rglob("*")]
    names = sorted(path.relative_to(work.top).as_posix() for path in below if path.is_file() and not path.is_symlink())
    names = [name for name in names if "/.git" not in name]
    return luck.choice(names) if names else None


def _made(work: Work, path: str) -> list[str]:
    """Makes the folders above a path where none stand; tells those that were made, or nothing could be."""
    above = [each.as_posix() for each in reversed(Path(path).parents) if each.parts]
    new = [each for each in above if not os.path.lexists(work.top / each)]
    try:
        (work.top / path).parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return []
    return new


def save(work: Work, luck: random.Random) -> Told:
    path = _place(luck)
    new = _made(work, path)
    at = work.top / path
    if not at.parent.is_dir() or at.is_dir() or at.is_symlink():
        return new
    at.write_text(luck.choice(TEXTS), newline="")
    return new or [path]


def edit(work: Work, luck: random.Random) -> Told:
    path = _file(work, luck)
    if path is None:
        return []
    at, was = work.top / path, (work.top / path).stat()
    at.write_text(luck.choice(TEXTS), newline="")
    if luck.random() < 0.3:
        os.utime(at, ns=(was.st_atime_ns, was.st_mtime_ns))
    return [path]


def swap(work: Work, luck: random.Random) -> Told:
    path = _file(work, luck)
    if path is None:
        return []
    (work.top / f"{path}~").write_text(luck.choice(TEXTS), newline="")
    (work.top / f"{path}~").replace(work.top / path)
    return [path, f"{path}~"]


def remove(work: Work, luck: random.Random) -> Told:
    path = _file(work, luck)
    if path is None:
        return []
    (work.top / path).unlink()
    return [path]


def rename(work: Work, luck: random.Random) -> Told:
    path, new = _file(work, luck), _place(luck)
    if path is None or not (work.top / new).parent.is_dir() or (work.top / new).is_dir():
        return []
    (work.top / path).replace(work.top / new)
    return [path, new]


def mark(work: Work, luck: random.Random) -> Told:
    path = _file(work, luck)
    if path is None:
        return []
    (work.top / path).chmod(luck.choice((0o644, 0o755)))
    return [path]


def link(work: Work, luck: random.Random) -> Told:
    path = _file(work, luck) or "tenants/link"
    (work.top / path).unlink(missing_ok=True)
    if (work.top / path).parent.is_dir():
        (work.top / path).symlink_to(luck.choice(("services", "/nowhere", "tenant.yaml")))
    return [path]


def move(work: Work, luck: random.Random) -> Told:
    """A folder goes elsewhere, and another time it comes back."""
    path = luck.choice(FOLDERS)
    at, away = work.top / path, work.top.parent / path.replace("/", "-")
    if away.exists() and not os.path.lexists(at) and at.parent.is_dir():
        away.rename(at)
    elif at.is_dir() and not at.is_symlink() and not away.exists():
        at.rename(away)
    else:
        return []
    return [path]


def turn(work: Work, luck: random.Random) -> Told:
    """A folder takes the place of a file, or a file that of a folder, of which nothing else is told."""
    path = luck.choice(("tenants/acme/services", "tenants/acme/deep/er", "build/dev", "tenants/acme/services/a.yaml"))
    at, away = work.top / path, work.top.parent / "turned"
    shutil.rmtree(away, ignore_errors=True)
    away.unlink(missing_ok=True)
    if not os.path.lexists(at):
        return []
    was_folder = at.is_dir() and not at.is_symlink()
    at.rename(away)
    if was_folder:
        at.write_text("turned\n")
    else:
        at.mkdir()
        (at / "inner.yaml").write_text("inner\n")
    return [path]


def nest(work: Work, luck: random.Random) -> Told:
    """A repository begins, or ends, in a folder that stands there."""
    path = luck.choice(FOLDERS)
    at = work.top / path
    if not at.is_dir() or at.is_symlink():
        return []
    if (at / ".git").exists():
        shutil.rmtree(at / ".git")
    else:
        Work(at).git("init", "--quiet", "--template=")
    return [f"{path}/.git"]


def rule(work: Work, luck: random.Random) -> Told:
    """Which files git looks at, or how: told where varve's folders are, and not above."""
    path, told = luck.choice(
        (
            (".gitignore", True),
            ("tenants/.gitignore", True),
            ("tenants/acme/.gitattributes", True),
            ("../.gitignore", False),
            ("../.gitattributes", False),
            ("../.git/info/attributes", False),
        )
    )
    at = work.top / path
    if not at.parent.is_dir():
        return []
    ways = ("*.txt\nnew*\n", "services\n", "") if path.endswith("ignore") else ("* text\n", "a.yaml filter=x\n", "")
    at.write_text(luck.choice(ways))
    return [path] if told else []


def stage(work: Work, luck: random.Random) -> Told:
    options = luck.choice((("--all",), ("--update",), ("--all", "--intent-to-add")))
    return _git(work, "add", *options)


def commit(work: Work, _: random.Random) -> Told:
    return _git(work, "commit", "--quiet", "--all", "--allow-empty", "--message", "c")


def forget(work: Work, luck: random.Random) -> Told:
    path = _file(work, luck)
    way = luck.choice((("rm", "--cached", "--quiet", "--force"), ("update-index", "--assume-unchanged")))
    return _git(work, *way, "--", path) if path else []


def settle(work: Work, luck: random.Random) -> Told:
    key, values = luck.choice((("core.autocrlf", ("true", "false")), ("core.fileMode", ("true", "false"))))
    return _git(work, "config", key, luck.choice(values))


def switch(work: Work, luck: random.Random) -> Told:
    """Another state of the whole, of which each path is told."""
    before = _standing(work)
    way = luck.choice((("stash", "--quiet"), ("stash", "pop", "--quiet"), ("reset", "--quiet", "--hard", "HEAD~1")))
    _git(work, *way)
    after = _standing(work)
    return sorted(dict(before.items() ^ after.items()))


def _standing(work: Work) -> dict[str, tuple[int, int, int, int]]:
    found = {}
    for path in work.top.rglob("*"):
        at = path.lstat()
        found[path.relative_to(work.top).as_posix()] = at.st_ino, at.st_size, at.st_mtime_ns, at.st_ctime_ns
    return found


def _git(work: Work, *arguments: str) -> Told:
    with suppress(CalledProcessError):
        work.git(*arguments)
    return []


ACTS: Final[tuple[Act, ...]] = (
    *(save, edit, swap, remove, rename) * 4,
    *(mark, link, move, turn, nest, rule, stage, commit, forget, settle, switch),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone that holds a repository below its top."""
    top = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        Work(top).git("init", "--quiet", "--initial-branch=main", "--template=")
        (top / ".git/info").mkdir()
        Work(top / "ops").write(dict(FILES))
        Work(top).commit()
        Work(top).commit({"ops/tenants/acme/services/later.yaml": "later\n"})
    return top


@pytest.fixture
def begin_again(template: Path, tmp_path: Path) -> Callable[[str], Work]:
    """Makes another such clone."""

    def begin(name: str) -> Work:
        top = tmp_path / name
        shutil.copytree(template, top, symlinks=True)
        work = Work(top / "ops")
        work.git("status")
        return work

    return begin


def _partial(work: Work, seed: int, acts: tuple[Act, ...] = ACTS) -> int:
    """How many looks took something from the one before; each found what a look at the whole finds."""
    luck, following, partial = random.Random(seed), Following(), 0  # noqa: S311 - nothing is kept secret by it
    repository = work.find()
    for _ in range(STEPS):
        told = [path for act in luck.choices(acts, k=luck.choice((1, 1, 2, 3))) for path in act(work, luck)]
        following.told |= frozenset(map(Path, told))
        found, whole = following.look(repository, WorkTree()), looking.look(repository, WorkTree())
        assert (found is None) == (whole is None)
        if found and whole:
            # Of earlier looks more bytes may be at hand.
            held = found.found.held
            assert all(identify(data, repository.algorithm) == id_ for id_, data in held.items())
            assert found.found._replace(held=held | whole.found.held) == found.found
            assert found.found._replace(held=whole.found.held) == whole.found, f"Found after {told}"
            assert (found.fingerprint, list(found.said)) == (whole.fingerprint, list(whole.said))
        partial += following.partial
    return partial


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_found_is_what_the_whole_is(seed: int, begin_again: Callable[[str], Work]) -> None:
    assert _partial(begin_again("work"), seed) > 3


def _always(*_: object) -> bool:
    return True


def _nothing(*_: object) -> list[str]:
    return []


def _same_ground(*_: object) -> relooking.Ground:
    return relooking.Ground((b"", 0), telling.Told(b"", ()), ())


def begin_inside(work: Work, _: random.Random) -> Told:
    """A repository begins in a folder of which git tracks files; below it is one of which it tracks none."""
    (work.top / "tenants/acme/loose/er").mkdir(parents=True, exist_ok=True)
    Work(work.top / "tenants/acme").git("init", "--quiet", "--template=")
    return ["tenants/acme/.git", "tenants/acme/loose"]


def save_inside(work: Work, luck: random.Random) -> Told:
    path = f"tenants/acme/loose/er/{luck.choice(NAMES)}"
    if not (work.top / path).parent.is_dir():
        return []
    (work.top / path).write_text("inside\n")
    return [path]


WRONG: Final[dict[str, tuple[Off, tuple[Act, ...]]]] = {
    "whatever is told is taken for a file": (instead(relooking, "_is_sure", _always), (save, move, turn, nest, rule)),
    "a link is taken for a file": (instead(relooking, "_is_plain", _always), (save, link, nest, rule)),
    "nothing above is looked at": (instead(relooking, "_above", _nothing), (begin_inside, *(save_inside,) * 4)),
    "the index is not compared": (
        together(instead(relooking, "ground", _same_ground), instead(relooking, "is_same", _always)),
        (save, edit, stage, commit),
    ),
    "the files above are not compared": (instead(telling, "deciding", _nothing), (save, rule)),
}
"""Shortcuts that are wrong, with what brings it to light."""


@pytest.mark.parametrize("wrong", WRONG)
def test_a_shortcut_that_is_wrong_is_found_out(wrong: str, begin_again: Callable[[str], Work]) -> None:
    off, acts = WRONG[wrong]

    def look_for_long() -> None:
        for seed in range(9):
            _partial(begin_again(f"wrong{seed}"), seed, acts)

    with switched_off(off), pytest.raises(AssertionError, match="Found"):
        look_for_long()


def test_a_repository_in_which_nothing_is_sure_is_looked_at_whole(
    begin_again: Callable[[str], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = begin_again("work")
    repository = work.find()
    sure = relooking.ground(repository)
    assert sure is not None
    for key in ("attr.tree", "core.ignoreCase", "core.sparseCheckout"):
        work.git("config", key, "true")
        assert relooking.ground(repository) is None
        work.git("config", "--unset", key)
        assert relooking.ground(repository)
    (work.top.parent / ".gitignore").symlink_to("elsewhere")
    assert relooking.ground(repository) is None
    (work.top.parent / ".gitignore").unlink()
    assert relooking.ground(repository) == sure
    monkeypatch.setattr("sys.platform", "darwin")
    assert relooking.ground(repository) is None


def test_a_file_in_the_place_of_the_artifacts_is_looked_at_as_one_of_them(begin_again: Callable[[str], Work]) -> None:
    work, following = begin_again("work"), Following()
    work.git("rm", "-r", "--quiet", "build")
    work.write({".gitignore": "build\n"})
    repository = work.find()
    assert following.look(repository, WorkTree())
    work.write({"build": "file\n"})
    following.told |= {Path("build")}
    assert following.look(repository, WorkTree()) == looking.look(repository, WorkTree())
    assert following.partial


def test_a_linked_work_tree_has_the_attributes_of_its_clone(begin_again: Callable[[str], Work], tmp_path: Path) -> None:
    work = begin_again("work")
    work.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Work(tmp_path / "linked/ops").find()
    before = relooking.ground(linked)
    assert before is not None
    (work.top.parent / ".git/info/attributes").write_text("* text\n")
    assert relooking.ground(linked) not in {before, None}


def test_what_git_changes_while_somebody_looks_is_noticed(begin_again: Callable[[str], Work]) -> None:
    work = begin_again("work")
    repository = work.find()
    ground = relooking.ground(repository)
    assert ground is not None
    assert relooking.is_same(repository, ground)
    work.write({"varve.yaml": "a: 2\n"})
    assert relooking.is_same(repository, ground)
    work.git("add", "--all")
    assert not relooking.is_same(repository, ground)


def test_what_was_told_for_a_moment_while_somebody_looked_is_not_taken_for_the_ground(
    begin_again: Callable[[str], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    work, following = begin_again("work"), Following()
    above, new = work.top.parent / ".gitignore", "tenants/acme/services/new.yaml"
    above.write_text("")
    work.write({new: "new\n"})
    look = work_tree.look

    def looking_meanwhile(*given: Any) -> object:  # noqa: ANN401 - as it is given
        above.write_text("new*\n")
        seen = look(*given)
        above.write_text("")
        return seen

    with monkeypatch.context() as patch:
        patch.setattr(work_tree, "look", looking_meanwhile)
        found = following.look(work.find(), WorkTree())
    assert found
    assert new not in found.found.entries
    following.told |= {Path("tenants/acme/services/a.yaml")}
    assert following.look(work.find(), WorkTree()) == looking.look(work.find(), WorkTree())


def test_a_name_that_the_locale_writes_otherwise_is_not_sure(
    begin_again: Callable[[str], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = begin_again("work")
    repository, path = work.find(), Path("tenants/acme/services/\u00fc.yaml")
    seen = work_tree.look(repository, Report(), lambda _: None)
    assert relooking.again(repository, seen, [path])
    monkeypatch.setattr("sys.getfilesystemencoding", lambda: "iso8859-1")
    assert relooking.again(repository, seen, [path]) is None
    assert relooking.again(repository, seen, [path.with_name("a.yaml")])


def test_an_index_that_was_written_again_is_another(begin_again: Callable[[str], Work]) -> None:
    """By its time git knows which files it has to read, so the same bytes may mean something else."""
    work = begin_again("work")
    repository = work.find()
    ground, index = relooking.ground(repository), repository.folder / "index"
    assert ground is not None
    os.utime(index, ns=(0, index.stat().st_mtime_ns + 1))
    assert not relooking.is_same(repository, ground)
