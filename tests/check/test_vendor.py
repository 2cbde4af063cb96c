import pytest

from varve.check.vendor import check
from varve.language.name import dotted
from varve.model.diagnostic import Report
from varve.model.source import Document, Map, Value


def said(value: Map, named: str = "disks") -> list[tuple[str, str]]:
    """The codes and places of what is said of a vendor's file."""
    report = Report()
    sound = check(named, Document(f"tenants/acme/rules/{named}.yaml", value), report)
    assert sound == (not len(report))
    return [(each.rule.code, dotted(each.place.keys)) for each in report if each.place]


def rule(**fields: Value) -> Map:
    """A file with one group of one rule."""
    return {"groups": [{"name": "disks", "rules": [{"expr": "disk_free < 1", **fields}]}]}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(rule(alert="DiskFull"), id="an alert"),
        pytest.param(rule(alert="Disk full (vendor's name)"), id="an alert with a vendor's name"),
        pytest.param(rule(record="disk:free"), id="a recording"),
        pytest.param(rule(record="one", expr=1), id="an expression that is a number"),
        pytest.param(rule(alert="A", **{"for": "5m", "keep_firing_for": "1h"}), id="an alert that waits"),
        pytest.param(rule(alert="A", labels={"severity": "page", "job": "x"}), id="labels of the vendor's own"),
        pytest.param(rule(alert="A", annotations={"summary": "{{ $value }}", "runbook_url": "x"}), id="annotations"),
        pytest.param({"groups": [{"name": "Any name.", "interval": "1m", "rules": []}]}, id="a group's own settings"),
    ],
)
def test_what_prometheus_loads_is_taken_in(value: Map) -> None:
    assert said(value) == []


@pytest.mark.parametrize(
    ("value", "code", "at"),
    [
        pytest.param({}, "check/missing-key", "groups", id="no groups"),
        pytest.param({"groups": []}, "check/wrong-size", "groups", id="a list of none"),
        pytest.param({"groups": [{"name": "a"}]}, "check/missing-key", "groups[0].rules", id="no rules"),
        pytest.param(rule(), "check/neither-alert-nor-record", "groups[0].rules[0]", id="a rule of no kind"),
        pytest.param(rule(alert="A", expr="("), "check/bad-promql", "groups[0].rules[0].expr", id="no PromQL"),
        pytest.param(
            rule(alert="A", source="x"), "check/unknown-key", "groups[0].rules[0].source", id="a key too many"
        ),
        pytest.param(
            rule(alert="A", labels={"tenant": "umbra"}),
            "check/bad-label",
            "groups[0].rules[0].labels.tenant",
            id="the label that tells tenants apart",
        ),
        pytest.param(
            {"groups": [{"name": "a", "labels": {"tenant": "umbra"}, "rules": []}]},
            "check/bad-label",
            "groups[0].labels.tenant",
            id="the same label for a whole group",
        ),
        pytest.param(
            rule(alert="A", annotations={"summary": '{{ query "up" }}'}),
            "check/bad-go-template",
            "groups[0].rules[0].annotations.summary",
            id="a text that queries",
        ),
        pytest.param(
            rule(alert="A", labels={"a": '{{ query "up" }}'}),
            "check/bad-go-template",
            "groups[0].rules[0].labels.a",
            id="a label that queries",
        ),
    ],
)
def test_what_prometheus_or_a_neighbour_would_suffer_from_is_not(value: Map, code: str, at: str) -> None:
    assert said(value) == [(code, at)]


def test_each_repeated_name_of_a_group_is_shown_with_the_first() -> None:
    report = Report()
    names = ["a", "b", "a", "b", "a"]
    value: Map = {"groups": [{"name": name, "rules": []} for name in names]}
    check("disks", Document("disks.yaml", value), report)
    places = [each.place.keys[1] for each in report if each.place]
    notes = [note.place.keys[1] for each in report for note in each.notes if note.place]
    assert [(names[int(here)], there) for here, there in zip(places, notes, strict=True)] == [
        (names[int(here)], names.index(names[int(here)])) for here in places
    ]
    assert sorted(places) == [2, 3, 4]


@pytest.mark.parametrize("named", ["Disks", "disk_free", "d"])
def test_the_name_of_a_file_becomes_one_of_an_artifact(named: str) -> None:
    assert said(rule(alert="A"), named) == [("read/bad-id", "")]
