"""A whole unit is a subject, and its policies see its alerts and receivers too."""

from tests.policy.judging import CHECKOUT, made, material
from varve.model.policy import Scope
from varve.policy.subject import subjects

SERVICE = "owner: payments\nalerts: {Stuck: {expr: depth > 1, severity: warning, summary: It is}}\n"


def test_a_unit_is_its_resolved_value() -> None:
    (found,) = made(Scope.UNIT, {CHECKOUT: SERVICE})
    assert (found.data["environment"], found.keys, found.name) == ("production", (), "unit")


def test_alerts_and_receivers_are_made_with_a_unit() -> None:
    found = subjects(material({CHECKOUT: SERVICE}), [Scope.UNIT])
    assert found.keys() == {Scope.UNIT, Scope.ALERT, Scope.RECEIVER}


def test_subjects_of_other_scopes_are_not_made() -> None:
    assert subjects(material({}), []) == {}


def test_a_service_has_its_id() -> None:
    (found,) = [each for each in made(Scope.SERVICE, {CHECKOUT: "owner: payments\n"}) if each.data["id"] == "checkout"]
    assert found.data == {"id": "checkout", "owner": "payments"}
    assert found.keys == ("services", "checkout")
