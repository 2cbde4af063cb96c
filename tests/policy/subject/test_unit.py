"""A whole unit is a subject, and of it policies see its alerts and receivers too."""

from tests.policy.judging import CHECKOUT, made, material
from varve.model.policy import Scope
from varve.policy.subject import subjects

SERVICE = "owner: payments\nalerts: {Stuck: {expr: depth > 1, severity: warning, summary: It is}}\n"


def test_a_unit_is_what_its_layers_gave() -> None:
    (found,) = made(Scope.UNIT, {CHECKOUT: SERVICE})
    assert (found.data["environment"], found.keys, found.name) == ("production", (), "unit")


def test_its_alerts_and_receivers_are_put_together_with_it() -> None:
    found = subjects(material({CHECKOUT: SERVICE}), [Scope.UNIT])
    assert found.keys() == {Scope.UNIT, Scope.ALERT, Scope.RECEIVER}


def test_what_nobody_asks_about_is_not_put_together() -> None:
    assert subjects(material({}), []) == {}


def test_a_service_has_its_id() -> None:
    (found,) = [each for each in made(Scope.SERVICE, {CHECKOUT: "owner: payments\n"}) if each.data["id"] == "checkout"]
    assert found.data == {"id": "checkout", "owner": "payments"}
    assert found.keys == ("services", "checkout")
