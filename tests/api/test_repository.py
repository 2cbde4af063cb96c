"""A repository is opened from any folder in it, and looks at its files whenever it is asked."""

from pathlib import Path

import pytest

import varve


def test_it_is_found_around_any_path(repository: Path) -> None:
    assert varve.open(repository).root == repository
    assert varve.open(repository / "tenants/acme").root == repository
    assert varve.open(str(repository)).root == repository


def test_without_a_repository_there_is_an_exception_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(varve.ConfigError, match=r"there is no `varve\.yaml`") as error:
        varve.open(tmp_path)
    assert [each.rule.code for each in error.value.diagnostics] == ["world/no-settings"]


def test_every_call_looks_at_the_files_anew(repository: Path) -> None:
    unit = varve.open(repository).unit("acme", "production")
    assert (unit.resolve().value or {})["timezone"] == "UTC"
    path = repository / "environments/defaults.yaml"
    path.write_text(path.read_text().replace("UTC", "Europe/Paris"))
    assert (unit.resolve().value or {})["timezone"] == "Europe/Paris"
    assert (unit.resolve("HEAD").value or {})["timezone"] == "UTC"
    assert unit.explain("timezone").value == "Europe/Paris"
    assert unit.explain("timezone", "HEAD").value == "UTC"


def test_a_path_that_is_none_is_an_error_of_the_caller(repository: Path) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        varve.open(repository).unit("acme", "production").explain("services..checkout")


def test_a_commit_and_what_is_staged_are_not_judged_at_once(repository: Path) -> None:
    with pytest.raises(ValueError, match="different files"):
        varve.open(repository).check("HEAD", staged=True)


@pytest.mark.parametrize("jobs", [0, -1])
def test_work_needs_a_process(repository: Path, jobs: int) -> None:
    with pytest.raises(ValueError, match="at least one process"):
        varve.open(repository).by(varve.Effort(jobs=jobs))
