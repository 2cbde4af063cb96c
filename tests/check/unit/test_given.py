"""A submitted configuration must belong to the requested unit and be held to the requested frameworks."""

import pytest

from varve.check.unit import given
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Stack
from varve.model.source import Map
from varve.model.unit import Resolved, Unit


def resolved(value: Map) -> Resolved:
    return Resolved(Unit("acme", "production"), value, Stack((Layer("data", 0, "tenant", "data.json", value),)), {})


@pytest.mark.parametrize(
    ("value", "messages"),
    {
        "neither is set": ({}, []),
        "both are set": ({"tenant": {"id": "acme"}, "environment": "production"}, []),
        "another tenant": ({"tenant": {"id": "umbra"}}, ["this belongs to `umbra` but should belong to `acme`"]),
        "another environment": ({"environment": "dev"}, ["this belongs to `dev` but should belong to `production`"]),
        "a value that is no text is left to the schema": ({"tenant": [], "environment": 1}, []),
    }.values(),
)
def test_a_configuration_must_belong_to_its_unit(value: Map, messages: list[str]) -> None:
    report = Report()
    assert given.check_unit(resolved(value), report) is not bool(messages)
    assert [each.message for each in report] == messages


@pytest.mark.parametrize(
    ("tenant", "frameworks", "missing"),
    [
        ({"compliance": ["soc2", "hds"]}, ["soc2", "hds"], []),
        ({"compliance": ["soc2"]}, ["soc2", "pci-dss", "pci-dss"], ["`acme` is not held to `pci-dss`"]),
        ({}, ["soc2"], ["`acme` is not held to `soc2`"]),
        ({}, [], []),
    ],
)
def test_a_configuration_must_list_every_framework(tenant: Map, frameworks: list[str], missing: list[str]) -> None:
    report = Report()
    given.check(resolved({"tenant": tenant}), frameworks, report)
    assert [each.message for each in report] == missing
    assert {each.place.file for each in report if each.place} == ({"data.json"} if missing else set())
