"""Which defaults of packs are to blame for a line: each is tried with something else in its place."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, cast

from varve.check.shape.instead import others_of
from varve.emit.once import Once
from varve.inquire.blame.trial import Trial, fate
from varve.model.diagnostic import Report
from varve.model.pack import Pack
from varve.model.source import Map, Value
from varve.pipeline.opening import Opened


class Default(NamedTuple):
    """What a pack takes for a parameter that nobody says, and the file that says so."""

    file: str
    parameter: str
    value: Value


def try_defaults(trial: Trial, templates: Iterable[str]) -> Iterator[Default]:
    """The defaults with others of which the line would be another, of packs that have one of these templates."""
    paths = tuple(templates)
    for pack in trial.opened.kit.packs.values():
        document = trial.opened.reading.find(f"{pack.folder}/pack")
        if document is None or not any(path.startswith(f"{pack.folder}/") for path in paths):
            continue
        for parameter, schema in _properties(pack).items():
            if "default" in schema and _is_to_blame(trial, pack, parameter):
                yield Default(document.path, parameter, schema["default"])


def _is_to_blame(trial: Trial, pack: Pack, parameter: str) -> bool:
    """Whether the line is another with the first other default with which what makes it is sound."""
    schema = _properties(pack)[parameter]
    for value in others_of(schema, schema["default"]):
        report = Report()
        data = trial.remake(_with(trial.opened, pack, {parameter: {**schema, "default": value}}), report)
        if data is not None and not report.broken:
            return fate(trial, data).fate != "stays"
    return False


def _with(opened: Opened, pack: Pack, changed: dict[str, Map]) -> Opened:
    """The same repository, with a pack some of whose parameters are others."""
    parameters: Map = {**pack.parameters, "properties": {**_properties(pack), **changed}}
    packs = {**opened.kit.packs, pack.name: pack._replace(parameters=parameters)}
    return replace(opened, kit=opened.kit._replace(packs=packs, once=Once()))


def _properties(pack: Pack) -> dict[str, Map]:
    return cast("dict[str, Map]", pack.parameters.get("properties", {}))
