"""Random values that the schemas accept, made from a seed, to evaluate policies on."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

from tests.policy.reading import read
from tests.workbench import ROOT
from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.model.source import Map, Value
from varve.policy import program as asking
from varve.policy import wording
from varve.policy.batch import SOUND, UNMATCHED, UNSURE, WRONG, rows
from varve.policy.inputs import inputs_of
from varve.policy.program import Program, batch_of
from varve.policy.subject import Material, notify
from varve.policy.subject.unit import services as services_of

TEXTS: Final = ("", "a", "critical", "warning", "{{ $labels.x }}", '"', "a b", "é\u2028", "-1", "null", "x" * 2000)
FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("acme", "critical", "node", "kim"),
    "duration": ("5m", "1d", "100ms"),
    "duration-or-zero": ("0s", "5m"),
    "heartbeat-interval": ("1m",),
    "http-url": ("https://a.example/x", "http://a.example:8080"),
    "base-url": ("https://a.example/x", "http://a.example:8080"),
    "folder-url": ("https://a.example/x", "https://a.example/x?path=/y"),
    "email-address": ("a@acme.example", "b@beta.example"),
    "host-port": ("a.example:9090", "10.0.0.1:80"),
    "host-pattern": ("*.a.example", "10.0.0.0/8"),
    "version": ("3.5", "2.42"),
    "alertmanager-version": ("0.25", "0.34"),
    "grafana-version": ("10.0", "13.0"),
    "secret-name": ("file/key",),
    "scrape": ("app", "node"),
    "matchers": ('severity="warning"', 'service=~"a|b"'),
    "free-label": ("site", "category", "data_class"),
    "alert-name": ("QueueStuck", "HostDown"),
}
SEEDS: Final = range(60)
_SAID: Final = 0.7


class World(NamedTuple):
    """The shared variables of one unit, and the subjects of each scope of a tenant or a platform."""

    shared: Map
    subjects: Mapping[Scope, list[Map]]


def faults(folder: str, world: World) -> list[str]:
    """The faults of the shipped policies in a folder, evaluated on a world."""
    return [
        f"{made.policy.id}: {fault.message}"
        for made in programs(folder).values()
        if made.policy.scope in world.subjects
        for fault in unsure(made, world)
    ]


@cache
def programs(folder: str) -> dict[str, Program]:
    """The programs of the shipped policies in a folder."""
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in (ROOT / "policies" / folder).iterdir()}
    _, made, report = read(files)
    assert not report.broken
    return made


def unsure(made: Program, world: World) -> Iterator[Fault]:
    """The faults of a policy for each subject, and for messages; evaluated together, results are the same."""
    subjects = world.subjects[made.policy.scope]
    given = inputs_of(made.policy.scope, world.shared, subjects)
    jury = batch_of([made])
    for position, (known,) in enumerate(rows(jury, given)):
        activation = asking.activation(made, given, position)
        assert not isinstance(activation, Fault)
        matched = asking.matches(made, activation)
        answer = asking.holds(made, activation) if matched is True else matched
        expected = UNSURE if isinstance(answer, Fault) else SOUND if answer else WRONG if matched else UNMATCHED
        assert known == expected
        message = wording.message(made, activation) if known == WRONG else ""
        shown = message if isinstance(message, Fault) else wording.shown(message)
        assert known != WRONG or shown == wording.shown_message(made, given, position)
        yield from (each for each in (answer, message) if isinstance(each, Fault))


def is_sound(made: Program, shared: Map, subject: Map) -> bool | None:
    """Whether a subject passes a policy; None if that is not certain."""
    jury = batch_of([made])
    ((known,),) = rows(jury, inputs_of(made.policy.scope, shared, [subject]))
    return None if known == UNSURE else known in (UNMATCHED, SOUND)


def world(seed: int) -> World:
    """A unit in an environment, valid by the schemas, with some alerts."""
    chance = Random(seed)  # noqa: S311 - the same at every run
    unit = _joined(cast("Map", _value(_root("unit"), chance, "unit")), chance)
    platform = cast("Map", _value(_root("platform"), chance, "platform"))
    material = cast("Material", SimpleNamespace(unit=SimpleNamespace(value=unit)))
    alerts = [alert(chance) for _ in range(chance.randint(0, 5))]
    receivers = [each.data for each in notify.receivers(material)]
    routes = [each.data for each in notify.routes(material)]
    services = [each.data for each in services_of(material)]
    shared: Map = {"environment": "production", "platform": platform, "unit": unit}
    return World(
        shared | {"alerts": cast("list[Value]", alerts), "receivers": cast("list[Value]", receivers)},
        {
            Scope.UNIT: [unit],
            Scope.PLATFORM: [platform],
            Scope.SERVICE: services,
            Scope.ALERT: alerts,
            Scope.ROUTE: routes,
            Scope.RECEIVER: receivers,
        },
    )


def alert(chance: Random) -> Map:
    """An alert as a vendor may write it, with any texts, and without optional fields."""
    texts = {key: chance.choice(TEXTS) for key in ("service", "pack", "slo", "severity")}
    some: dict[str, Value] = {
        key: chance.choice(TEXTS) for key in ("summary", "description", "runbook_url", "x") if chance.random() < 0.5
    }
    return {
        **texts,
        "name": chance.choice(TEXTS) or "A",
        "origin": chance.choice(("alert", "pack", "slo", "probe", "vendor")),
        "expr": chance.choice(('up{job="x"} == 0', "vector(1)", *TEXTS)),
        "for": chance.choice(("", "0s", "90s", "1d")),
        "labels": {key: chance.choice(TEXTS) for key in ("tenant", "category", "a") if chance.random() < 0.5},
        "annotations": some,
        "channels": [each for each in ("slack", "email", "pagerduty", "webhook") if chance.random() < 0.5],
    }


def _joined(unit: Map, chance: Random) -> Map:
    """The unit with routes and receivers whose references exist, as they do when policies are evaluated."""
    users = list(cast("Map", unit.get("users") or {}))
    settings = cast("dict[str, dict[str, Any]]", unit.get("notify") or {})
    receivers = {
        name: {"user": chance.choice(users)} if "user" in each and users else each
        for name, each in settings.get("receivers", {}).items()
        if "user" not in each or users
    }
    names = list(receivers)
    routes = {
        name: {**each, "receivers": [chance.choice(names)]}
        for name, each in settings.get("routes", {}).items()
        if names
    }
    joined = cast("Map", {**settings, "receivers": receivers, "routes": routes})
    return {**unit, "notify": joined}


@cache
def _root(name: str) -> Any:  # noqa: ANN401 - a schema
    return json.loads((ROOT / f"compiler/varve/schemas/{name}.json").read_bytes())


def _value(node: Any, chance: Random, home: str) -> Value:  # noqa: ANN401, PLR0911 - a schema, and a kind a line
    if "$ref" in node:
        where, _, at = node["$ref"].partition("#/$defs/")
        home = where.removeprefix("varve:") or home
        return _value(_root(home)["$defs"][at], chance, home)
    if "enum" in node:
        return cast("Value", chance.choice(node["enum"]))
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    match chance.choice(kinds):
        case "object":
            return _map(node, chance, home)
        case "array":
            count = chance.randint(node.get("minItems", 0), max(node.get("minItems", 0), 2))
            return [_value(node.get("items", {"type": "string"}), chance, home) for _ in range(count)]
        case "string":
            known = FORMATS.get(node.get("format", ""), TEXTS)
            return chance.choice([each for each in known if len(each) >= node.get("minLength", 0)])
        case "boolean":
            return chance.random() < 0.5
        case kind:
            least = node.get("minimum", node.get("exclusiveMinimum", 0))
            return cast("Value", least + 1 if kind == "integer" else least + 0.5)


def _map(node: Any, chance: Random, home: str) -> Map:  # noqa: ANN401 - a schema
    known = node.get("properties", {})
    names = [name for name in known if name in node.get("required", ()) or chance.random() < _SAID]
    if node.get("maxProperties") == 1:
        names = [chance.choice(list(known))]
    found: Map = {name: _value(known[name], chance, home) for name in names}
    others = node.get("additionalProperties", True)
    if isinstance(others, dict):
        own = node.get("propertyNames", {})
        words = own.get("enum") or FORMATS.get(own.get("format", ""), ("a_b", "node"))
        for word in words[: chance.randint(1, 3)]:
            found[word] = _value(others, chance, home)
    return found
