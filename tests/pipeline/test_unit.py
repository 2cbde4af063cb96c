"""A unit's layers merge to one consistent value, or what is broken is reported."""

import pytest

from tests.emit.repository import CHECKOUT, repository
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline.opening import open_repository
from varve.pipeline.unit import resolve_unit, stack_unit

ACME = Unit("acme", "production")


def test_a_sound_unit_is_its_layers_merged() -> None:
    report = Report()
    opened = open_repository(repository({"tenants/acme/overlays/production.yaml": "labels: {stage: last}\n"}), report)
    assert opened is not None
    resolved = resolve_unit(opened, ACME, report)
    stack = stack_unit(opened, ACME, report)
    assert resolved is not None
    assert stack is not None
    assert resolved.value["labels"] == {"stage": "last"}
    assert [layer.file for layer in resolved.stack.layers] == [layer.file for layer in stack.layers]
    assert not list(report)


@pytest.mark.parametrize("text", ["[", "onwer: me\n", "$patch: nothing\n"])
def test_a_broken_unit_is_none_and_reported(text: str) -> None:
    report = Report()
    opened = open_repository(repository({CHECKOUT: text}), report)
    assert opened is not None
    assert resolve_unit(opened, ACME, report) is None
    assert report.broken
