"""Every text that hours are written with has a rule of its own, and says its way out."""

import pytest

from varve.check.shape.hours import SHAPES


def test_every_shape_has_a_rule_of_its_own() -> None:
    assert len({shape.rule.code for shape in SHAPES.values()}) == len(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_the_reason_is_the_way_out(name: str) -> None:
    reason = SHAPES[name].fault("no such thing")
    assert reason
    assert reason.startswith("write ")
