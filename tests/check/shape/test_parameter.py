import pytest

from varve.check.shape.parameter import check, check_schema
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.pack import Pack
from varve.model.source import Document, Map, Value
from varve.model.unit import Resolved, Unit

SCHEMA: Map = {
    "type": "object",
    "additionalProperties": False,
    "required": ["limit"],
    "properties": {
        "limit": {"type": "integer", "minimum": 1},
        "window": {"type": "string", "format": "duration", "default": "5m"},
    },
}
PACKS = {"queue": Pack("queue", "service", SCHEMA, {})}


def findings(parameters: Value, weaker: Value = None) -> list[tuple[str, str, str, str]]:
    """The code, path, key or value, and file of each diagnostic for a service that uses the pack `queue`."""
    value: Map = {"services": {"web": {"packs": {"queue": parameters}}}}
    base = Layer("services", 1, "tenant", "web.yaml", {"services": {"web": {"packs": {"queue": weaker or {}}}}})
    layers = Stack((base, Layer("overlay", 2, "tenant", "overlay.yaml", value)))
    report = Report()
    check(Resolved(Unit("acme", "production"), value, layers, {}), PACKS, report)
    return [(each.rule.code, dotted(each.place.keys), each.place.on, each.place.file) for each in report if each.place]


QUEUE = "services.web.packs.queue"


@pytest.mark.parametrize("parameters", [{"limit": 1}, {"limit": 5, "window": "1h"}])
def test_parameters_that_fit_are_valid(parameters: Map) -> None:
    assert findings(parameters) == []


def test_a_misfit_is_reported_every_time() -> None:
    assert findings({"limit": 0}) == findings({"limit": 0}) != []


@pytest.mark.parametrize(
    ("parameters", "code", "at", "on"),
    [
        ({"limit": 0}, "check/out-of-range", f"{QUEUE}.limit", "value"),
        ({"limit": "5"}, "check/wrong-kind", f"{QUEUE}.limit", "value"),
        ({"limit": 5, "window": "5"}, "check/bad-duration", f"{QUEUE}.window", "value"),
        ({"limit": 5, "windw": "5m"}, "check/unknown-key", f"{QUEUE}.windw", "key"),
    ],
)
def test_a_misfit_is_reported_at_its_place(parameters: Map, code: str, at: str, on: str) -> None:
    assert findings(parameters) == [(code, at, on, "overlay.yaml")]


def test_a_missing_parameter_is_reported_in_the_file_that_uses_the_pack() -> None:
    assert findings({}) == [("check/missing-key", QUEUE, "key", "web.yaml")]


def test_parameters_of_an_unknown_pack_are_not_checked() -> None:
    value: Map = {"services": {"web": {"packs": {"nowhere": {"limit": "x"}}}, "idle": {}}}
    report = Report()
    check(Resolved(Unit("acme", "production"), value, Stack(()), {}), PACKS, report)
    assert not len(report)


def test_the_schema_of_a_pack_is_checked() -> None:
    report = Report()
    assert check_schema(Document("pack.yaml", {"parameters": SCHEMA}), report)
    assert not len(report)
    unsound: Map = {**SCHEMA, "properties": {"limit": {"type": "int"}}}
    assert not check_schema(Document("pack.yaml", {"parameters": unsound}), report)
    [one] = report
    assert one.place is not None
    assert (one.rule.code, dotted(one.place.keys)) == ("check/bad-pack-schema", "parameters.properties.limit.type")
