"""Run by itself, beside the types that Grafana publishes: says what they do not hold of the dashboards it is given.

    python grafana_types.py <wheel> <dashboard.json>...

A dashboard is read into the types and written again: a key that is lost is one that Grafana does not know. Then each
value is compared with the type that is declared for it.
"""

import importlib
import json
import sys
import types
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

Found = Iterator[str]


def lost(value: Any, known: Any, at: str) -> Found:  # noqa: ANN401 - JSON
    """The keys and items that are in `value` and not in `known`, and the values that changed."""
    match value, known:
        case dict(), dict():
            for key, each in value.items():
                if key in known:
                    yield from lost(each, known[key], f"{at}.{key}")
                else:
                    yield f"{at}.{key} is unknown"
        case list(), list() if len(value) == len(known):
            for index, (each, other) in enumerate(zip(value, known, strict=True)):
                yield from lost(each, other, f"{at}[{index}]")
        case _ if value != known:
            yield f"{at} is {value!r}, and is read as {known!r}"


def misfits(value: Any, hint: Any, at: str) -> Found:  # noqa: ANN401 - anything
    """Where a value is not of the type that is declared for it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        ways = [list(misfits(value, each, at)) for each in arguments if each is not type(None)]
        if value is not None and all(ways):
            yield from ways[0]
    elif origin is list and isinstance(value, list):
        for index, each in enumerate(value):
            yield from misfits(each, arguments[0], f"{at}[{index}]")
    elif origin is dict and isinstance(value, dict):
        for key, each in value.items():
            yield from misfits(each, arguments[1], f"{at}.{key}")
    elif isinstance(hint, type) and origin is None and hint is not object:
        yield from _of_class(value, hint, at)


def _of_class(value: Any, hint: type, at: str) -> Found:  # noqa: ANN401 - anything
    plain = hint in (str, int, float, bool, type(None))
    fits = type(value) is hint or (hint is float and type(value) is int) or (hint is str and isinstance(value, str))
    if plain and not fits:
        yield f"{at} is {value!r}, and should be a {hint.__name__}"
    elif issubclass(hint, Enum) and value not in [each.value for each in hint] and not isinstance(value, hint):
        yield f"{at} is {value!r}, which is no {hint.__name__}"
    elif not plain and not issubclass(hint, Enum):
        for name, each in typing.get_type_hints(type(value)).items():
            yield from misfits(getattr(value, name), each, f"{at}.{name}")


def main(wheel: str, paths: list[str]) -> int:
    """Say everything that does not fit; 1 where there is something."""
    sys.path.insert(0, wheel)
    dashboard = importlib.import_module("grafana_foundation_sdk.models.dashboard").Dashboard
    encoder = importlib.import_module("grafana_foundation_sdk.cog.encoder").JSONEncoder
    importlib.import_module("grafana_foundation_sdk.cog.plugins").register_default_plugins()
    wrong = []
    for path in paths:
        document = json.loads(Path(path).read_bytes())
        read = dashboard.from_json(document)
        wrong += [f"{path}: {each}" for each in lost(document, json.loads(json.dumps(read, cls=encoder)), "")]
        wrong += [f"{path}: {each}" for each in misfits(read, dashboard, "")]
    sys.stdout.write("".join(f"{each}\n" for each in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
