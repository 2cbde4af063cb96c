"""A source belongs to the platform or a tenant, and is named by its path in its owner's folder."""

import pytest

from varve.model.diagnostic import Place
from varve.model.source import Document, Keys
from varve.policy.subject.source import owner, subject

PATHS: dict[str, tuple[str, Keys]] = {
    "varve.yaml": ("platform", ("varve",)),
    "environments/tiers/gold.yaml": ("platform", ("environments", "tiers", "gold")),
    "tenants/acme/tenant.yaml": ("acme", ("tenant",)),
    "tenants/acme/services/checkout.toml": ("acme", ("services", "checkout")),
    "tenants/stray.yaml": ("platform", ("tenants", "stray")),
}


@pytest.mark.parametrize(("path", "expected"), PATHS.items(), ids=PATHS)
def test_the_owner_follows_from_the_folder(path: str, expected: tuple[str, Keys]) -> None:
    found = subject(Document(path, {"a": 1}))
    assert (owner(path), found.keys) == expected
    assert found.data == {"path": path, "owner": expected[0], "value": {"a": 1}}
    assert found.written
    assert found.written.place == Place(path)


def test_a_source_that_could_not_be_read_has_an_empty_value() -> None:
    assert subject(Document("varve.yaml", None)).data["value"] == {}
