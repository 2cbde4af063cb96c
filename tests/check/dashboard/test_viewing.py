"""What each rule refuses stands in tests/bad/dashboards.toml; here is what none of them may refuse."""

import pytest

from tests.emit.grafana.drawing import FULL, isolated, raw
from tests.emit.repository import build, said


@pytest.mark.parametrize("isolation", ["logical", "partial", "strict"])
def test_a_unit_for_which_everything_is_said_is_sound(isolation: str) -> None:
    assert said(build(isolated(isolation))) == []


@pytest.mark.parametrize("isolation", ["partial", "strict"])
def test_where_there_is_no_grafana_none_needs_to_be_known(isolation: str) -> None:
    changed = {**isolated(isolation), "environments/production.yaml": "platform: {blackbox: {address: 'b:9115'}}\n"}
    assert said(build(changed)) == []


def test_a_title_of_ones_own_is_free() -> None:
    assert said(build(raw())) == []


def test_a_title_is_that_of_a_service_in_capitals_too() -> None:
    assert said(build(raw(title="acme / CHECKOUT"))) == [
        "check/repeated-title: `acme / CHECKOUT` is also the title of another dashboard"
    ]


def test_a_title_is_that_of_a_service_by_way_of_a_constant() -> None:
    constant = {"name": "A", "type": "constant", "value": "ACME"}
    assert said(build(raw(title="${A} / checkout", __inputs=[constant]))) == [
        "check/repeated-title: `ACME / checkout` is also the title of another dashboard"
    ]


def test_strict_tenants_in_organisations_of_their_own_are_sound() -> None:
    assert said(build(FULL)) == []
