"""References: `%{path}` stands for another value of the same unit, after the merge."""

import marshal
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from varve.language import name
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.resolve import pattern
from varve.resolve.history import origin
from varve.resolve.merge import is_set, kind, value_at
from varve.resolve.pattern import REFERENCE

UNKNOWN_REFERENCE = Rule(
    "resolve/unknown-reference",
    "A reference to something that does not exist",
    "`%{path.to.value}` stands for another value of the same tenant in the same environment, after all layers are "
    "merged. There is nothing at this path. A literal `%{` is written `%%{`.",
)
OPEN_REFERENCE = Rule(
    "resolve/open-reference",
    "A reference is not closed",
    "`%{` and a letter begin a reference, and `}` ends it. Without the brace the whole rest of the text would appear "
    "in artifacts unchanged. Close the reference; a literal `%{` is written `%%{`.",
)
CIRCULAR_REFERENCE = Rule(
    "resolve/circular-reference",
    "References form a circle",
    "Each of these values needs the next one, and the last needs the first. Write one of them out.",
)
MAP_IN_TEXT = Rule(
    "resolve/map-in-text",
    "A reference to a map, a list or a secret inside a text",
    "Inside a longer text a reference stands for a text, a number or a boolean. A map, a list or a secret can only be "
    "referred to by a string that is nothing but the reference.",
)
UNKNOWN_VARIABLE = Rule(
    "resolve/unknown-variable",
    "An environment variable is not listed in `varve.yaml`",
    "`%{env:NAME}` may only use the variables under `inputs.env` in `varve.yaml`, because their values are part of "
    "what is built. Add the variable there, with the value that a committed build uses.",
)

EXPANSION = Rule(
    "resolve/reference-expansion",
    "References expand to too much",
    "A reference may stand for a map or a text with references in it, so each step can double the size of the one "
    "before. Together the references of a tenant in one environment may expand to a million values and characters, "
    "and none may go through more than 100 values. Refer to less, or write one of the values out.",
)

_MISSING: Final = object()
_MOST: Final = 1_000_000
_SPENT: Final = -1
_DEEPEST: Final = 100


@dataclass(slots=True)
class _Resolving:
    """The unit whose references are being resolved, and what has been resolved so far.

    `open` are the paths of the references being followed. `left` is how many more values and characters references may
    expand to, negative once exceeded; `depth` is the current nesting of values.
    """

    value: Map
    stack: Stack
    variables: Mapping[str, str]
    report: Report
    done: dict[Keys, Value] = field(default_factory=dict)
    open: list[Keys] = field(default_factory=list)
    left: int = _MOST
    depth: int = 0

    def diagnose(self, rule: Rule, message: str, keys: Keys, *notes: Note, hint: str) -> None:
        self.report.add(rule, message, self.place(keys), *notes, hint=hint)

    def place(self, keys: Keys) -> Place:
        return origin(self.stack, keys)[0]


def resolve(value: Map, stack: Stack, variables: Mapping[str, str], report: Report) -> Map:
    """`value` with every reference replaced by the value that it refers to.

    Reports all references that lead nowhere or in a circle, together; such a reference is left as it is written.
    """
    return _map(value, (), _Resolving(value, stack, variables, report))


def _resolve(value: Value, at: Keys, resolving: _Resolving) -> Value:
    resolving.depth += 1
    try:
        if isinstance(value, str):
            return _text(value, at, resolving) if "%{" in value else value
        if isinstance(value, dict):
            return _map(value, at, resolving)
        return _list(value, at, resolving) if isinstance(value, list) else value
    finally:
        resolving.depth -= 1


def _may_refer(value: Value) -> bool:
    """Whether `value` may contain a reference, itself or anywhere inside."""
    if value.__class__ is dict or value.__class__ is list:
        return b"%{" in marshal.dumps(value)
    return isinstance(value, str) and "%{" in value


# The two loops below visit every value of every unit: they descend only where there is a reference, and copy only what
# changes.


def _map(value: Map, at: Keys, resolving: _Resolving) -> Map:
    found = value
    for key, each in value.items():
        if _may_refer(each):
            resolved = _resolve(each, (*at, key), resolving)
            if resolved is not each:
                found = {**value} if found is value else found
                found[key] = resolved
    return found


def _list(value: list[Value], at: Keys, resolving: _Resolving) -> list[Value]:
    found = value
    for index, each in enumerate(value):
        if _may_refer(each):
            resolved = _resolve(each, (*at, index), resolving)
            if resolved is not each:
                found = [*value] if found is value else found
                found[index] = resolved
    return found


def _text(text: str, at: Keys, resolving: _Resolving) -> Value:
    whole = REFERENCE.fullmatch(text)
    if whole and whole[2]:
        found = _found(whole[1], at, resolving)
        return text if found is _MISSING else found  # type: ignore[return-value]
    return "".join(_parts(text, at, resolving))


def _parts(text: str, at: Keys, resolving: _Resolving) -> Iterator[str]:
    end = 0
    for found in REFERENCE.finditer(text):
        yield text[end : found.start()]
        end = found.end()
        yield _part(found, at, resolving)
    yield text[end:]


