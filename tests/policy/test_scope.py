"""The variables of a scope are always complete."""

from typing import TYPE_CHECKING

import pytest

from varve.language.cel import expression
from varve.model.policy import Scope
from varve.policy.scope import DEFAULTS, VARIABLES, completed, with_defaults

if TYPE_CHECKING:
    from varve.model.source import Map


@pytest.mark.parametrize("scope", Scope, ids=lambda scope: scope.value)
def test_all_default_keys_can_be_used_without_a_test(scope: Scope) -> None:
    whole = completed(scope, {})
    assert whole.keys() == VARIABLES[scope].keys()
    given = expression.activation(VARIABLES[scope], whole)
    for key in DEFAULTS[scope]:
        made = expression.compiled(f"{scope.value}.{key} == {scope.value}.{key}", VARIABLES[scope])
        assert isinstance(made, expression.Expression)
        assert expression.is_true(made, given) is True


def test_given_values_override_defaults() -> None:
    alert = completed(Scope.ALERT, {"alert": {"name": "Down"}, "environment": "production"})["alert"]
    assert alert == {**DEFAULTS[Scope.ALERT], "name": "Down"}


def test_alerts_and_receivers_of_a_unit_are_complete_too() -> None:
    whole = completed(Scope.UNIT, {"alerts": [{"name": "Down"}], "receivers": [{"type": "slack"}]})
    assert whole["alerts"] == [{**DEFAULTS[Scope.ALERT], "name": "Down"}]
    assert whole["receivers"] == [{"id": "", "type": "slack"}]


def test_what_is_given_is_not_changed() -> None:
    given: Map = {"alert": {"name": "Down"}}
    completed(Scope.ALERT, given)
    assert given == {"alert": {"name": "Down"}}


@pytest.mark.parametrize("scope", Scope, ids=lambda scope: scope.value)
def test_a_subject_is_completed_as_all_variables_are(scope: Scope) -> None:
    assert with_defaults(scope, [{"id": "a"}]) == [completed(scope, {scope.value: {"id": "a"}})[scope.value]]
