"""A source as it is written, before anything is made of it."""

from typing import Final

from varve.model.diagnostic import Place
from varve.model.source import Document, Keys, Map
from varve.policy.subject.subject import Subject, Written

PLATFORM: Final = "platform"
"""The owner of every source that is no tenant's."""


def subject(document: Document) -> Subject:
    """A file that could be read; it is called by its path from the folder of its owner, without the extension."""
    path = document.path
    data: Map = {"path": path, "owner": owner(path), "value": {} if document.value is None else document.value}
    return Subject(data, _keys(path), Written(Place(path), (), ("value",)))


def owner(path: str) -> str:
    """Whose a source is: the tenant's in whose folder it lies, or the platform's."""
    folder, *rest = path.split("/")
    return rest[0] if folder == "tenants" and len(rest) > 1 else PLATFORM


def _keys(path: str) -> Keys:
    steps = path.rpartition(".")[0].split("/")
    return tuple(steps if owner(path) == PLATFORM else steps[2:])
