"""A look that uses what an earlier one has recorded finds the same as a look without memory, whatever has changed."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import pytest

from tests.defences.attack import Off, instead, switched_off, together
from tests.world.snapshot.acts import (
    ACTS,
    FOLDERS,
    Act,
    Reported,
    begin,
    begin_inside,
    commit,
    prepare,
    rule,
    save,
    save_inside,
    stage,
)
from tests.world.work import Work
from varve.api import looking
from varve.api.looking import Looked
from varve.world.cache import seal
from varve.world.disk import file
from varve.world.git import listing
from varve.world.git.command import Git, GitError
from varve.world.git.repository import Repository
from varve.world.snapshot import folders, git_config, record, untracked
from varve.world.snapshot.folders import Folders, State
from varve.world.snapshot.record import Ground, Index
from varve.world.snapshot.views import WorkTree

OLD: Final = ("st_mtime_ns", "st_mtime_ns")
inside: Final = folders._inside  # noqa: SLF001 - for one that leaves something out

TICK: Final = 20_000_000
"""How many nanoseconds apart two changes have different timestamps here; replaces `file.APART`."""
SEEDS: Final = range(2)
STEPS: Final = 20


def forge(work: Work, luck: random.Random) -> Reported:
    """Add a file to a folder, and then set back the times of the folder that can be set."""
    at = work.top / luck.choice(FOLDERS)
    if at.is_dir() and not at.is_symlink():
        was = at.stat()
        (at / luck.choice(("forged.yaml", "other.yaml"))).write_text("forged\n")
        os.utime(at, ns=(was.st_atime_ns, was.st_mtime_ns))
    return []


def replace_all(work: Work, luck: random.Random) -> Reported:
    """Replace a folder by a copy with the same names, or with one more."""
    at, away = work.top / luck.choice(FOLDERS), work.top.parent / "away"
    if at.is_dir() and not at.is_symlink():
        shutil.rmtree(away, ignore_errors=True)
        at.rename(away)
        shutil.copytree(away, at, symlinks=True)
        if luck.random() < 0.5:
            (at / "more.yaml").write_text("more\n")
    return []


def lead_away(work: Work, luck: random.Random) -> Reported:
    """Move a folder and replace it by a link to it; or undo that."""
    path = luck.choice(FOLDERS)
    at, away = work.top / path, work.top.parent / f"led-{path.replace('/', '-')}"
    if at.is_symlink() and away.is_dir():
        at.unlink()
        away.rename(at)
    elif at.is_dir() and not away.exists():
        at.rename(away)
        at.symlink_to(away)
    return []


def hide(work: Work, luck: random.Random) -> Reported:
    """Write varying `.gitignore` and `.gitattributes` files that git ignores as files."""
    at = work.top / luck.choice(("tenants/acme/services", "tenants/acme/deep/er", "environments"))
    if at.is_dir() and not at.is_symlink():
        (at / ".gitignore").write_text(luck.choice((".gitignore\nforged*\n", ".git*\nnew*\n", ".git*\n")))
        (at / ".gitattributes").write_text(luck.choice(("*.yaml text\n", "*.yaml -text\n")))
    return []


def speak_from_the_index(work: Work, luck: random.Random) -> Reported:
    """Put a `.gitattributes` into the index and remove it from the disk."""
    at = work.top.parent / ".gitattributes"
    at.write_text(luck.choice(("*.yaml text\n", "*.yaml -text\n")))
    work.git("add", "--force", str(at))
    at.unlink()
    return []


def skip(work: Work, luck: random.Random) -> Reported:
    """Mark a `.gitignore` to be skipped in the work tree, or unmark it; or create or remove it."""
    at = work.top / "tenants/acme/.gitignore"
    if at.is_symlink() or not at.parent.is_dir() or not work.git("ls-files", "--", str(at)):
        return []
    if luck.random() < 0.5:
        work.git("update-index", luck.choice(("--skip-worktree", "--no-skip-worktree")), "--", str(at))
    elif at.exists():
        at.unlink()
        (at.parent / "ignored.yaml").write_text("ignored\n")
    else:
        at.write_text("new*\n")
    return []


def empty(work: Work, luck: random.Random) -> Reported:
    """Make folders without files, which git does not list."""
    at = work.top / luck.choice(("tenants/acme/empty/er", "build/empty/er", "environments/empty"))
    if not at.exists() and not os.path.lexists(at.parent):
        at.mkdir(parents=True)
    return []


def fill(work: Work, luck: random.Random) -> Reported:
    """Add a file to one of those folders."""
    at = work.top / luck.choice(("tenants/acme/empty/er", "build/empty/er", "environments/empty"))
    if at.is_dir():
        (at / luck.choice(("new.yaml", "ignored.yaml"))).write_text("filled\n")
    return []


def restore(work: Work, luck: random.Random) -> Reported:
    """Move a folder with tracked files away, or back with a new `.gitattributes`."""
    at, away = work.top / "tenants/acme/deep", work.top.parent / "gone"
    if at.is_dir() and not at.is_symlink() and not away.exists():
        at.rename(away)
    elif away.is_dir() and not os.path.lexists(at) and at.parent.is_dir():
        (away / "er").mkdir(exist_ok=True)
        (away / "er/.gitattributes").write_text(luck.choice(("*.yaml text\n", "*.yaml -text\n")))
        away.rename(at)
    return []


def wait(_: Work, __: random.Random) -> Reported:
    """Wait until later changes get new timestamps."""
    time.sleep(2 * TICK / 10**9)
    return []


OURS: Final[tuple[Act, ...]] = (forge, replace_all, lead_away, hide, speak_from_the_index, skip, empty, fill, restore)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("template")
    prepare(top)
    return top


@pytest.fixture
def begin_again(template: Path, tmp_path: Path) -> Callable[[str], Work]:
    """Makes another copy of the template, with a cache."""

    def begin_cached(name: str) -> Work:
        work = begin(template, tmp_path / name)
        seal.find_or_create(work.top.parent / ".git")
        return work

    return begin_cached


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "APART", TICK)


def _look(repository: Repository) -> Looked | None:
    return looking.look(repository, WorkTree(), remembering=True)


def _forgetful(repository: Repository) -> Looked | None:
    """What a look without memory finds."""
    return looking.look(repository, WorkTree())


def _equal(work: Work, seed: int, acts: tuple[Act, ...] = (*ACTS, *OURS * 2)) -> int:
    """How many looks used an earlier one; asserts that each found the same as a look without memory."""
    luck, repository, taken = random.Random(seed), work.find(), 0  # noqa: S311 - nothing is kept secret by it
    same = untracked._same  # noqa: SLF001 - it knows whether there is anything to take

    def seeing(*known: Any) -> object:  # noqa: ANN401 - as it is given
        nonlocal taken
        found = same(*known)
        taken += found is not None
        return found

    with switched_off(instead(untracked, "_same", seeing)):
        for _ in range(STEPS):
            for act in luck.choices((*acts, *(wait,) * (len(acts) // 3)), k=luck.choice((0, 1, 1, 2, 3))):
                act(work, luck)
            found, whole = _look(repository), _forgetful(repository)
            assert (found and found.found) == (whole and whole.found), "Found"
            if found and whole:
                assert (found.fingerprint, list(found.report)) == (whole.fingerprint, list(whole.report)), "Found"
    return taken


@pytest.mark.parametrize("many", [0, 2000], ids=["looked at beside", "looked at here"])
def test_a_remembering_look_finds_the_same_as_one_without_memory(
    many: int, begin_again: Callable[[str], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untracked, "_MANY", many)
    assert sum(_equal(begin_again(f"work{seed}"), seed) for seed in SEEDS) > len(SEEDS) * 3


def _nothing(*_: object) -> list[str]:
    return []


def _never(*_: object) -> bool:
    return False


def _always(*_: object) -> bool:
    return True


def _filled(root: int, folder: bytes) -> object:
    """The same as `_inside`, without empty folders."""
    with file.inside(root, os.fsdecode(folder)) as here:
        return [each for each in inside(root, folder) if os.fsdecode(each[0]) in _full(here)]


def _full(here: int) -> set[str]:
    return {each for each in os.listdir(here) if not file.is_folder(here, each) or _names(here, each)}


def _names(here: int, name: str) -> list[str]:
    with file.inside(here, name) as folder:
        return file.names(folder)


def _one_ground(*_: object) -> Ground:
    return Ground("one", folders.UNKNOWN)


def _one_standing(*_: object) -> tuple[State, ...]:
    return (folders.UNKNOWN,)


class _Whatever(bytes):
    """Is equal to everything."""

    __slots__ = ()
    __hash__ = bytes.__hash__

    def __eq__(self, _: object) -> bool:
        return True


def _whatever(*_: object) -> bytes:
    return _Whatever()


def _itself(self: Any, path: str) -> bool:  # noqa: ANN401 - as it is given
    return path in self.tops


WRONG: Final[dict[str, tuple[Off, tuple[Act, ...]]]] = {
    "no folder changes": (instead(folders, "state_of", attrgetter(*["st_dev"] * 4)), (save, wait)),
    "a time can be set back": (instead(folders, "state_of", attrgetter("st_dev", "st_ino", *OLD)), (forge, wait)),
    "folders without files do not matter": (instead(folders, "_inside", _filled), (empty, fill, wait)),
    "what speaks to git is a file like others": (instead(folders, "configures_git", _never), (hide, save, wait)),
    "what speaks to git stands on the disk": (instead(untracked, "_has_all", _always), (skip, save, wait)),
    "nothing speaks above": (instead(git_config, "above", _nothing), (rule, speak_from_the_index, wait)),
    "git tracks the same": (instead(record, "ground", _one_ground), (save, stage, commit, wait)),
    "attributes come from what is known alone": (instead(untracked, "_changed_attributes", _whatever), (restore, wait)),
    "a folder stands for itself alone": (instead(untracked._Valid, "touches", _itself), (save, replace_all, wait)),  # noqa: SLF001
    "no other repository lies there": (
        together(instead(folders, "_GITS", "no"), instead(record, "_LINKED", "")),
        (begin_inside, *(save_inside,) * 4, wait),
    ),
}
"""Wrong shortcuts, each with the changes that reveal it."""


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_shortcut_is_detected(wrong: str, begin_again: Callable[[str], Work]) -> None:
    off, acts = WRONG[wrong]

    def look_for_long() -> None:
        for seed in range(6):
            _equal(begin_again(f"wrong{seed}"), seed, acts)

    with switched_off(off), pytest.raises(AssertionError, match="Found"):
        look_for_long()


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands with which git was asked for untracked files."""
    questions: list[tuple[str, ...]] = []
    meanwhile = Git.meanwhile

    def listening(git: Git, *some: tuple[str, ...], given: bytes = b"") -> object:
        questions.extend(each for each in some if "--others" in each)
        return meanwhile(git, *some, given=given)

    monkeypatch.setattr(Git, "meanwhile", listening)
    return questions


