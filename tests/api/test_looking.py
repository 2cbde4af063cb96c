"""A look distinguishes the states of a repository before anything is read."""

from pathlib import Path

from varve.api.looking import look, view_of
from varve.model.diagnostic import Report
from varve.world.git import repository as world
from varve.world.snapshot.views import Commit, WorkTree


def test_a_view_has_one_fingerprint_until_something_is_changed(repository: Path) -> None:
    found = world.find(repository, Report())
    assert found is not None
    first, again = look(found, WorkTree()), look(found, WorkTree())
    (repository / "tenants/acme/services/new.yaml").write_text("{}\n")
    changed = look(found, WorkTree())
    assert first is not None
    assert again is not None
    assert changed is not None
    assert first.fingerprint == again.fingerprint != changed.fingerprint
    assert first.fingerprint is not None


def test_a_look_at_an_unknown_commit_finds_nothing(repository: Path) -> None:
    found = world.find(repository, Report())
    assert found is not None
    assert look(found, Commit("nowhere")) is None


def test_a_view_is_named_by_a_revision_or_is_the_work_tree() -> None:
    assert (view_of(None), view_of("HEAD")) == (WorkTree(), Commit("HEAD"))
