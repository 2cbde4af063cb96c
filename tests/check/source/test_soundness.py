from collections.abc import Mapping

import pytest

from varve.check.source import soundness
from varve.language.blob import identify
from varve.model.diagnostic import Report
from varve.model.layer import Layer, Owner, Stack
from varve.model.snapshot import Entry, Snapshot
from varve.model.source import Document, Map
from varve.read.reading import Reading, reading
from varve.resolve.stack import wrap

SETTINGS: Map = {
    "apiVersion": "varve/v1",
    "environments": ["production"],
    "layers": [{"name": "tenant", "priority": 1, "owner": "tenant", "path": "tenants/%{tenant.id}/tenant"}],
}


def read(files: Mapping[str, str], report: Report) -> Reading:
    data = {path: files[path].encode() for path in sorted(files)}
    entries = {path: Entry(identify(each), "100644") for path, each in data.items()}
    return reading(Snapshot(entries, {entries[path].id: each for path, each in data.items()}), report)


def stack(reading_: Reading, owner: Owner = "tenant", into: tuple[str, ...] = ()) -> Stack:
    """All files of a reading that can be parsed, as layers of one owner."""
    paths = [path for paths in reading_.stems.values() for path in paths]
    return Stack(tuple(Layer(path, 1, owner, path, reading_.document(path).value or {}, into) for path in paths))


def judged(files: Mapping[str, str], owner: Owner = "tenant", into: tuple[str, ...] = ()) -> list[str]:
    """The codes of the diagnostics of these files, each of which is checked twice."""
    report = Report()
    reading_, seen = read(files, report), dict[str, tuple[bool, Report]]()
    layers = stack(reading_, owner, into)
    valid = soundness.layers(layers, reading_, seen)
    assert valid == soundness.layers(layers, reading_, seen) == (not len(report))
    return [each.rule.code for each in report]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (SETTINGS, []),
        ({**SETTINGS, "version": 1}, ["check/unknown-key"]),
        ({**SETTINGS, "layers": SETTINGS["layers"] * 2}, ["check/repeated-layer"]),  # type: ignore[operator]
    ],
)
def test_settings_must_fit_their_schema_and_have_usable_layers(value: Map, codes: list[str]) -> None:
    report = Report()
    found = soundness.settings(Document("varve.yaml", value), report)
    assert (found is None) == bool(codes)
    assert [each.rule.code for each in report] == codes


def test_missing_or_unreadable_settings_are_not_reported_again() -> None:
    report = Report()
    assert soundness.settings(None, report) is soundness.settings(Document("varve.yaml", None), report) is None
    assert not len(report)


@pytest.mark.parametrize(
    ("text", "owner", "codes"),
    [
        ("locale: fr_FR", "tenant", []),
        ("locks: [quotas]", "tenant", ["check/unknown-key"]),
        ("locks: [quotas]", "platform", []),
        ("locks: [quota]", "platform", ["check/unknown-place"]),
        ("locale: [", "tenant", ["read/syntax"]),
    ],
)
def test_the_keys_of_a_file_depend_on_its_owner(text: str, owner: Owner, codes: list[str]) -> None:
    assert judged({"a.yaml": text}, owner) == codes


def test_a_file_is_checked_at_the_keys_of_its_layer() -> None:
    assert judged({"web.yaml": "owner: web"}, into=("services", "web")) == []
    assert judged({"web.yaml": "locale: fr_FR"}, into=("services", "web")) == ["check/unknown-key"]


def test_every_file_is_checked_and_reported_once() -> None:
    assert judged({"a.yaml": "a: 1", "b.yaml": "b: 1", "c.yaml": "locale: fr_FR"}) == ["check/unknown-key"] * 2


def test_every_file_of_a_vendor_is_checked_and_reported_once() -> None:
    report = Report()
    reading_, seen = read({}, report), dict[str, tuple[bool, Report]]()
    found = {name: Document(f"rules/{name}.yaml", {}) for name in ("disks", "nodes")}
    for _ in range(2):
        assert not soundness.vendors(found, reading_, seen)
    assert [each.rule.code for each in report] == ["check/missing-key"] * 2


def test_a_pack_must_have_its_keys_and_a_usable_schema() -> None:
    whole: Map = {"version": 1, "title": "T", "description": "D", "applies_to": "service"}
    parameters: Map = {"type": "object", "additionalProperties": False, "properties": {}}
    unsound: Map = {**parameters, "properties": {"a": {"$ref": "#/nowhere"}}}
    anything: Map = {**parameters, "properties": {"a": True}}
    for value, codes in (
        ({**whole, "parameters": parameters}, []),
        ({**whole, "parameters": anything}, ["check/wrong-kind"]),
        (whole, ["check/missing-key"]),
        ({**whole, "parameters": unsound}, ["check/bad-pack-schema"]),
    ):
        report = Report()
        assert soundness.pack(Document("pack.yaml", value), report) == (not codes)
        assert [each.rule.code for each in report] == codes


@pytest.mark.parametrize(
    ("into", "text", "expected"),
    [
        pytest.param("services", "owner: web", [("check/unknown-place", "varve.yaml")], id="one path for all files"),
        pytest.param("services", "web: {owner: web}", [], id="files that are merged at one path"),
        pytest.param("services", "ownr: web", [("check/wrong-kind", "web.yaml")], id="a file that fits nowhere"),
        pytest.param(
            "services.%{file.stem}", "web: {owner: web}", [("check/unknown-key", "web.yaml")], id="a path for each file"
        ),
    ],
)
def test_a_path_that_many_files_share_is_reported_in_the_settings(
    into: str, text: str, expected: list[tuple[str, str]]
) -> None:
    path = "tenants/%{tenant.id}/services/*"
    settings = f"layers: [{{name: services, priority: 1, owner: tenant, path: '{path}', into: '{into}'}}]"
    report = Report()
    reading_ = read({"varve.yaml": settings, "web.yaml": text}, report)
    keys = tuple(into.replace("%{file.stem}", "web").split("."))
    value = reading_.document("web.yaml").value or {}
    found = Stack((Layer("services", 1, "tenant", "web.yaml", wrap(value, keys), keys),))
    assert soundness.layers(found, reading_, {}) == (not expected)
    assert [(each.rule.code, each.place.file) for each in report if each.place] == expected


RULES = "groups: [{name: disks, rules: [{alert: Full, expr: up}]}]"
DASHBOARD = "{title: Traffic, schemaVersion: 39, panels: []}"


@pytest.mark.parametrize(("other", "is_suggested"), [("memory", True), ("disk-free", False)])
@pytest.mark.parametrize(
    ("judge", "text"), [(soundness.vendors, RULES), (soundness.dashboards, DASHBOARD)], ids=["rules", "dashboards"]
)
def test_a_suggested_name_is_not_that_of_another_file(
    judge: soundness.Judge, text: str, other: str, *, is_suggested: bool
) -> None:
    report = Report()
    reading_ = read({f"{name}.yaml": text for name in ("Disk_Free", other)}, report)
    documents = {name: reading_.document(f"{name}.yaml") for name in ("Disk_Free", other)}
    assert not judge(documents, reading_, {})
    assert [each.hint.endswith("such as `disk-free`") for each in report] == [is_suggested]
