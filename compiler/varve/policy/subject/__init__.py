"""The subjects of policies: of a resolved unit, its artifacts and its sources, of a platform, and of a change."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from varve.model.policy import Scope
from varve.policy.subject import alert, artifact, dashboard, notify, unit
from varve.policy.subject.material import Material
from varve.policy.subject.subject import Subject

__all__ = ["SEEN_BY_UNIT", "Material", "Subject", "subjects"]

_MAKERS: Final[Mapping[Scope, Callable[[Material], Sequence[Subject]]]] = {
    Scope.SERVICE: unit.services,
    Scope.ROUTE: notify.routes,
    Scope.RECEIVER: notify.receivers,
    Scope.DASHBOARD: dashboard.subjects,
    Scope.ARTIFACT: artifact.subjects,
    Scope.ALERT: alert.subjects,
    Scope.UNIT: unit.subjects,
}
SEEN_BY_UNIT: Final = (Scope.ALERT, Scope.RECEIVER)
"""The scopes whose subjects are also variables of a policy of the scope `unit`."""


def subjects(material: Material, scopes: Collection[Scope]) -> Mapping[Scope, Sequence[Subject]]:
    """The subjects of a unit for each of these scopes that concerns units; those of other scopes are not made."""
    seen = {*scopes, *SEEN_BY_UNIT} if Scope.UNIT in scopes else scopes
    return {scope: make(material) for scope, make in _MAKERS.items() if scope in seen}
