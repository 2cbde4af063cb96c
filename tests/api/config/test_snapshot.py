"""A snapshot of configuration has the values of the manager it was taken from, as long as it is held."""

from pathlib import Path

import pytest

import varve
from varve.api.config.section import Section

PATH = "services.checkout.owner"


def test_a_snapshot_has_the_same_values_as_the_manager(two: Path) -> None:
    manager = varve.ConfigManager(two)
    taken = manager.snapshot()
    assert (taken.tenants(), taken.environments()) == (manager.tenants(), manager.environments())
    assert taken.get("acme", "production", PATH) == "payments"
    assert taken.unit("acme", "production") is manager.unit("acme", "production")
    assert taken.load("acme", "production") == manager.load("acme", "production")
    assert taken.get("acme", "production", "services.search", 1) == 1
    with pytest.raises(varve.ConfigError, match="there is no environment `moon`"):
        taken.unit("acme", "moon")


def test_a_path_is_looked_up_once_and_one_without_a_value_is_not_cached(repository: Path) -> None:
    taken = varve.ConfigManager(repository).snapshot()
    first = taken.get("acme", "production", "services.checkout")
    assert isinstance(first, Section)
    assert taken.get("acme", "production", "services.checkout") is first
    known = taken._found["acme", "production"]  # noqa: SLF001 - the cache has no public view
    assert set(known) == {"", "services.checkout"}
    for number in range(100):
        assert taken.get("acme", "production", f"services.checkout{number}") is None
    assert set(known) == {"", "services.checkout"}


def test_a_unit_that_was_never_sound_has_no_value_of_any_path(repository: Path) -> None:
    (repository / "tenants/acme/services/checkout.yaml").write_text("owner: [\n")
    taken = varve.ConfigManager(repository).snapshot()
    for _ in range(2):
        with pytest.raises(varve.ConfigError, match="read/syntax"):
            taken.get("acme", "production", PATH, "a default mends nothing")