def _part(found: re.Match[str], at: Keys, resolving: _Resolving) -> str:
    """The text for one reference inside a text; a reference that cannot be resolved is left as it is written."""
    if found[1] is None:
        return "%{"
    if not found[2]:
        hint = "close it with `}`, or write `%%{` for a literal `%{`"
        resolving.diagnose(OPEN_REFERENCE, f"`{found[0].split()[0]}` is not closed", at, hint=hint)
        return found[0]
    value = _found(found[1], at, resolving)
    if isinstance(value, (dict, list)):
        resolving.diagnose(
            MAP_IN_TEXT,
            f"`%{{{found[1]}}}` is a {kind(value)}, which is not allowed inside a text",
            at,
            Note("it is set here", resolving.place(name.keys(found[1]) or ())),
            hint="refer to a text, a number or a boolean",
        )
        value = _MISSING
    return found[0] if value is _MISSING else plain(value)


def plain(value: object) -> str:
    """A scalar as it reads inside a text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
    return str(value)


def _found(written: str, at: Keys, resolving: _Resolving) -> object:
    """The value that a reference refers to, or `_MISSING` if it cannot be resolved, which is reported."""
    found = _referenced(written, at, resolving) if resolving.left >= 0 else _MISSING
    return found if found is _MISSING else _within_limits(written, found, at, resolving)  # type: ignore[arg-type]


def _referenced(written: str, at: Keys, resolving: _Resolving) -> object:
    if written.startswith("env:"):
        return _variable(written.removeprefix("env:"), at, resolving)
    keys = pattern.keys(written)
    if keys is None or not is_set(resolving.value, keys):
        _report_unknown(written, keys, at, resolving)
        return _MISSING
    if keys in resolving.done:
        return resolving.done[keys]
    waiting = [*resolving.open, at]
    start = next((index for index, each in enumerate(waiting) if each[: len(keys)] == keys), None)
    if start is not None:
        ring = " -> ".join(name.dotted(each) for each in (*waiting[start:], keys))
        notes = (Note(f"`{name.dotted(each)}` needs the next", resolving.place(each)) for each in waiting[start:-1])
        resolving.diagnose(CIRCULAR_REFERENCE, f"`{ring}` is a circle", at, *notes, hint="write one of them out")
        return _MISSING
    if resolving.depth > _DEEPEST:
        return _refuse(f"`%{{{written}}}` goes through too many values", at, resolving)
    resolving.open.append(at)
    resolving.done[keys] = _resolve(value_at(resolving.value, keys), keys, resolving)
    resolving.open.pop()
    return resolving.done[keys]


def _within_limits(written: str, found: Value, at: Keys, resolving: _Resolving) -> object:
    """The value found, or `_MISSING` if the references then expand to too much."""
    weight, depth = _weight(found, resolving.left)
    if weight > resolving.left or len(at) + depth > _DEEPEST:
        return _refuse(f"`%{{{written}}}` expands to too much", at, resolving)
    resolving.left -= weight
    return found


def _refuse(message: str, at: Keys, resolving: _Resolving) -> object:
    """Report that references expand to too much, once; all further references are left as they are written."""
    if resolving.left >= 0:
        resolving.diagnose(EXPANSION, message, at, hint="refer to less, or write the value out")
        resolving.left = _SPENT
    return _MISSING


def _weight(value: Value, most: int) -> tuple[int, int]:
    """How many values and characters `value` contains, counted until there are more than `most`, and its depth."""
    weight, deepest = 0, 0
    waiting = [(value, 1)]
    while waiting and weight <= most and deepest <= _DEEPEST:
        here, depth = waiting.pop()
        deepest = max(deepest, depth)
        match here:
            case dict():
                weight += sum(1 + len(key) for key in here)
                waiting.extend((each, depth + 1) for each in here.values())
            case list():
                weight += len(here)
                waiting.extend((each, depth + 1) for each in here)
            case str():
                weight += len(here)
    return weight, deepest


def _variable(variable: str, at: Keys, resolving: _Resolving) -> object:
    if variable in resolving.variables:
        return resolving.variables[variable]
    meant = name.nearest(variable, list(resolving.variables))
    hint = f"did you mean `{meant}`?" if meant else "add it to `inputs.env` in `varve.yaml`"
    resolving.diagnose(UNKNOWN_VARIABLE, f"`{variable}` is not a variable that sources may use", at, hint=hint)
    return _MISSING


def _report_unknown(written: str, keys: Keys | None, at: Keys, resolving: _Resolving) -> None:
    if keys is None:
        hint = "write a path such as `services.checkout.owner`"
    elif (keys[0] == "platform") != (at[0] == "platform"):
        hint = "write the value itself: `platform` is not part of a tenant, and neither can refer to the other"
    else:
        hint = advice(keys, resolving.value)
    resolving.diagnose(UNKNOWN_REFERENCE, f"`%{{{written}}}` refers to something that does not exist", at, hint=hint)


def advice(keys: Keys, value: Map) -> str:
    """The hint for a path that leads nowhere, from the first key that is missing."""
    depth = next(index for index in range(len(keys)) if not is_set(value, keys[: index + 1]))
    before, key, after = keys[:depth], keys[depth], keys[depth + 1 :]
    holder = value_at(value, before)
    if not isinstance(holder, dict):
        return f"`{name.dotted(before)}` is a {kind(holder)} and has no such part"
    meant = name.nearest(str(key), list(holder))
    if meant is None:
        return "correct the path, or set the value in one of the layers"
    further = (*before, meant, *after)
    return f"did you mean `{name.dotted(further if is_set(value, further) else (*before, meant))}`?"
