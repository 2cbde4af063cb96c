"""A look at the reported paths alone finds the same as a complete one, whatever has changed; or there is none."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.defences.attack import Off, instead, switched_off, together
from tests.world.snapshot.acts import (
    ACTS,
    Act,
    begin,
    begin_inside,
    commit,
    edit,
    link,
    move,
    nest,
    prepare,
    rule,
    save,
    save_inside,
    stage,
    turn,
)
from tests.world.work import Work
from varve.api import looking
from varve.api.watch.following import Following
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.world.snapshot import git_config, partial_look, work_tree
from varve.world.snapshot.views import WorkTree

SEEDS: Final = range(3)
STEPS: Final = 25


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("template")
    prepare(top)
    return top


@pytest.fixture
def begin_again(template: Path, tmp_path: Path) -> Callable[[str], Work]:
    """Makes another copy of the template."""
    return lambda name: begin(template, tmp_path / name)


def _partial(work: Work, seed: int, acts: tuple[Act, ...] = ACTS) -> int:
    """How many looks used the previous one; asserts that each found the same as a complete look."""
    luck, following, partial = random.Random(seed), Following(), 0  # noqa: S311 - nothing is kept secret by it
    repository = work.find()
    for _ in range(STEPS):
        reported = [path for act in luck.choices(acts, k=luck.choice((1, 1, 2, 3))) for path in act(work, luck)]
        following.reported |= frozenset(map(Path, reported))
        found, whole = following.look(repository, WorkTree()), looking.look(repository, WorkTree())
        assert (found is None) == (whole is None)
        if found and whole:
            # Earlier looks may have left more contents in memory.
            held = found.found.held
            assert all(identify(data, repository.algorithm) == id_ for id_, data in held.items())
            assert found.found._replace(held=held | whole.found.held) == found.found
            assert found.found._replace(held=whole.found.held) == whole.found, f"Found after {reported}"
            assert (found.fingerprint, list(found.report)) == (whole.fingerprint, list(whole.report))
        partial += following.partial
    return partial


@pytest.mark.parametrize("seed", SEEDS)
def test_a_partial_look_finds_the_same_as_a_complete_one(seed: int, begin_again: Callable[[str], Work]) -> None:
    assert _partial(begin_again("work"), seed) > 3


def _always(*_: object) -> bool:
    return True


def _nothing(*_: object) -> list[str]:
    return []


def _same_ground(*_: object) -> partial_look.Ground:
    return partial_look.Ground((b"", 0), git_config.Configuration(b"", ()), ())


WRONG: Final[dict[str, tuple[Off, tuple[Act, ...]]]] = {
    "every reported path is taken for a file": (
        instead(partial_look, "_is_sure", _always),
        (save, move, turn, nest, rule),
    ),
    "a link is taken for a file": (instead(partial_look, "_is_plain", _always), (save, link, nest, rule)),
    "nothing above is looked at": (instead(partial_look, "_above", _nothing), (begin_inside, *(save_inside,) * 4)),
    "the index is not compared": (
        together(instead(partial_look, "ground", _same_ground), instead(partial_look, "is_same", _always)),
        (save, edit, stage, commit),
    ),
    "the files above are not compared": (instead(git_config, "configuring_files", _nothing), (save, rule)),
}
"""Wrong shortcuts, each with the changes that reveal it."""


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_shortcut_is_detected(wrong: str, begin_again: Callable[[str], Work]) -> None:
    off, acts = WRONG[wrong]

    def look_for_long() -> None:
        for seed in range(9):
            _partial(begin_again(f"wrong{seed}"), seed, acts)

    with switched_off(off), pytest.raises(AssertionError, match="Found"):
        look_for_long()


def test_a_repository_without_certainty_gets_complete_looks(
    begin_again: Callable[[str], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = begin_again("work")
    repository = work.find()
    sure = partial_look.ground(repository)
    assert sure is not None
    for key in ("attr.tree", "core.ignoreCase", "core.sparseCheckout"):
        work.git("config", key, "true")
        assert partial_look.ground(repository) is None
        work.git("config", "--unset", key)
        assert partial_look.ground(repository)
    (work.top.parent / ".gitignore").symlink_to("elsewhere")
    assert partial_look.ground(repository) is None
    (work.top.parent / ".gitignore").unlink()
    assert partial_look.ground(repository) == sure
    monkeypatch.setattr("sys.platform", "darwin")
    assert partial_look.ground(repository) is None


def test_a_file_in_the_place_of_the_artifacts_is_looked_at_as_one_of_them(begin_again: Callable[[str], Work]) -> None:
    work, following = begin_again("work"), Following()
    work.git("rm", "-r", "--quiet", "build")
    work.write({".gitignore": "build\n"})
    repository = work.find()
    assert following.look(repository, WorkTree())
    work.write({"build": "file\n"})
    following.reported |= {Path("build")}
    assert following.look(repository, WorkTree()) == looking.look(repository, WorkTree())
    assert following.partial


def test_a_linked_work_tree_has_the_attributes_of_its_clone(begin_again: Callable[[str], Work], tmp_path: Path) -> None:
    work = begin_again("work")
    work.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Work(tmp_path / "linked/ops").find()
    before = partial_look.ground(linked)
    assert before is not None
    (work.top.parent / ".git/info/attributes").write_text("* text\n")
    assert partial_look.ground(linked) not in {before, None}


def test_a_change_of_the_index_during_a_look_is_noticed(begin_again: Callable[[str], Work]) -> None:
    work = begin_again("work")
    repository = work.find()
    ground = partial_look.ground(repository)
    assert ground is not None
    assert partial_look.is_same(repository, ground)
    work.write({"varve.yaml": "a: 2\n"})
    assert partial_look.is_same(repository, ground)
    work.git("add", "--all")
    assert not partial_look.is_same(repository, ground)


def test_a_momentary_configuration_during_a_look_is_not_part_of_the_ground(
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
    following.reported |= {Path("tenants/acme/services/a.yaml")}
    assert following.look(work.find(), WorkTree()) == looking.look(work.find(), WorkTree())


def test_a_name_that_the_locale_encodes_differently_is_uncertain(
    begin_again: Callable[[str], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = begin_again("work")
    repository, path = work.find(), Path("tenants/acme/services/\u00fc.yaml")
    seen = work_tree.look(repository, Report(), lambda *_: None)
    assert partial_look.again(repository, seen, [path])
    monkeypatch.setattr("sys.getfilesystemencoding", lambda: "iso8859-1")
    assert partial_look.again(repository, seen, [path]) is None
    assert partial_look.again(repository, seen, [path.with_name("a.yaml")])


def test_a_rewritten_index_counts_as_changed(begin_again: Callable[[str], Work]) -> None:
    """git decides by the index's time which files to read, so the same bytes may mean something else."""
    work = begin_again("work")
    repository = work.find()
    ground, index = partial_look.ground(repository), repository.folder / "index"
    assert ground is not None
    os.utime(index, ns=(0, index.stat().st_mtime_ns + 1))
    assert not partial_look.is_same(repository, ground)
