"""A source as one subject, as it is written."""

from typing import Final

from varve.model.diagnostic import Place
from varve.model.source import Document, Keys, Map
from varve.policy.subject.subject import Subject, Written

PLATFORM: Final = "platform"
"""The owner of every source that belongs to no tenant."""


def subject(document: Document) -> Subject:
    """The subject of a file that could be parsed; its keys are its path from its owner's folder, without extension."""
    path = document.path
    data: Map = {"path": path, "owner": owner(path), "value": {} if document.value is None else document.value}
    return Subject(data, _keys(path), Written(Place(path), (), ("value",)))


def owner(path: str) -> str:
    """The owner of a source: the tenant in whose folder it is, or the platform."""
    folder, *rest = path.split("/")
    return rest[0] if folder == "tenants" and len(rest) > 1 else PLATFORM


def _keys(path: str) -> Keys:
    steps = path.rpartition(".")[0].split("/")
    return tuple(steps if owner(path) == PLATFORM else steps[2:])
