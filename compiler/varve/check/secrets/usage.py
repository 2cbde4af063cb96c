"""Where secrets are used, and in which sealed file each of them lies."""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from varve.check.shape.kind import strategy
from varve.model.source import Keys, Map, Value
from varve.model.unit import Environment, Resolved
from varve.read.reading import Reading
from varve.resolve.merge import PLAIN, Strategy

OF_PLATFORM: Final = ("environments/secrets",)
"""The folders of the platform's own sealed files."""


class Use(NamedTuple):
    """Where a secret is used, by which `name` such as `slack/webhook`, and where it is sealed: the file, the key."""

    keys: Keys
    name: str
    file: str
    key: str


def of_unit(unit: Resolved, desk: Reading) -> Iterator[Use]:
    """The secrets that `unit` uses, where they are sealed."""
    yield from _found(named(unit.value, (), "unit"), folders(unit), desk)


def of_platform(environment: Environment, desk: Reading) -> Iterator[Use]:
    """The secrets that the environment itself uses, as `of_unit` gives them."""
    yield from _found(named(environment.platform, ("platform",), "platform"), OF_PLATFORM, desk)


def _found(uses: Iterator[tuple[Keys, str]], folders: tuple[str, ...], desk: Reading) -> Iterator[Use]:
    for keys, name in uses:
        file, _, key = name.partition("/")
        path = document(desk, folders, file)
        if path is not None:
            yield Use(keys, name, path, key)


def named(value: Map, at: Keys, kind: str) -> Iterator[tuple[Keys, str]]:
    """Every `{secret: …}` inside `value`, which lies at `at`, where the schema of its kind has a place for one.

    Elsewhere it is a map like any other.
    """
    return _named(value, at, _places(kind))


def folders(unit: Resolved) -> tuple[str, ...]:
    """The folders of a unit's sealed files; the first that has a file comes first."""
    folder = f"tenants/{unit.unit.tenant}/secrets"
    return f"{folder}/{unit.unit.environment}", folder


def document(desk: Reading, folders: tuple[str, ...], file: str) -> str | None:
    """The path of the sealed file of that name, in the first of the folders that has one; None where none has."""
    return next((path for folder in folders if (path := f"{folder}/{file}.sops.yaml") in desk), None)


@cache
def _places(kind: str) -> Strategy:
    """Where the schema of a kind has places for secrets; `PLAIN` for all that has none in it, and is not looked at."""
    return _with_places(strategy(kind))


def _with_places(node: Strategy) -> Strategy:
    inside = {key: _with_places(each) for key, each in (node.inside or {}).items()}
    every = _with_places(node.every) if node.every else PLAIN
    if not node.atom and every is PLAIN and all(each is PLAIN for each in inside.values()):
        return PLAIN
    return Strategy(atom=node.atom, inside=inside or None, every=every)


def _named(value: Value, at: Keys, places: Strategy) -> Iterator[tuple[Keys, str]]:
    if isinstance(value, dict):
        name = value.get("secret") if places.atom and len(value) == 1 else None
        if isinstance(name, str):
            yield at, name
            return
        inside, every = places.inside or {}, places.every or PLAIN
        for key, each in value.items():
            below = inside.get(key, every)
            if below is not PLAIN and isinstance(each, (dict, list)):
                yield from _named(each, (*at, key), below)
    elif isinstance(value, list) and places.every not in (None, PLAIN):
        for index, each in enumerate(value):
            yield from _named(each, (*at, index), places.every or PLAIN)
