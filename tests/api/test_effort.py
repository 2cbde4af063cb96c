"""The effort does not change the result, and the cache is used as requested."""

import shutil
from pathlib import Path

import pytest

import varve
from tests.workbench import files, shell
from varve import Effort, pipeline
from varve.world.history import revision
from varve.world.snapshot import views

SERVICE = "tenants/acme/services/search.yaml"


@pytest.fixture(autouse=True)
def _forgotten(repository: Path) -> None:
    """Remove every cached verdict of the repository."""
    shutil.rmtree(repository / ".varve/cache")


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many units each compile had to compile."""
    done: list[int] = []
    known = pipeline.compile

    def compile_(*given: object, **named: object) -> object:
        build = known(*given, **named)  # type: ignore[arg-type]
        done.append(sum(each.name.startswith("unit ") for each in build.learnt))
        return build

    monkeypatch.setattr(pipeline, "compile", compile_)
    return done


def _change(repository: Path) -> None:
    (repository / SERVICE).write_text("scrape: {app: {targets: ['search:9090']}}\n")


def test_an_unchanged_unit_is_not_compiled_again(repository: Path, compiled: list[int]) -> None:
    opened = varve.open(repository)
    first, second, third = opened.build(), opened.build(), opened.build()
    assert compiled == [2]
    assert first == second == third
    assert opened.check() == opened.check()
    assert compiled == [2, 0]


def test_a_changed_unit_is_compiled_again(repository: Path, compiled: list[int]) -> None:
    opened = varve.open(repository)
    opened.build()
    _change(repository)
    built = opened.build()
    assert (len(built.written) > 0, compiled) == (True, [2, 2])
    assert opened.check().sound


def test_without_the_cache_everything_is_compiled_each_time(repository: Path, compiled: list[int]) -> None:
    opened = varve.open(repository).by(Effort(cached=False))
    opened.build()
    opened.build()
    assert compiled == [2, 2]
    assert not (repository / ".varve/cache").exists()


def test_several_processes_build_the_same(two: Path) -> None:
    for number in range(12):
        folder = two / f"tenants/t{number}"
        folder.mkdir()
        text = (two / "tenants/acme/tenant.yaml").read_text().replace("ACME", f"T{number}")
        (folder / "tenant.yaml").write_text(text)
    assert varve.open(two).by(Effort(jobs=2, cached=False)).build().sound
    built = files(two / "build")
    code, output = shell("git stash -qu && git stash apply -q && rm -r build", two)
    assert code == 0, output
    assert varve.open(two).by(Effort(cached=False)).build().sound
    assert files(two / "build") == built


def test_since_a_commit_only_what_changed_is_looked_at(two: Path) -> None:
    _change(two)
    opened = varve.open(two).by(Effort(cached=False, since="HEAD"))
    built = opened.build()
    assert (built.trusted, built.sound, {path.split("/")[3] for path in built.written} >= {"acme"}) == (0, True, True)
    checked = opened.check(today=None)
    assert checked.sound


def test_an_unknown_trusted_commit_is_reported_even_if_nothing_has_changed(repository: Path) -> None:
    opened = varve.open(repository)
    assert opened.check().sound
    assert opened.check().sound
    for result in (opened.by(Effort(since="nowhere")).check(), opened.by(Effort(since="nowhere")).build()):
        assert [each.rule.code for each in result.diagnostics] == ["world/unknown-revision"]
        assert result.units == ()


def test_an_ambiguous_name_of_a_trusted_commit_is_refused(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = "git checkout -qb change && echo '- nonsense' >> tenants/umbra/tenant.yaml && git commit -qam Change"
    code, output = shell(f"{change} && git tag main", two)
    assert code == 0, output

    def codes(since: str) -> set[str]:
        checked = varve.open(two).by(Effort(cached=False, since=since)).check()
        return {each.rule.code for each in checked.diagnostics}

    assert codes("main") == {"world/ambiguous-revision"}
    assert codes("refs/heads/main") == {"read/syntax"}
    monkeypatch.setattr(revision, "trusted", views.resolve)
    assert codes("main") == set()


def test_a_problem_of_the_cache_is_reported_as_long_as_it_lasts(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def codes() -> list[list[str]]:
        opened = varve.open(repository)
        return [[each.rule.code for each in result.diagnostics] for result in (opened.check(), opened.build())]

    assert codes() == [[], []]
    monkeypatch.setenv("VARVE_CACHE_SIZE", "many")
    assert codes() == [["world/cache-setting"]] * 2
    (repository / "tenants/acme/users").mkdir(exist_ok=True)
    (repository / "tenants/acme/users/bob.yaml").write_text("name: Bob\nemail: bob@acme.example\n")
    assert codes()[1] == ["world/cache-setting"]
    assert codes() == [["world/cache-setting"]] * 2
    monkeypatch.delenv("VARVE_CACHE_SIZE")
    assert codes() == [[], []]
