"""What git is told of many paths is another as soon as any of it is, and nothing where more decides than that."""

from collections.abc import Callable

from tests.world.work import Work
from varve.world.snapshot import telling


def test_it_is_another_when_any_of_it_is(work: Work) -> None:
    repository = work.find()
    seen = [telling.told(repository)]
    work.git("config", "core.autocrlf", "true")
    seen.append(telling.told(repository))
    for path in (".gitignore", ".gitattributes", ".git/info/attributes"):
        work.write({path: "* text\n"})
        seen.append(telling.told(repository))
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_files_above_speak_as_far_as_the_top(begin: Callable[..., Work]) -> None:
    top = begin()
    top.commit({"ops/deep/varve.yaml": "a: 1\n"})
    repository = Work(top.top / "ops/deep").find()
    found = [path.relative_to(top.top).as_posix() for path in telling.above(repository)]
    folders = ("ops/deep/", "ops/", "")
    assert found == [f"{folder}{name}" for folder in folders for name in (".gitattributes", ".gitignore")]


def test_who_is_told_more_is_told_nothing_that_is_sure(work: Work) -> None:
    repository = work.find()
    work.git("config", "core.ignoreCase", "true")
    assert telling.told(repository) is None
    work.git("config", "core.ignoreCase", "false")
    assert telling.told(repository)
    (work.top / ".gitignore").mkdir()
    assert telling.told(repository) is None
