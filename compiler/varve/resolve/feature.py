"""Feature flags: which of a unit's features are on, and what is taken out of it because its feature is off."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from varve.language.name import dotted, nearest
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.resolve.merge import look
from varve.resolve.saying import Saying

UNKNOWN_FEATURE = Rule(
    "resolve/unknown-feature",
    "An undefined feature is used",
    "Anything with `feature: fast-burn` exists only where the feature `fast-burn` is on. A feature that no layer "
    "defines would never be on, and nobody would notice. Define it under `features`, or correct the spelling.",
)

UNKNOWN_ENVIRONMENT = Rule(
    "resolve/unknown-environment",
    "A `when` names an unknown environment",
    "`when` decides where a feature is on or a layer applies, and the environments are those of `varve.yaml`. A "
    "condition on any other would never hold, and nobody would notice. Correct the name.",
)

WHEN: Final = "when"
GATE: Final = "feature"
_OF_SERVICES: Final = ("alerts", "records", "slos", "scrape", "probes")


def decided(value: Map) -> Map:
    """A merged unit, before its references are resolved, where each feature is a truth value.

    A feature is said to be on or off, or on where every fact that its `when` names has one of the values there. One
    that says neither is off.
    """
    said = value.get("features")
    if not isinstance(said, dict):
        return value
    return value | {"features": {name: _decided(each, value) for name, each in said.items()}}


def _decided(said: Value, unit: Map) -> Value:
    if not isinstance(said, dict):
        return said
    when = said.get(WHEN)
    return bool(when) and isinstance(when, dict) and all(_holds(unit, fact, wanted) for fact, wanted in when.items())


def _holds(unit: Map, fact: str, wanted: Value) -> bool:
    found = look(unit, tuple(fact.split(".")))
    return bool(set(_listed(found)) & set(_listed(wanted)))


def _listed(value: Value) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def check(value: Map, environments: Sequence[str], say: Saying) -> None:
    """Report the environments that features of a merged unit wait for and that are not among these."""
    said = value.get("features")
    for name, each in said.items() if isinstance(said, dict) else ():
        wanted = look(each, (WHEN, "environment")) if isinstance(each, dict) else None
        for index, environment in enumerate(_listed(wanted) if wanted is not None else ()):
            if environment not in environments:
                message, hint = unknown(environment, environments)
                inside = (index,) if isinstance(wanted, list) else ()
                say.at(("features", name, WHEN, "environment", *inside), UNKNOWN_ENVIRONMENT, message, hint=hint)


def unknown(environment: str, environments: Sequence[str]) -> tuple[str, str]:
    """What is said of an environment that is none of these, and the way out."""
    meant = nearest(environment, environments)
    hint = f"did you mean `{meant}`?" if meant else f"known: {', '.join(environments)}"
    return f"there is no environment `{environment}`", hint


def condition(said: Value) -> str:
    """What a layer says of a feature, in words: `when environment is dev or staging and tenant.tier is gold`."""
    when = said.get(WHEN) if isinstance(said, dict) else None
    if not isinstance(when, dict) or not when:
        return "nowhere"
    return "when " + " and ".join(f"{fact} is {' or '.join(_listed(wanted))}" for fact, wanted in when.items())


def gated(value: Map, stack: Stack, report: Report) -> Map:
    """A resolved unit without what waits for a feature that is off; `feature` itself is in none of what stays.

    Reports features that nobody names. Alerts, recordings, objectives, scrapes and probes of services, and routes, can
    wait for one.
    """
    said = value.get("features")
    features, say = said if isinstance(said, dict) else {}, Saying(stack, report)
    for keys in list(_waiting(value)):
        value = _replaced(value, keys, _opened(cast("Map", look(value, keys)), keys, features, say))
    return value


def _waiting(value: Map) -> Iterator[Keys]:
    """The keys of every map in a unit that holds something that waits for a feature."""
    services = value.get("services")
    named = services if isinstance(services, dict) else {}
    every: list[Keys] = [("services", each, section) for each in named for section in _OF_SERVICES]
    for keys in (*every, ("notify", "routes")):
        found = look(value, keys)
        if isinstance(found, dict) and any(map(_gate, found.values())):
            yield keys


def _gate(said: Value) -> str:
    """The feature that something waits for, or nothing."""
    name = said.get(GATE) if isinstance(said, dict) else None
    return name if isinstance(name, str) else ""


def _opened(section: Map, keys: Keys, features: Map, say: Saying) -> Map:
    """What of a section is there, without its gates."""
    for name, gate in ((name, _gate(each)) for name, each in section.items()):
        if gate and gate not in features:
            meant = nearest(gate, list(features))
            hint = f"did you mean `{meant}`?" if meant else f"define it under `features`: `{gate}: {{when: …}}`"
            message = f"`{dotted((*keys, name))}` needs the feature `{gate}`, which is not defined"
            say.at((*keys, name, GATE), UNKNOWN_FEATURE, message, hint=hint)
    there = {name: each for name, each in section.items() if not _gate(each) or features.get(_gate(each)) is True}
    return {name: _without_gate(each) for name, each in there.items()}


def _without_gate(said: Value) -> Value:
    return {key: each for key, each in said.items() if key != GATE} if isinstance(said, dict) and _gate(said) else said


def _replaced(value: Map, keys: Keys, section: Map) -> Map:
    """A copy of `value` with another section at `keys`."""
    key, *rest = cast("tuple[str, ...]", keys)
    return value | {key: _replaced(cast("Map", value[key]), tuple(rest), section) if rest else section}
