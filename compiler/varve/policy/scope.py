"""The variables of each scope of policies, and the defaults of what they always contain."""

from collections.abc import Iterable, Mapping
from typing import Final, cast

from varve.language.cel.expression import Kind
from varve.model.policy import Scope
from varve.model.source import Map, Value

PARAMETERS: Final = "params"
"""The variable that holds the policy's own parameters, in every scope."""

_PLATFORM: Final[Mapping[str, Kind]] = {PARAMETERS: "map", "environment": "string", "platform": "map"}
_UNIT: Final[Mapping[str, Kind]] = {**_PLATFORM, "unit": "map"}

VARIABLES: Final[Mapping[Scope, Mapping[str, Kind]]] = {
    Scope.SOURCE: {PARAMETERS: "map", "source": "map"},
    Scope.PLATFORM: _PLATFORM,
    Scope.UNIT: {**_UNIT, "alerts": "maps", "receivers": "maps"},
    Scope.SERVICE: {**_UNIT, "service": "map"},
    Scope.ALERT: {**_UNIT, "alert": "map"},
    Scope.ROUTE: {**_UNIT, "route": "map"},
    Scope.RECEIVER: {**_UNIT, "receiver": "map"},
    Scope.DASHBOARD: {**_UNIT, "dashboard": "map"},
    Scope.ARTIFACT: {**_UNIT, "artifact": "map"},
    Scope.CHANGE: {PARAMETERS: "map", "change": "map"},
}
"""The variables of each scope, with their kinds; the one named like the scope holds the subject."""

_EMPTY: Final[Mapping[Kind, Value]] = {"string": "", "map": {}, "maps": []}

_ALERT: Final[Mapping[str, Value]] = {
    **dict.fromkeys(("name", "service", "pack", "slo", "expr", "for", "severity"), ""),
    "origin": "alert",
    "labels": {},
    "annotations": {},
    "receivers": [],
    "channels": [],
}
_RECEIVER: Final[Mapping[str, Value]] = {"id": "", "type": ""}
_CHANGE: Final[Mapping[str, Value]] = {
    **dict.fromkeys(("base", "head", "time", "subject", "body"), ""),
    **{
        key: []
        for key in (
            *("committers", "authors", "approvers"),
            *("paths", "tenants", "environments", "reached", "artifacts", "values", "reviews"),
        )
    },
    "author": {"name": "", "email": ""},
    "committed": True,
    "trailers": {},
    "addresses": {},
    "signature": "none",
    "platform": False,
    "age": 0,
    "whole": True,
}

DEFAULTS: Final[Mapping[Scope, Mapping[str, Value]]] = {
    Scope.SOURCE: {"path": "", "owner": "platform", "value": {}},
    Scope.PLATFORM: {},
    Scope.UNIT: {},
    Scope.SERVICE: {"id": ""},
    Scope.ALERT: _ALERT,
    Scope.ROUTE: {"id": "", "match": []},
    Scope.RECEIVER: _RECEIVER,
    Scope.DASHBOARD: {"name": "", "origin": "own", "value": {}},
    Scope.ARTIFACT: {"path": "", "name": "", "value": {}},
    Scope.CHANGE: _CHANGE,
}
"""What the subjects of each scope always contain, with the value that is used if it is not set."""


def completed(scope: Scope, data: Map) -> Map:
    """All variables of a scope, those of `data` completed with defaults; `data` is not changed."""
    whole: Map = {name: data.get(name, _EMPTY[kind]) for name, kind in VARIABLES[scope].items()}
    whole[scope.value] = _completed(DEFAULTS[scope], whole[scope.value])
    for name, defaults in (("alerts", _ALERT), ("receivers", _RECEIVER)):
        if isinstance(whole.get(name), list):
            whole[name] = [_completed(defaults, each) for each in cast("list[Value]", whole[name])]
    return whole


def with_defaults(scope: Scope, subjects: Iterable[Value]) -> list[Value]:
    """The subjects of a scope, completed with defaults; those given are not changed."""
    defaults = DEFAULTS[scope]
    return [_completed(defaults, each) for each in subjects]


def _completed(defaults: Mapping[str, Value], given: Value) -> Value:
    return {**defaults, **given} if isinstance(given, dict) else given
