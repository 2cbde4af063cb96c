"""The dashboards of a unit: the tenant's own as they are written, and the generated ones."""

from collections.abc import Iterator
from typing import Final

from varve.model.diagnostic import Place
from varve.model.source import Keys, Value
from varve.policy.subject.material import Material
from varve.policy.subject.subject import Subject, Written
from varve.resolve import notify

_FOLDER: Final = "dashboards/"
_RAW: Final = f"{_FOLDER}raw/"


def subjects(material: Material) -> list[Subject]:
    """Every dashboard of a unit; one of the tenant's own with the content of its source."""
    return [*_subjects(material)]


def _subjects(material: Material) -> Iterator[Subject]:
    for path in (each.path for each in material.artifacts):
        inside = material.inside(path).removesuffix(".json")
        if inside.startswith(_RAW):
            name = inside.removeprefix(_RAW)
            document = material.unit.dashboards[name]
            written = Written(Place(document.path), (), ("value",))
            yield Subject(_data(name, "own", document.value), ("dashboards", name), written)
        elif inside.startswith(_FOLDER):
            name = inside.removeprefix(_FOLDER)
            yield Subject(_data(name, "pack", material.read(path)), home(material, name))


def home(material: Material, name: str) -> Keys:
    """The path of the service that a file is named after; `("tenant",)` if there is none."""
    return ("services", name) if name in notify.maps(material.unit.value, "services") else ("tenant",)


def _data(name: str, origin: str, value: Value) -> dict[str, Value]:
    return {"name": name, "origin": origin, "value": value if value is not None else {}}
