"""Which defaults of packs cause a line: each is tried with another value."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

from varve.check.shape.alternative import others_of
from varve.emit.once import Once
from varve.inquire.blame.trial import Trial, fate
from varve.model.diagnostic import Report
from varve.model.pack import Pack
from varve.model.source import Map, Value
from varve.pipeline.opening import Opened


class Default(NamedTuple):
    """The default of a pack's parameter that no source sets, and the file that defines it."""

    file: str
    parameter: str
    value: Value


def try_defaults(trial: Trial, templates: Iterable[str]) -> Iterator[Default]:
    """The defaults that change the line if another value replaces them, of packs with one of these templates."""
    paths = tuple(templates)
    for pack in trial.opened.kit.packs.values():
        document = trial.opened.reading.find(f"{pack.folder}/pack")
        if document is None or not any(path.startswith(f"{pack.folder}/") for path in paths):
            continue
        for parameter, schema in _properties(pack).items():
            if "default" in schema and _is_to_blame(trial, pack, parameter):
                yield Default(document.path, parameter, schema["default"])


def _is_to_blame(trial: Trial, pack: Pack, parameter: str) -> bool:
    """Whether the line differs with the first other default that compiles."""
    schema = _properties(pack)[parameter]
    for value in others_of(schema, schema["default"]):
        report = Report()
        data = trial.remake(_with(trial.opened, pack, {parameter: {**schema, "default": value}}), report)
        if data is not None and not report.broken:
            return fate(trial, data).fate != "stays"
    return False


def _with(opened: Opened, pack: Pack, changed: dict[str, Map]) -> Opened:
    """The same repository, with some parameters of a pack changed."""
    parameters: Map = {**pack.parameters, "properties": {**_properties(pack), **changed}}
    packs = {**opened.kit.packs, pack.name: pack._replace(parameters=parameters)}
    return opened._replace(kit=opened.kit._replace(packs=packs, once=Once()))


def _properties(pack: Pack) -> dict[str, Map]:
    return cast("dict[str, Map]", pack.parameters.get("properties", {}))
