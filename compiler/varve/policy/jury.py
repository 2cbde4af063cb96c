"""The policies of a scope that are asked together: in one question all of them, about all subjects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from varve.language import canonical, cel, expression, look
from varve.language.cel import Joined, Kind
from varve.language.expression import LOOPS
from varve.language.fault import Fault
from varve.language.look import Cut
from varve.model.policy import Policy, Scope
from varve.model.source import Map, Value
from varve.policy.program import Asked, Program
from varve.policy.scope import SUBJECTS, VARIABLES

UNMATCHED: Final = 0
SOUND: Final = 1
WRONG: Final = 2
UNSURE: Final = 3
"""What is known of a subject and a policy: it is not about it, it is as required or is not, or each has to be asked."""

Row: TypeAlias = bytes
"""What is known of a subject, by the positions of the policies."""

MOST: Final = 24
"""How many policies are asked together: an expression may only be so long."""

_REMEMBERED: Final = 512
"""Of how many subjects the answers are remembered: a tenant's environments say much the same, one after another."""

_LONGEST: Final = 8192
"""How many bytes what is looked at of a subject may take to be remembered."""

_OWN: Final = "params"
_PARAMETERS: Final = tuple(f"{_OWN}{position}" for position in range(MOST))
"""The variables that hold the parameters of policies that are asked together: what nobody asks for is not converted."""


@dataclass(frozen=True, slots=True)
class Jury:
    """Some policies of a scope, and the expression that gives a row for each of many subjects; None where none does.

    `cuts` leave of the variables what any of the policies looks at, and `own` of what is asked about; `parameters` are
    those of each of them, by the variable that holds them. `rows` remembers what came of whom: they are the same for
    the same that is looked at.
    """

    scope: Scope
    programs: tuple[Program, ...]
    together: Joined | None
    cuts: Mapping[str, Cut]
    own: Cut
    parameters: Map
    rows: dict[bytes, Row] = field(default_factory=dict)
    apart: list["Jury"] = field(default_factory=list)


def sworn(programs: Sequence[Program]) -> tuple[Jury, ...]:
    """Policies of one scope as those who are asked together, in their order; the first of them remembers it."""
    key = tuple(each.policy.id for each in programs)
    known = programs[0].juries if programs else {}
    if key not in known:
        known[key] = tuple(_jury(programs[first : first + MOST]) for first in range(0, len(programs), MOST))
    return known[key]


def _jury(programs: Sequence[Program]) -> Jury:
    scope = programs[0].policy.scope
    settled = [_settled(each.policy) for each in programs]
    seen = [_seen(each, scope) for each in settled]
    every = tuple(text for texts in settled for text in texts)
    cuts = dict(look.cuts(every, tuple(VARIABLES[scope])))
    cuts.pop(_OWN, None)
    own = cuts.pop(scope.value, _nothing)
    parameters: Map = {
        name: cut(each.policy.parameters) for name, each, cut in zip(_PARAMETERS, programs, seen, strict=False) if cut
    }
    answers = (_answer(texts, name) for texts, name in zip(settled, _PARAMETERS, strict=False))
    text = f"{SUBJECTS}.map({scope.value}, [{', '.join(answers)}])"
    return Jury(scope, tuple(programs), cel.joined(text, _variables(scope)), cuts, own, parameters)


def _settled(policy: Policy) -> tuple[str, ...]:
    """What a policy matches, if it says so, and what it requires."""
    texts = (policy.match, policy.require) if policy.match else (policy.require,)
    return tuple(cel.settled(each, _variables(policy.scope), policy.parameters) for each in texts)


def _seen(texts: tuple[str, ...], scope: Scope) -> Cut | None:
    """What leaves of a policy's parameters what it looks at, if it looks at any."""
    return look.cuts(texts, tuple(VARIABLES[scope])).get(_OWN)


def _answer(texts: tuple[str, ...], parameters: str) -> str:
    """An expression for the number that a policy answers whose parameters a variable holds."""
    *match, require = (_asked(each, parameters) for each in texts)
    held = f"({require}\n) ? {SOUND} : {WRONG}"
    return f"!({match[0]}\n) ? {UNMATCHED} : {held}" if match else held


def _asked(text: str, mine: str) -> str:
    """A condition that finds the policy's own parameters beside those of others."""
    words = expression.tokens(text)
    named = {words[at + 2].text for at in expression.called(words, LOOPS) if at + 2 < len(words)}
    if named & {_OWN, mine, SUBJECTS}:
        return f"[{mine}].all({_OWN}, {text}\n)"
    for at in reversed(range(len(words))):
        if words[at].text == _OWN and (at == 0 or words[at - 1].text != "."):
            text = text[: words[at].start] + mine + text[words[at].start + len(_OWN) :]
    return text


def _nothing(_: Value) -> Value:
    return {}


def _variables(scope: Scope) -> Mapping[str, Kind]:
    return {**VARIABLES[scope], SUBJECTS: "maps", **dict.fromkeys(_PARAMETERS, "map")}


def rows(jury: Jury, asked: Asked) -> list[Row]:
    """What is known of each subject; of one that is too large only that it has to be asked about by itself."""
    shared: Map = {name: cut(asked.shared[name]) for name, cut in jury.cuts.items()}
    subjects = [None if fault else jury.own(each) for each, fault in zip(asked.subjects, asked.excess, strict=True)]
    before = canonical.compact(shared)
    keys = [_key(before, each) for each in subjects]
    known = {key: jury.rows.get(key) for key in keys if key}
    waiting = {key: each for key, each in zip(keys, subjects, strict=True) if key and known[key] is None}
    if waiting:
        found = dict(zip(waiting, _found(jury, shared, [*waiting.values()]), strict=True))
        _remember(jury, found)
        known |= found
    unsure = bytes([UNSURE] * len(jury.programs))
    return [(known[key] if key else None) or unsure for key in keys]


def _remember(jury: Jury, found: Mapping[bytes, Row]) -> None:
    kept = {key: row for key, row in found.items() if len(key) <= _LONGEST}
    if len(jury.rows) + len(kept) > _REMEMBERED:
        jury.rows.clear()
    jury.rows.update(kept)


def _key(before: bytes | None, subject: Value) -> bytes | None:
    """What tells a subject from all others that are answered otherwise; None of one that is asked about by itself."""
    data = None if subject is None or before is None else canonical.compact(subject)
    return None if data is None or before is None else before + data


def _found(jury: Jury, shared: Map, subjects: Sequence[Value]) -> Sequence[Row]:
    """The rows of subjects that are cut; where there is no answer for all policies, those of each policy are found."""
    found: Sequence[Row] | Fault = Fault("it nests too deeply to be asked of many")
    if jury.together:
        data = {**shared, **jury.parameters, SUBJECTS: [*subjects]}
        found = cel.answers(jury.together, data)
    if not isinstance(found, Fault):
        return found
    if len(jury.programs) == 1:
        return [bytes([UNSURE])] * len(subjects)
    return [b"".join(each) for each in zip(*_apart(jury, shared, subjects), strict=True)]


def _apart(jury: Jury, shared: Map, subjects: Sequence[Value]) -> Iterator[Sequence[Row]]:
    """What each of the policies says; they look at no more than all of them together."""
    if not jury.apart:
        jury.apart.extend(_jury([each]) for each in jury.programs)
    return (_found(each, shared, subjects) for each in jury.apart)
