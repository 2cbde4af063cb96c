"""The artifacts of a unit that Prometheus and Alertmanager load."""

from typing import Final

from varve.model.diagnostic import Place
from varve.model.source import Keys
from varve.policy.subject.dashboard import home
from varve.policy.subject.material import Material
from varve.policy.subject.subject import Subject, Written

_LOADED: Final = ("rules/", "scrape/", "alertmanager.yaml")


def subjects(material: Material) -> list[Subject]:
    """Every file of the unit with rules, jobs or routes; dashboards have a scope of their own.

    Shared files of an environment are not among them.
    """
    paths = [each.path for each in material.artifacts]
    return [_subject(material, path) for path in paths if material.inside(path).startswith(_LOADED)]


def _subject(material: Material, path: str) -> Subject:
    inside = material.inside(path)
    value = material.read(path)
    keys, written = _origin(material, inside)
    return Subject({"path": path, "name": inside, "value": {} if value is None else value}, keys, written)


def _origin(material: Material, inside: str) -> tuple[Keys, Written | None]:
    """The path of what a file is generated from, and its source, if the file was taken from there as it is."""
    folder, *rest = inside.rpartition(".")[0].split("/")
    if rest[:1] == ["raw"] and len(rest) > 1:  # and not of a service called `raw`
        return (folder, rest[1]), Written(Place(material.unit.vendor[rest[1]].path))
    if folder == "alertmanager":
        return ("notify",), None
    return home(material, rest[-1] if rest else ""), None
