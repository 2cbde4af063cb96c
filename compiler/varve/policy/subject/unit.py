"""A unit as one subject, and each of its services, with their resolved values."""

from varve.policy.subject.material import Material
from varve.policy.subject.subject import Subject
from varve.resolve import notify


def subjects(material: Material) -> list[Subject]:
    """The unit itself."""
    return [Subject(material.unit.value, ())]


def services(material: Material) -> list[Subject]:
    """Each service, with its id."""
    by_id = notify.maps(material.unit.value, "services")
    return [Subject({**each, "id": id_}, ("services", id_)) for id_, each in by_id.items()]