def _settle() -> None:
    time.sleep(3 * TICK / 10**9)


def test_git_is_asked_about_the_folders_that_changed(
    begin_again: Callable[[str], Work], commands: list[tuple[str, ...]]
) -> None:
    work = begin_again("work")
    repository = work.find()
    _settle()
    for _ in range(2):
        _look(repository)
        assert commands == [*listing.NEW]
        commands.clear()
    _look(repository)
    assert commands == []
    work.write({"tenants/acme/services/new.yaml": "new\n", "build/dev/new.yaml": "new\n"})
    _look(repository)
    assert [each[each.index("--") + 1 :] for each in commands] == [("tenants/acme/services",), ("build/dev",)]
    _settle()
    _look(repository)
    commands.clear()
    assert _look(repository) == _forgetful(repository)
    assert commands == [*listing.NEW]


def test_a_run_that_has_to_compile_does_not_record_a_few_folders(
    begin_again: Callable[[str], Work], commands: list[tuple[str, ...]]
) -> None:
    work = begin_again("work")
    repository = work.find()
    _settle()
    _look(repository)
    _look(repository)
    known = record.recall(repository)
    work.write({"tenants/acme/tenant.yaml": "changed: 1\n", "build/dev/new.yaml": "new\n"})
    _settle()
    for _ in range(2):
        commands.clear()
        assert _look(repository) == _forgetful(repository)
        assert commands[0][-1] == "build/dev"
        assert record.recall(repository) == known
    work.git("checkout", "--quiet", "--", "tenants/acme/tenant.yaml")
    _settle()
    _look(repository)
    assert record.recall(repository) != known
    commands.clear()
    _look(repository)
    assert commands == []


