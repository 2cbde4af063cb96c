"""Feature flags: which features of a unit are on, and what is removed from it because its feature is off."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from varve.language.name import dotted, nearest
from varve.model.diagnostic import Report, Rule
from varve.model.layer import Stack
from varve.model.source import Keys, Map, Value
from varve.resolve.merge import value_at
from varve.resolve.reporting import ValueReporter

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
_SERVICE_SECTIONS: Final = ("alerts", "records", "slos", "scrape", "probes")


def evaluated(value: Map) -> Map:
    """A merged unit, before its references are resolved, with each feature as a truth value.

    A feature is set to true or false, or is on if every fact in its `when` has one of the values there. A map without
    `when` is off.
    """
    features = value.get("features")
    if not isinstance(features, dict):
        return value
    return value | {"features": {name: _is_on(each, value) for name, each in features.items()}}


def _is_on(feature: Value, unit: Map) -> Value:
    if not isinstance(feature, dict):
        return feature
    when = feature.get(WHEN)
    return bool(when) and isinstance(when, dict) and all(_holds(unit, fact, wanted) for fact, wanted in when.items())


def _holds(unit: Map, fact: str, wanted: Value) -> bool:
    found = value_at(unit, tuple(fact.split(".")))
    return bool(set(_listed(found)) & set(_listed(wanted)))


def _listed(value: Value) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def check(value: Map, environments: Sequence[str], reporter: ValueReporter) -> None:
    """Report environments in the `when` of a merged unit's features that are not among `environments`."""
    features = value.get("features")
    for name, each in features.items() if isinstance(features, dict) else ():
        wanted = value_at(each, (WHEN, "environment")) if isinstance(each, dict) else None
        for index, environment in enumerate(_listed(wanted) if wanted is not None else ()):
            if environment not in environments:
                message, hint = unknown(environment, environments)
                inside = (index,) if isinstance(wanted, list) else ()
                reporter.at(("features", name, WHEN, "environment", *inside), UNKNOWN_ENVIRONMENT, message, hint=hint)


def unknown(environment: str, environments: Sequence[str]) -> tuple[str, str]:
    """The message and the hint about an environment that is not among `environments`."""
    meant = nearest(environment, environments)
    hint = f"did you mean `{meant}`?" if meant else f"known: {', '.join(environments)}"
    return f"there is no environment `{environment}`", hint


def condition(feature: Value) -> str:
    """A feature's setting in words: `when environment is dev or staging and tenant.tier is gold`."""
    when = feature.get(WHEN) if isinstance(feature, dict) else None
    if not isinstance(when, dict) or not when:
        return "nowhere"
    return "when " + " and ".join(f"{fact} is {' or '.join(_listed(wanted))}" for fact, wanted in when.items())


def without_disabled(value: Map, stack: Stack, report: Report) -> Map:
    """A resolved unit without what needs a feature that is off, and without the key `feature` in what remains.

    Reports features that no layer defines. Alerts, recordings, objectives, scrapes and probes of services, and routes,
    can need a feature.
    """
    defined = value.get("features")
    features, reporter = defined if isinstance(defined, dict) else {}, ValueReporter(stack, report)
    for keys in list(_gated_sections(value)):
        value = _replaced(value, keys, _enabled(cast("Map", value_at(value, keys)), keys, features, reporter))
    return value


def _gated_sections(value: Map) -> Iterator[Keys]:
    """The keys of every map in a unit that contains something that needs a feature."""
    services = value.get("services")
    named = services if isinstance(services, dict) else {}
    every: list[Keys] = [("services", each, section) for each in named for section in _SERVICE_SECTIONS]
    for keys in (*every, ("notify", "routes")):
        found = value_at(value, keys)
        if isinstance(found, dict) and any(map(_needed_feature, found.values())):
            yield keys


def _needed_feature(entry: Value) -> str:
    """The feature that an item needs; empty if none."""
    name = entry.get(GATE) if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""


def _enabled(section: Map, keys: Keys, features: Map, reporter: ValueReporter) -> Map:
    """The items of a section whose feature is on, or that need none, without their `feature` keys."""
    for name, gate in ((name, _needed_feature(each)) for name, each in section.items()):
        if gate and gate not in features:
            meant = nearest(gate, list(features))
            hint = f"did you mean `{meant}`?" if meant else f"define it under `features`: `{gate}: {{when: …}}`"
            message = f"`{dotted((*keys, name))}` needs the feature `{gate}`, which is not defined"
            reporter.at((*keys, name, GATE), UNKNOWN_FEATURE, message, hint=hint)
    enabled = {
        name: each
        for name, each in section.items()
        if not _needed_feature(each) or features.get(_needed_feature(each)) is True
    }
    return {name: _without_feature_key(each) for name, each in enabled.items()}


def _without_feature_key(entry: Value) -> Value:
    return (
        {key: each for key, each in entry.items() if key != GATE}
        if isinstance(entry, dict) and _needed_feature(entry)
        else entry
    )


def _replaced(value: Map, keys: Keys, section: Map) -> Map:
    """A copy of `value` with another section at `keys`."""
    key, *rest = cast("tuple[str, ...]", keys)
    return value | {key: _replaced(cast("Map", value[key]), tuple(rest), section) if rest else section}
