"""What the policies of a scope are asked about, all of it at once: completed, and measured before it is asked."""

from collections.abc import Iterable
from typing import NamedTuple

from varve.language.cel import expression
from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.model.source import Map, Value
from varve.policy.scope import completed, with_defaults


class Shared(NamedTuple):
    """What subjects share: the variables of their scope but that of its own name, and why these are too much, or None.

    Some scopes have the same variables but for that one, and then subjects of all of these may share it.
    """

    values: Map
    excess: Fault | None


class Asked(NamedTuple):
    """What the policies of a scope are asked about: what all share, and each subject, complete and measured once.

    `excess` has, for each subject, why it is too large to be asked about, or None.
    """

    scope: Scope
    shared: Map
    subjects: tuple[Value, ...]
    excess: tuple[Fault | None, ...]


def shared(scope: Scope, data: Map) -> Shared:
    """What subjects of a scope share: `data` are its variables but `params` and that of its own name."""
    values = completed(scope, data)
    del values[scope.value]
    return Shared(values, expression.excess(values))


def asked(scope: Scope, data: Map, subjects: Iterable[Map]) -> Asked:
    """What the policies of a scope are asked about, of which nobody else shares anything."""
    return about(scope, shared(scope, data), subjects)


def about(scope: Scope, shared: Shared, subjects: Iterable[Map]) -> Asked:
    """What the policies of a scope are asked about: `subjects` are values of the variable of its own name."""
    each = tuple(with_defaults(scope, subjects))
    return Asked(scope, shared.values, each, tuple([shared.excess or expression.excess(subject) for subject in each]))
