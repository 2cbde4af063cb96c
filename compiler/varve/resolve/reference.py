"""References: `%{path}` stands for another value of the same unit, after the merge."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from varve.language import name
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.resolve.history import origin
from varve.resolve.merge import kind, look, says

REFERENCE: Final = re.compile(r"%%\{|%\{([A-Za-z][^}]*)\}")

UNKNOWN_REFERENCE = Rule(
    "resolve/unknown-reference",
    "A reference leads nowhere",
    "`%{path.to.value}` stands for another value of the same tenant in the same environment, after all layers are "
    "merged. There is nothing at this path. A literal `%{` is written `%%{`.",
)
CIRCULAR_REFERENCE = Rule(
    "resolve/circular-reference",
    "References lead in a circle",
    "Each of these values waits for the next one, and the last for the first. Write one of them out.",
)
MAP_IN_TEXT = Rule(
    "resolve/map-in-text",
    "A reference to a map, a list or a secret inside a text",
    "Inside a longer text a reference stands for a text, a number or a truth value. A map, a list or a secret can only "
    "be referred to by a string that is nothing but the reference.",
)
UNKNOWN_VARIABLE = Rule(
    "resolve/unknown-variable",
    "An environment variable that `varve.yaml` does not name",
    "`%{env:NAME}` may only name the variables under `inputs.env` in `varve.yaml`, because their values are part of "
    "what is built. Add the variable there, with the value that a committed build uses.",
)

_MISSING: Final = object()


@dataclass(slots=True)
class _Resolving:
    """The unit that references are resolved in, and what has been resolved so far."""

    value: Map
    stack: Stack
    variables: Mapping[str, str]
    report: Report
    done: dict[Keys, Value] = field(default_factory=dict)
    open: list[Keys] = field(default_factory=list)

    def say(self, rule: Rule, message: str, keys: Keys, hint: str) -> None:
        place, notes = origin(self.stack, keys)
        self.report.say(rule, message, place, *notes, hint=hint)


def resolve(value: Map, stack: Stack, variables: Mapping[str, str], report: Report) -> Map:
    """`value` with every reference replaced by what it stands for.

    Reports all references that lead nowhere or in a circle, together; such a reference is left as it is written.
    """
    resolving = _Resolving(value, stack, variables, report)
    return {key: _resolve(each, (key,), resolving) for key, each in value.items()}


def _resolve(value: Value, at: Keys, resolving: _Resolving) -> Value:
    match value:
        case str() if "%{" in value:
            return _text(value, at, resolving)
        case dict():
            return {key: _resolve(each, (*at, key), resolving) for key, each in value.items()}
        case list():
            return [_resolve(each, (*at, index), resolving) for index, each in enumerate(value)]
    return value


def _text(text: str, at: Keys, resolving: _Resolving) -> Value:
    whole = REFERENCE.fullmatch(text)
    if whole and whole[1]:
        found = _referred(whole[1], at, resolving)
        return text if found is _MISSING else found  # type: ignore[return-value]
    return "".join(_parts(text, at, resolving))


def _parts(text: str, at: Keys, resolving: _Resolving) -> Iterator[str]:
    end = 0
    for found in REFERENCE.finditer(text):
        yield text[end : found.start()]
        end = found.end()
        if found[1] is None:
            yield "%{"
            continue
        value = _referred(found[1], at, resolving)
        if isinstance(value, (dict, list)):
            resolving.say(
                MAP_IN_TEXT,
                f"`%{{{found[1]}}}` is a {kind(value)}, and cannot stand inside a text",
                at,
                "name a text, a number or a truth value",
            )
        yield found[0] if value is _MISSING else plain(value)
    yield text[end:]


def plain(value: object) -> str:
    """A scalar as it reads inside a text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
    return str(value)


def _referred(written: str, at: Keys, resolving: _Resolving) -> object:
    if written.startswith("env:"):
        return _variable(written.removeprefix("env:"), at, resolving)
    keys = name.keys(written)
    if keys is None or not says(resolving.value, keys):
        _say_unknown(written, keys, at, resolving)
        return _MISSING
    if keys in resolving.done:
        return resolving.done[keys]
    if any(each[: len(keys)] == keys for each in (*resolving.open, at)):
        ring = [name.dotted(each) for each in (*resolving.open, at, keys)]
        resolving.say(CIRCULAR_REFERENCE, f"`{' -> '.join(ring)}` is a circle", at, "write one of them out")
        return _MISSING
    resolving.open.append(at)
    resolving.done[keys] = _resolve(look(resolving.value, keys), keys, resolving)  # type: ignore[arg-type]
    resolving.open.pop()
    return resolving.done[keys]


def _variable(variable: str, at: Keys, resolving: _Resolving) -> object:
    if variable in resolving.variables:
        return resolving.variables[variable]
    meant = name.nearest(variable, list(resolving.variables))
    hint = f"did you mean `{meant}`?" if meant else "add it to `inputs.env` in `varve.yaml`"
    resolving.say(UNKNOWN_VARIABLE, f"`{variable}` is no variable that sources may name", at, hint)
    return _MISSING


def _say_unknown(written: str, keys: Keys | None, at: Keys, resolving: _Resolving) -> None:
    hint = "write a path such as `services.checkout.slos.availability.objective`"
    for depth in range(len(keys or ())):
        holder = look(resolving.value, (keys or ())[:depth])
        key = str((keys or ())[depth])
        if isinstance(holder, dict) and key not in holder:
            meant = name.nearest(key, list(holder))
            hint = (
                f"did you mean `{name.dotted((*(keys or ())[:depth], meant))}`?"
                if meant
                else "say it in one of the layers, or correct the path"
            )
            break
    resolving.say(UNKNOWN_REFERENCE, f"`%{{{written}}}` leads nowhere", at, hint)
