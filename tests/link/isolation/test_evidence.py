"""The owner of a name or a file follows from names and paths alone."""

import pytest

from varve.link.isolation.evidence import File, is_own
from varve.model.source import Value


@pytest.mark.parametrize("name", ["bank/team", "acme-two/team", "acme", "", None, 7, ["acme/team"]], ids=str)
def test_a_name_that_does_not_begin_with_the_tenant_is_not_its_own(name: Value) -> None:
    assert not is_own(name, "acme")


def test_a_name_that_begins_with_the_tenant_is_its_own() -> None:
    assert is_own("acme/team", "acme")


def test_the_steps_of_a_path_begin_below_the_tenants_folder() -> None:
    file = File("build/dev/tenants/rules/rules/raw/node.yaml", "rules", strict=False, value=None)
    assert file.steps == ("rules", "raw", "node.yaml")
