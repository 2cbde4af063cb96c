import pytest

from varve.check.unit.misspelling import check
from varve.model.diagnostic import Place, Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Resolved, Unit

SERVICE = Layer(
    "services",
    50,
    "tenant",
    "tenants/acme/services/checkout.yaml",
    {"services": {"checkout": {}}},
    ("services", "checkout"),
)


def findings(services: Map, priority: int, owner: str = "tenant") -> list[tuple[str, Place | None]]:
    """The diagnostics if a layer of that priority sets `services`, besides the file of `checkout`."""
    other = Layer("overlay", priority, owner, "overlay.yaml", {"services": services})  # type: ignore[arg-type]
    layers = Stack(tuple(sorted((SERVICE, other), key=lambda each: each.priority)))
    report = Report()
    value: Map = {"services": {"checkout": {}, **services}}
    check(Resolved(Unit("acme", "production"), value, layers, {}), report)
    return [(each.hint, each.place) for each in report]


def test_a_name_similar_to_a_service_is_warned_of() -> None:
    place = Place("overlay.yaml", ("services", "chekout"), "key")
    assert findings({"chekout": {}}, 60) == [("did you mean `checkout`?", place)]


@pytest.mark.parametrize(
    ("services", "priority", "owner"),
    [
        pytest.param({"checkout": {}}, 60, "tenant", id="an overlay of an existing service"),
        pytest.param({"warehouse": {}}, 60, "tenant", id="a service that is like no other"),
        pytest.param({"chekout": {}}, 40, "tenant", id="a service in the tenant's own file"),
        pytest.param({"chekout": {}}, 70, "platform", id="a service that the platform defines"),
    ],
)
def test_other_names_are_not_warned_of(services: Map, priority: int, owner: str) -> None:
    assert findings(services, priority, owner) == []
