"""The input of the policies of a scope: subjects and shared variables, completed, and checked for their size."""

from collections.abc import Iterable
from typing import NamedTuple

from varve.language.cel import expression
from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.model.source import Map, Value
from varve.policy.scope import completed, with_defaults


class Shared(NamedTuple):
    """The variables of a scope without the subject, and why they are too large (`excess`), or None.

    Scopes that differ only in the subject's variable may share one value.
    """

    values: Map
    excess: Fault | None


class Inputs(NamedTuple):
    """The input of the policies of a scope: the shared variables, and the subjects, complete.

    `excess` has, for each subject, why it is too large to be judged, or None.
    """

    scope: Scope
    shared: Map
    subjects: tuple[Value, ...]
    excess: tuple[Fault | None, ...]


def shared(scope: Scope, data: Map) -> Shared:
    """The shared variables of a scope; `data` has its variables except `params` and the subject's."""
    values = completed(scope, data)
    del values[scope.value]
    return Shared(values, expression.excess(values))


def inputs_of(scope: Scope, data: Map, subjects: Iterable[Map]) -> Inputs:
    """The input of the policies of a scope, whose shared variables in `data` are used only here."""
    return inputs_with(scope, shared(scope, data), subjects)


def inputs_with(scope: Scope, shared: Shared, subjects: Iterable[Map]) -> Inputs:
    """The input of the policies of a scope; `subjects` are values of the variable named like the scope."""
    values = tuple(with_defaults(scope, subjects))
    return Inputs(
        scope, shared.values, values, tuple([shared.excess or expression.excess(subject) for subject in values])
    )
