"""git's configuration for many paths changes with each part, and is None if git's answers depend on more."""

from collections.abc import Callable

from tests.world.work import Work
from varve.world.snapshot import git_config


def test_the_configuration_changes_with_each_part(work: Work) -> None:
    repository = work.find()
    seen = [git_config.configuration(repository)]
    work.git("config", "core.autocrlf", "true")
    seen.append(git_config.configuration(repository))
    for path in (".gitignore", ".gitattributes", ".git/info/attributes"):
        work.write({path: "* text\n"})
        seen.append(git_config.configuration(repository))
    assert None not in seen
    assert len(set(seen)) == len(seen)


def test_git_files_above_count_up_to_the_top(begin: Callable[..., Work]) -> None:
    top = begin()
    top.commit({"ops/deep/varve.yaml": "a: 1\n"})
    repository = Work(top.top / "ops/deep").find()
    found = [path.relative_to(top.top).as_posix() for path in git_config.above(repository)]
    folders = ("ops/deep/", "ops/", "")
    assert found == [f"{folder}{name}" for folder in folders for name in (".gitattributes", ".gitignore")]


def test_there_is_no_configuration_if_answers_depend_on_more(work: Work) -> None:
    repository = work.find()
    work.git("config", "core.ignoreCase", "true")
    assert git_config.configuration(repository) is None
    work.git("config", "core.ignoreCase", "false")
    assert git_config.configuration(repository)
    (work.top / ".gitignore").mkdir()
    assert git_config.configuration(repository) is None
