"""The policies of a scope that are evaluated together, with cached results."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from varve.language import canonical
from varve.language.cel import expression, native, projection
from varve.language.cel.projection import Cut
from varve.language.cel.term import UNCERTAIN, Bindings
from varve.model.policy import Policy, Scope
from varve.model.source import Map, Value
from varve.policy.inputs import Inputs
from varve.policy.scope import PARAMETERS, VARIABLES

UNMATCHED: Final = 0
SOUND: Final = 1
WRONG: Final = 2
UNSURE: Final = 3
"""The result of a policy for a subject: it does not apply, holds or does not hold, or the CEL library must decide."""

Row: TypeAlias = bytes
"""The results for a subject, one byte for each policy, in their order."""

Evaluator: TypeAlias = Callable[[Bindings], int]
"""Evaluates a policy on the variables in Python; raises one of `UNCERTAIN` if the library must decide."""

_CACHE_SIZE: Final = 512
"""How many subjects' results are cached: a tenant's environments, compiled one after another, are much the same."""

_LONGEST: Final = 8192
"""The most bytes of the looked-at part of a subject for its results to be cached."""


class PolicyBatch(NamedTuple):
    """Policies of a scope, each as a function that evaluates it in Python, or None if only the library can.

    `cuts` reduce the shared variables to the parts that any of these looks at, and `subject_cut` the subject. `rows`
    caches results by these parts, on which alone they depend.
    """

    scope: Scope
    policies: tuple[Evaluator | None, ...]
    cuts: Mapping[str, Cut]
    subject_cut: Cut
    rows: dict[bytes, Row]


def policy_batch(policies: Sequence[Policy]) -> PolicyBatch:
    """One or more policies of a scope for evaluation together."""
    scope = policies[0].scope
    evaluators = [_evaluator(each) for each in policies]
    evaluable = (each for each, evaluator in zip(policies, evaluators, strict=True) if evaluator)
    texts = tuple(text for each in evaluable for text in (each.match, each.require) if text)
    cuts = dict(projection.cuts(texts, tuple(VARIABLES[scope])))
    cuts.pop(PARAMETERS, None)
    subject_cut = cuts.pop(scope.value, _nothing)
    return PolicyBatch(scope, tuple(evaluators), cuts, subject_cut, rows={})


def _evaluator(policy: Policy) -> Evaluator | None:
    """A function that evaluates a policy without the library; None for a policy that Python cannot evaluate."""
    if expression.excess(policy.parameters) or canonical.exact(policy.parameters) is None:
        return None
    texts = (policy.match or "true", policy.require)
    match, require = (native.condition(each, VARIABLES[policy.scope], policy.parameters) for each in texts)
    if match is None or require is None:
        return None
    if policy.match:
        return lambda bindings: (SOUND if require(bindings) else WRONG) if match(bindings) else UNMATCHED
    return lambda bindings: SOUND if require(bindings) else WRONG


def _nothing(_: Value) -> Value:
    return {}


def rows(batch: PolicyBatch, inputs: Inputs) -> list[Row]:
    """The results for each subject; for one that is too large, all are `UNSURE`."""
    shared: Map = {name: cut(inputs.shared[name]) for name, cut in batch.cuts.items()}
    prefix = canonical.exact(shared)
    unsure = bytes([UNSURE] * len(batch.policies))
    if prefix is None:
        return [unsure] * len(inputs.subjects)
    return [
        unsure if fault else _row(batch, shared, prefix, batch.subject_cut(subject)) or unsure
        for subject, fault in zip(inputs.subjects, inputs.excess, strict=True)
    ]


def _row(batch: PolicyBatch, shared: Map, prefix: bytes, subject: Value) -> Row | None:
    """The results for a reduced subject; None if it has a number that only the library can tell from others."""
    data = canonical.exact(subject)
    if data is None:
        return None
    key = prefix + data
    row = batch.rows.get(key)
    if row is None:
        row = _evaluated(batch, {**shared, batch.scope.value: subject})
        if len(key) <= _LONGEST:
            if len(batch.rows) >= _CACHE_SIZE:
                batch.rows.clear()
            batch.rows[key] = row
    return row


def _evaluated(batch: PolicyBatch, variables: Map) -> Row:
    bindings = native.bindings(variables)
    return bytes([_result(each, bindings) for each in batch.policies])


def _result(policy: Evaluator | None, bindings: Bindings) -> int:
    try:
        return policy(bindings) if policy else UNSURE
    except UNCERTAIN:
        return UNSURE
