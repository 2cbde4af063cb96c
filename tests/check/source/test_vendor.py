from collections.abc import Callable, Iterable, Mapping
from time import process_time

import pytest

from varve.check.source.vendor import MOST, check
from varve.language.name import dotted
from varve.model.diagnostic import MOST_ALIKE, Report
from varve.model.source import Document, Map, Value


def findings(value: Map, id_: str = "disks") -> list[tuple[str, str]]:
    """The codes and places of the diagnostics of a vendor's file."""
    report = Report()
    valid = check(id_, Document(f"tenants/acme/rules/{id_}.yaml", value), report)
    assert valid == (not len(report))
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
        *(
            pytest.param(rule(alert="A", **{"for": none, "keep_firing_for": none}), id=f"an alert that waits {none!r}")
            for none in ("0s", "0m", "0", 0)
        ),
        pytest.param(rule(alert="A", labels={"severity": "page", "job": "x"}), id="labels of the vendor's own"),
        pytest.param(rule(alert="A", annotations={"summary": "{{ $value }}", "runbook_url": "x"}), id="annotations"),
        pytest.param({"groups": [{"name": "Any name.", "interval": "1m", "rules": []}]}, id="a group's own settings"),
    ],
)
def test_files_that_prometheus_loads_are_valid(value: Map) -> None:
    assert findings(value) == []


@pytest.mark.parametrize(
    ("value", "code", "at"),
    [
        pytest.param({}, "check/missing-key", "groups", id="no groups"),
        pytest.param({"groups": []}, "check/wrong-size", "groups", id="an empty list"),
        pytest.param({"groups": [{"name": "a"}]}, "check/missing-key", "groups[0].rules", id="no rules"),
        pytest.param(rule(), "check/neither-alert-nor-record", "groups[0].rules[0]", id="a rule of no kind"),
        pytest.param(rule(alert="A", expr="("), "check/bad-promql", "groups[0].rules[0].expr", id="no PromQL"),
        pytest.param(
            rule(alert="A", **{"for": "00"}), "check/bad-duration", "groups[0].rules[0].for", id="no duration"
        ),
        pytest.param(
            rule(alert="A", **{"for": 5}), "check/out-of-range", "groups[0].rules[0].for", id="a number without a unit"
        ),
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
def test_files_harmful_to_prometheus_or_other_tenants_are_refused(value: Map, code: str, at: str) -> None:
    assert findings(value) == [(code, at)]


RULE: Map = {"record": "a:b", "expr": "x"}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"groups": [{"name": "a", "rules": [RULE] * (MOST - 1)}]}, id="rules"),
        pytest.param(rule(record="a:b", expr="-".join(['x{a=~"b"}'] * 20)), id="regular expressions"),
        pytest.param(rule(alert="A", annotations={"a": '{{ match "b" $labels.c }}' * 20}), id="patterns of a text"),
    ],
)
def test_files_up_to_the_limits_are_valid(value: Map) -> None:
    assert findings(value) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"groups": [{"name": "a", "rules": [RULE] * MOST}]}, "the file has 2001 groups and rules"),
        ({"groups": [{"name": "a", "rules": []}] * (MOST + 1)}, "the file has 2001 groups and rules"),
        ({"groups": [{"rules": [1] * MOST}, 1, []]}, "the file has 2003 groups and rules"),
        (rule(record="a:b", expr='x{a=~"b",c!~"d"}' * 1001), "the file has 2002 regular expressions"),
        (rule(alert="A", labels={"a": "{{ match reReplaceAll" * 1001}), "the file has 2002 regular expressions"),
    ],
)
def test_a_file_beyond_the_limits_is_not_checked_further(value: Map, message: str) -> None:
    report = Report()
    assert not check("disks", Document("disks.yaml", value), report)
    assert [each.message for each in report] == [f"{message} but at most 2000 are allowed"]


DEEP = "(" * 64 + "x" + "+x" * 62 + ")" * 64
HOSTILE: Mapping[str, Callable[[], Map]] = {
    "deep expressions": lambda: many({"record": "a:b", "expr": f"{DEEP}+y{index}"} for index in range(480)),
    "long chains": lambda: many({"record": "a:b", "expr": "x" + "+x" * 125 + f"+y{index}"} for index in range(480)),
    "slow patterns": lambda: many({"record": "a:b", "expr": f"x{{a=~`\\pL{{13}}{index}`}}"} for index in range(480)),
    "many texts": lambda: rule(
        alert="A", annotations={f"a{index}": f"{index}{{{{ $labels.a }}}}" * 30 for index in range(1500)}
    ),
    "rules that are wrong": lambda: many({"record": "a:b", "expr": f"{DEEP}+y{index} +"} for index in range(480)),
    "empty rules": lambda: many({} for _ in range(80_000)),
    "unknown keys": lambda: rule(alert="A", **{f"a{index}": 1 for index in range(80_000)}),
    "labels that are not texts": lambda: rule(alert="A", labels={f"a{index}": 1 for index in range(80_000)}),
    "labels that are not templates": lambda: rule(alert="A", labels={f"a{index}": "{{" for index in range(80_000)}),
    "labels with wrong names": lambda: rule(alert="A", labels={f"é{index}": "" for index in range(80_000)}),
    "groups of one name": lambda: {"groups": [{"name": "a", "rules": []}] * MOST},
}


def many(rules: Iterable[Map]) -> Map:
    """A file with one group."""
    return {"groups": [{"name": "disks", "rules": list(rules)}]}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_no_file_takes_long_and_its_diagnostics_are_limited(value: Callable[[], Map]) -> None:
    document, report = Document("disks.json", value()), Report()
    begun = process_time()
    check("disks", document, report)
    assert process_time() - begun < 30  # seconds; it takes three, and on a busy machine more
    assert len(list(report)) <= MOST_ALIKE + 1


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


@pytest.mark.parametrize("id_", ["Disks", "disk_free", "d"])
def test_the_name_of_a_file_must_be_an_id(id_: str) -> None:
    assert findings(rule(alert="A"), id_) == [("read/bad-id", "")]
