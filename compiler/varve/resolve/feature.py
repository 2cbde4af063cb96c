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
    "Something waits for a feature that nobody has named",
    "What says `feature: fast-burn` is there only where the feature `fast-burn` is on. A feature that no layer names "
    "would be on nowhere, and nobody would notice. Name it under `features`, or correct the spelling.",
)

UNKNOWN_ENVIRONMENT = Rule(
    "resolve/unknown-environment",
    "A feature waits for an environment that is not there",
    "`when` says where a feature is on, and the environments are those of `varve.yaml`. One that is not among them "
    "would switch the feature on nowhere, and nobody would notice. Correct the name.",
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
                meant = nearest(environment, environments)
                hint = f"did you mean `{meant}`?" if meant else f"known: {', '.join(environments)}"
                message = f"there is no environment `{environment}`"
                inside = (index,) if isinstance(wanted, list) else ()
                say.at(("features", name, WHEN, "environment", *inside), UNKNOWN_ENVIRONMENT, message, hint=hint)


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
    for keys in list(_waiting(value)):
        name = str(cast("Map", look(value, keys))[GATE])
        known = value.get("features")
        features = known if isinstance(known, dict) else {}
        if name not in features:
            meant = nearest(name, list(features))
            hint = f"did you mean `{meant}`?" if meant else f"name it under `features`: `{name}: {{when: …}}`"
            message = f"`{dotted(keys)}` waits for the feature `{name}`, which nobody names"
            Saying(stack, report).at((*keys, GATE), UNKNOWN_FEATURE, message, hint=hint)
        value = _without(value, keys, stays=features.get(name) is True)
    return value


def _waiting(value: Map) -> Iterator[Keys]:
    """The keys of everything in a unit that waits for a feature."""
    services = value.get("services")
    for service, said in services.items() if isinstance(services, dict) else ():
        for section in _OF_SERVICES if isinstance(said, dict) else ():
            yield from _inside(value, ("services", service, section))
    yield from _inside(value, ("notify", "routes"))


def _inside(value: Map, keys: Keys) -> Iterator[Keys]:
    found = look(value, keys)
    for name, each in found.items() if isinstance(found, dict) else ():
        if isinstance(each, dict) and isinstance(each.get(GATE), str):
            yield (*keys, name)


def _without(value: Map, keys: Keys, *, stays: bool) -> Map:
    """A copy of `value` whose entry at `keys` has lost its gate, or is gone."""
    key, *rest = cast("tuple[str, ...]", keys)
    if rest:
        return value | {key: _without(cast("Map", value[key]), tuple(rest), stays=stays)}
    if not stays:
        return {name: each for name, each in value.items() if name != key}
    return value | {key: {name: each for name, each in cast("Map", value[key]).items() if name != GATE}}
