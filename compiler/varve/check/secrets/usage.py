"""Where secrets are used, and which sealed file contains each of them."""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from varve.check.shape.kind import strategy
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.read.reading import Reading
from varve.resolve.merge import PLAIN, Strategy

PLATFORM_FOLDERS: Final = ("environments/secrets",)
"""The folders of the platform's own sealed files."""


class Use(NamedTuple):
    """Where a secret is used, its `name` such as `slack/webhook`, and where it is sealed: the file and the key."""

    keys: Keys
    name: str
    file: str
    key: str


def of_unit(unit: Resolved, reading: Reading) -> Iterator[Use]:
    """The secrets that `unit` uses and that are sealed."""
    yield from _located(references(unit.value, (), "unit"), folders(unit), reading)


def of_platform(environment: Environment, reading: Reading) -> Iterator[Use]:
    """The secrets that the environment itself uses, in the form of `of_unit`."""
    yield from _located(references(environment.platform, ("platform",), "platform"), PLATFORM_FOLDERS, reading)


def _located(uses: Iterator[tuple[Keys, str]], folders: tuple[str, ...], reading: Reading) -> Iterator[Use]:
    for keys, name in uses:
        file, _, key = name.partition("/")
        path = sealed_path(reading, folders, file)
        if path is not None:
            yield Use(keys, name, path, key)


def references(value: Map, at: Keys, kind: str) -> Iterator[tuple[Keys, str]]:
    """Every `{secret: …}` in `value`, which is at `at`, where the schema of its kind allows a secret.

    Elsewhere such a map is an ordinary one.
    """
    return _references(value, at, _places(kind))


def folders(unit: Resolved) -> tuple[str, ...]:
    """The folders of a unit's sealed files; a file in the first takes precedence."""
    folder = f"tenants/{unit.unit.tenant}/secrets"
    return f"{folder}/{unit.unit.environment}", folder


def sealed_path(reading: Reading, folders: tuple[str, ...], file: str) -> str | None:
    """The path of the sealed file of that name in the first of the folders that has one, or None."""
    return next((path for folder in folders if (path := f"{folder}/{file}.sops.yaml") in reading), None)


@cache
def _places(kind: str) -> Strategy:
    """Where the schema of a kind allows secrets; parts without any are `PLAIN`, and skipped."""
    return _with_places(strategy(kind))


def _with_places(node: Strategy) -> Strategy:
    inside = {key: _with_places(each) for key, each in (node.inside or {}).items()}
    every = _with_places(node.every) if node.every else PLAIN
    if not node.atom and every is PLAIN and all(each is PLAIN for each in inside.values()):
        return PLAIN
    return Strategy(atom=node.atom, inside=inside or None, every=every)


def _references(value: Value, at: Keys, places: Strategy) -> Iterator[tuple[Keys, str]]:
    if isinstance(value, dict):
        name = value.get("secret") if places.atom and len(value) == 1 else None
        if isinstance(name, str):
            yield at, name
            return
        inside, every = places.inside or {}, places.every or PLAIN
        for key, each in value.items():
            below = inside.get(key, every)
            if below is not PLAIN and isinstance(each, (dict, list)):
                yield from _references(each, (*at, key), below)
    elif isinstance(value, list) and places.every not in (None, PLAIN):
        for index, each in enumerate(value):
            yield from _references(each, (*at, index), places.every or PLAIN)
