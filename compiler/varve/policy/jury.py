"""The policies of a scope that are asked together: what each of them says of a subject is found out once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from varve.language import canonical
from varve.language.cel import expression, outright, projection
from varve.language.cel.projection import Cut
from varve.language.cel.term import UNCERTAIN, Bindings
from varve.model.policy import Policy, Scope
from varve.model.source import Map, Value
from varve.policy.asked import Asked
from varve.policy.scope import PARAMETERS, VARIABLES

UNMATCHED: Final = 0
SOUND: Final = 1
WRONG: Final = 2
UNSURE: Final = 3
"""What is known of a subject and a policy: it is not about it, it is as required or is not, or CEL has to be asked."""

Row: TypeAlias = bytes
"""What is known of a subject, by the positions of the policies."""

Outright: TypeAlias = Callable[[Bindings], int]
"""Gives what a policy says of the variables; it raises one of `UNCERTAIN` where the library has to be asked."""

_REMEMBERED: Final = 512
"""Of how many subjects the answers are remembered: a tenant's environments say much the same, one after another."""

_LONGEST: Final = 8192
"""How many bytes what is looked at of a subject may take to be remembered."""


@dataclass(frozen=True, slots=True)
class Jury:
    """Some policies of a scope, and what each of them says outright; None of one that only the library can say.

    `cuts` leave of the variables what any of these looks at, and `own` of what is asked about. `rows` remembers what
    came of whom: they are the same for the same that is looked at.
    """

    scope: Scope
    policies: tuple[Outright | None, ...]
    cuts: Mapping[str, Cut]
    own: Cut
    rows: dict[bytes, Row] = field(default_factory=dict)


def jury(policies: Sequence[Policy]) -> Jury:
    """One or more policies of a scope as those who are asked together."""
    scope = policies[0].scope
    found = [_outright(each) for each in policies]
    asked = (each for each, said in zip(policies, found, strict=True) if said)
    texts = tuple(text for each in asked for text in (each.match, each.require) if text)
    cuts = dict(projection.cuts(texts, tuple(VARIABLES[scope])))
    cuts.pop(PARAMETERS, None)
    own = cuts.pop(scope.value, _nothing)
    return Jury(scope, tuple(found), cuts, own)


def _outright(policy: Policy) -> Outright | None:
    """What a policy says of one subject without the library; None of one that is unusual."""
    if expression.excess(policy.parameters) or canonical.exact(policy.parameters) is None:
        return None
    texts = (policy.match or "true", policy.require)
    match, require = (outright.condition(each, VARIABLES[policy.scope], policy.parameters) for each in texts)
    if match is None or require is None:
        return None
    if policy.match:
        return lambda bindings: (SOUND if require(bindings) else WRONG) if match(bindings) else UNMATCHED
    return lambda bindings: SOUND if require(bindings) else WRONG


def _nothing(_: Value) -> Value:
    return {}


def rows(jury: Jury, asked: Asked) -> list[Row]:
    """What is known of each subject; of one that is too large only that it has to be asked about by itself."""
    shared: Map = {name: cut(asked.shared[name]) for name, cut in jury.cuts.items()}
    before = canonical.exact(shared)
    unsure = bytes([UNSURE] * len(jury.policies))
    if before is None:
        return [unsure] * len(asked.subjects)
    return [
        unsure if fault else _row(jury, shared, before, jury.own(subject)) or unsure
        for subject, fault in zip(asked.subjects, asked.excess, strict=True)
    ]


def _row(jury: Jury, shared: Map, before: bytes, subject: Value) -> Row | None:
    """What is known of a subject that is cut; None of one with a number that only the library can tell from others."""
    data = canonical.exact(subject)
    if data is None:
        return None
    key = before + data
    known = jury.rows.get(key)
    if known is None:
        known = _found(jury, {**shared, jury.scope.value: subject})
        if len(key) <= _LONGEST:
            if len(jury.rows) >= _REMEMBERED:
                jury.rows.clear()
            jury.rows[key] = known
    return known


def _found(jury: Jury, variables: Map) -> Row:
    bindings = outright.bindings(variables)
    return bytes([_said(each, bindings) for each in jury.policies])


def _said(policy: Outright | None, bindings: Bindings) -> int:
    try:
        return policy(bindings) if policy else UNSURE
    except UNCERTAIN:
        return UNSURE