def test_a_run_that_has_to_compile_records_many_folders(
    begin_again: Callable[[str], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(untracked, "_FEW", 1)
    work = begin_again("work")
    repository = work.find()
    _settle()
    _look(repository)
    _look(repository)
    known = record.recall(repository)
    work.write({"tenants/acme/tenant.yaml": "changed: 1\n", "build/dev/new.yaml": "new\n", "tenants/acme/new": ""})
    _look(repository)
    assert record.recall(repository) != known


BESIDE: Final = """
import os, sys, time
from pathlib import Path
from varve.api import looking
from varve.model.diagnostic import Report
from varve.world.disk import file
from varve.world.git.repository import find
from varve.world.machine import forked
from varve.world.snapshot import untracked
from varve.world.snapshot.views import WorkTree

file.APART = 20_000_000
forked.processors = lambda: 2
untracked._MANY = int(sys.argv[1])
began, fork = [], os.fork
os.fork = lambda: began.append(1) or fork()
repository = find(Path.cwd(), Report())
for _ in range(3):
    time.sleep(0.1)
    looking.look(repository, WorkTree(), remembering=True)
Path("tenants/acme/services/new.yaml").write_text("new")
found, whole = (looking.look(repository, WorkTree(), remembering=each) for each in (True, False))
print(found == whole, "tenants/acme/services/new.yaml" in found.found.entries, len(began))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is made of another one")
@pytest.mark.parametrize(("many", "others"), [(0, 3), (2000, 0)])
def test_the_states_of_many_folders_are_read_by_another_process(
    many: int, others: int, begin_again: Callable[[str], Work]
) -> None:
    """The first look knows no folders, so it starts no process."""
    commands = [sys.executable, "-c", BESIDE, str(many)]
    done = subprocess.run(commands, cwd=begin_again("work").top, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"True True {others}\n", "")


def test_git_is_asked_about_everything_if_many_folders_changed(
    begin_again: Callable[[str], Work], commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = begin_again("work")
    repository = work.find()
    _settle()
    _look(repository)
    _look(repository)
    monkeypatch.setattr(untracked, "_MOST", 1)
    work.write({"tenants/acme/services/new.yaml": "new\n", "build/dev/new.yaml": "new\n"})
    commands.clear()
    _look(repository)
    assert commands == [*listing.NEW]


def test_a_clone_without_a_cache_records_nothing(begin_again: Callable[[str], Work]) -> None:
    work = begin_again("work")
    repository = work.find()
    (repository.folder / "varve/cache-key").unlink()
    _look(repository)
    assert list((repository.folder / "varve").iterdir()) == []


def _while_git_looks(work: Work) -> Looked | None:
    """A look during which a file is created in a folder that git has already listed but varve has not."""
    renewed = folders.updated

    def slowly(*known: Any) -> object:  # noqa: ANN401 - as it is given
        time.sleep(0.3)
        work.write({"tenants/acme/services/late.yaml": "late\n"})
        return renewed(*known)

    with switched_off(instead(folders, "updated", slowly)):
        return _look(work.find())


def test_a_file_added_while_git_looks_is_found_by_the_next_look(begin_again: Callable[[str], Work]) -> None:
    work = begin_again("work")
    _look(work.find())
    assert _while_git_looks(work)
    assert _look(work.find()) == _forgetful(work.find())


def test_a_file_added_while_git_looks_would_be_missed_if_new_times_were_trusted(
    begin_again: Callable[[str], Work],
) -> None:
    work = begin_again("work")
    _look(work.find())
    with switched_off(instead(Folders, "settled", lambda known, _: known)):
        assert _while_git_looks(work)
    assert _look(work.find()) != _forgetful(work.find())


def _during(change: Callable[[], object], back: Callable[[], object], work: Work) -> None:
    """A look on a ground without records, during which the ground is changed and restored.

    No folder changes during it, so all of their states are trusted.
    """
    asking = untracked._everything  # noqa: SLF001 - what git is asked on the other ground

    @contextmanager
    def changing(git: Git, index: Index) -> Iterator[object]:
        change()
        with asking(git, index) as found:
            yield found
            back()

    with switched_off(instead(untracked, "_everything", changing)):
        _look(work.find())


def _stage_for_a_moment(work: Work) -> None:
    new = "tenants/acme/services/new.yaml"
    _during(lambda: work.git("add", new), lambda: work.git("reset", "--quiet", new), work)


def _ignore_for_a_moment(work: Work) -> None:
    at = work.top / ".gitignore"
    _during(lambda: at.write_text("new*\n"), at.unlink, work)


MOMENTS: Final[dict[str, Callable[[Work], None]]] = {
    "a file is staged": _stage_for_a_moment,
    "a file is ignored": _ignore_for_a_moment,
}


def _after(moment: str, work: Work) -> tuple[Looked | None, Looked | None]:
    """What the next look finds, and what it should find."""
    work.write({"tenants/acme/services/new.yaml": "new\n"})
    _settle()
    _look(work.find())
    MOMENTS[moment](work)
    _settle()
    return _look(work.find()), _forgetful(work.find())


@pytest.mark.parametrize("moment", MOMENTS)
def test_answers_on_another_ground_are_not_recorded(moment: str, begin_again: Callable[[str], Work]) -> None:
    found, whole = _after(moment, begin_again("work"))
    assert found
    assert found == whole


@pytest.mark.parametrize("moment", MOMENTS)
def test_answers_on_another_ground_would_be_recorded_if_it_were_checked_only_once(
    moment: str, begin_again: Callable[[str], Work]
) -> None:
    work = begin_again("work")
    with switched_off(instead(record, "ground_states", _one_standing)):
        found, whole = _after(moment, work)
    assert found != whole


def test_git_is_given_the_bytes_of_a_path_whatever_the_locale_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsdecode", lambda path: path.decode("latin-1"))
    (question,) = untracked._narrowed(("tenants/\u00fc",))  # noqa: SLF001 - how it is asked
    assert question[-1].encode("latin-1") == "tenants/\u00fc".encode()


def test_git_is_asked_about_everything_if_it_fails_for_a_part(begin_again: Callable[[str], Work]) -> None:
    """Unreadable files are reported as by a look without memory."""
    work = begin_again("work")
    repository = work.find()
    _settle()
    _look(repository)
    _look(repository)
    work.write({"tenants/acme/services/new.yaml": "new\n"})

    def refusing(*_: object) -> list[bytes]:
        raise GitError("it was killed")

    again = untracked._look_again  # noqa: SLF001 - what it is given
    with switched_off(
        instead(
            untracked,
            "_look_again",
            lambda look, index, valid, _, attributes: again(look, index, valid, refusing, attributes),
        )
    ):
        found = _look(repository)
    assert found == _forgetful(repository)
    assert found
    assert "tenants/acme/services/new.yaml" in found.found.entries
