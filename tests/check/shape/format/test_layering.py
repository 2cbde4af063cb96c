"""Layers stand inside the repository, and facts are of the tenant."""

from typing import Final

import pytest

from tests.check.shape.format.tried import Tried, bad, good, is_refused
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


def test_every_format_is_tried() -> None:
    assert TRIED.keys() == FORMATS.keys()


@pytest.mark.parametrize(("name", "text"), good(TRIED))
def test_a_good_text_has_no_fault(name: str, text: str) -> None:
    assert FORMATS[name].fault(text) is None


@pytest.mark.parametrize(("name", "text"), bad(TRIED))
def test_a_bad_text_has_a_fault_and_a_way_out(name: str, text: str) -> None:
    assert is_refused(FORMATS[name], text)
