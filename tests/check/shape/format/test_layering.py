"""Layers are inside the repository, and facts are the tenant's."""

from typing import Final

from tests.check.shape.format.tried import Tried, mistaken
from varve.check.shape.format.layering import FORMATS

TRIED: Final[Tried] = {
    "layer-path": (
        ["environments/defaults", "environments/tiers/%{tenant.tier}", "tenants/%{tenant.id}/services/*", "tenants"],
        [
            "",
            "defaults",
            "../a",
            "environments/a.yaml",
            "environments/%{x}",
            "environments//a",
            "environments/*/a",
            "/a",
        ],
    ),
    "layer-into": (["services", "services.%{file.stem}"], ["", "a.", "a..b", "a/b", "%{file.stem}.a", "A"]),
    "fact": (
        ["environment", "tenant.tier", "tenant.cost_center"],
        ["", "tier", "tenant.", "tenant.Tier", "tenant.a.b"],
    ),
}


def test_every_format_tells_good_texts_from_bad_ones() -> None:
    assert TRIED.keys() == FORMATS.keys()
    assert mistaken(FORMATS, TRIED) == []
