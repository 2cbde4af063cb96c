"""With a defence of the compiler switched off, the proof finds the breach, and nothing is linked."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, cast

import pytest
import yaml

from tests.emit.repository import build, findings
from tests.link.isolation.confined import TENANTS, VENDOR, changed, sources
from varve.emit.alertmanager import inhibition, interval, receiver, route
from varve.emit.grafana import frame, raw
from varve.emit.prometheus import reserved, rules, scrape, unscoped
from varve.emit.prometheus.annotation import annotations
from varve.language import canonical
from varve.language.matcher import Matcher
from varve.link import alertmanager, grafana, isolation, prometheus
from varve.model.artifact import NOTHING_PROVEN, Build
from varve.model.source import Map
from varve.model.unit import Selection
from varve.resolve.datasource import shared
from varve.resolve.platform import secret_path

PRODUCTION: Final = Selection("production")
SHARED: Final = "build/production/shared/"


class Off(NamedTuple):
    """A defence to switch off, the message that the proof then reports, and the sources that show it."""

    switch: Callable[[pytest.MonkeyPatch], object]
    message: str
    more: Mapping[str, str] = {}


def after(holder: object, name: str, change: Callable[[Any], object]) -> Callable[[pytest.MonkeyPatch], object]:
    """A patch of the function `name` of `holder`, whose result is changed by `change`."""
    original = getattr(holder, name)
    return lambda patch: patch.setattr(holder, name, lambda *given: change(original(*given)))


def instead(holder: object, name: str, other: Callable[..., object]) -> Callable[[pytest.MonkeyPatch], object]:
    """A patch of the function `name` of `holder` with another."""
    return lambda patch: patch.setattr(holder, name, other)


def unscope(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "scoped", lambda expr, _: expr)
    patch.setattr(rules, "check_scoped", lambda *_: None)
    patch.setattr(unscoped, "check", lambda _: None)


def with_query(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "annotations", lambda *given: {**annotations(*given), "series": '{{ query "up" }}'})


def elsewhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(receiver, "secret_path", lambda known, _, secret: secret_path(known, "tenants/bank", secret))


def crossing(patch: pytest.MonkeyPatch) -> None:
    anybody = Matcher("severity", "=", "critical")
    original = inhibition._matchers  # noqa: SLF001 - the defence itself
    patch.setattr(inhibition, "_matchers", lambda _, *others: original(anybody, *others))


def rotated(data: bytes) -> bytes:
    """A linked file in which each receiver has the content of another one."""
    file = yaml.safe_load(data)
    receivers: Any = file["receivers"]
    turned = [*receivers[1:], receivers[0]]
    renamed: Any = [{**other, "name": each["name"]} for each, other in zip(receivers, turned, strict=True)]
    return canonical.yaml({**file, "receivers": renamed})


FOREIGN: Final = 'up{tenant!="acme"}'
RECORDING: Final = {"tenants/acme/rules/node.yaml": VENDOR.replace("node:load", "varve_tenant_quota_used:ratio")}

DEFENCES: Final[dict[str, Off]] = {
    "the matcher of every selector": Off(unscope, "reads other tenants' series"),
    "the negated matcher of a selector": Off(
        unscope,
        "reads other tenants' series",
        {"tenants/acme/rules/node.yaml": VENDOR.replace("up == 0", FOREIGN)},
    ),
    "the matcher in dashboards": Off(
        instead(raw, "scoped", lambda _, __, value: value), "a query of a dashboard reads"
    ),
    "the owner of a rule": Off(instead(rules, "_labelled", lambda rule, *_: rule), "does not set its own `tenant`"),
    "the names of a vendor's groups": Off(
        after(rules, "of_vendor", lambda groups: [{**each, "name": "bank/rules/node"} for each in groups]),
        "a rule group is not named after its tenant",
    ),
    "the queries in a text": Off(with_query, "is not allowed in an alert's text"),
    "names that are reserved": Off(
        instead(reserved, "check", lambda *_: None), "records under a name reserved for the platform", RECORDING
    ),
    "the owner of series": Off(instead(scrape, "_identity", lambda *_: []), "does not end by setting its own `tenant`"),
    "the labels that targets claim": Off(
        after(scrape, "_job", lambda jobs: [{**each, "honor_labels": True} for each in jobs]),
        "a job honours the labels of its targets",
    ),
    "the names of jobs": Off(
        after(scrape, "_job", lambda jobs: [{**each, "job_name": "checkout"} for each in jobs]),
        "a job is not named after its tenant",
    ),
    "the matcher of a tenant's node": Off(
        after(route, "node", lambda made: {**made, "matchers": []}), "routes are not below a single node"
    ),
    "the group of a tenant": Off(
        after(route, "_grouping", lambda made: made | ({"group_by": ["alertname"]} if "group_by" in made else {})),
        "alerts are not grouped by `tenant`",
    ),
    "the names of receivers": Off(instead(receiver, "name", lambda _, name: name), "a receiver is not named after"),
    "the names of hours": Off(instead(interval, "names", lambda _, texts: texts), "hours are not named after a tenant"),
    "the folder of secrets": Off(elsewhere, "points outside its owner's secrets folder"),
    "both sides of an inhibition": Off(crossing, "an inhibition is not confined to the tenant"),
    "the uids of dashboards": Off(instead(frame, "uid", lambda *_: "a" * 40), "the uid of a dashboard is not its own"),
    "the data sources of strict tenants": Off(
        instead(frame, "of_unit", lambda _: shared("production")), "a data source that is not the tenant's"
    ),
    "the files that a server loads": Off(
        instead(prometheus, "relpath", lambda *_: "../tenants/*/rules/*.yaml"), "lists what no tenant of this server"
    ),
    "the receivers that are linked": Off(
        after(alertmanager, "_joined", rotated), "does not contain exactly what the tenants define"
    ),
    "the uids of folders": Off(
        instead(grafana, "uid", lambda *_: "a" * 40), "a dashboard folder does not belong to exactly one"
    ),
    "the header of a tenant": Off(
        instead(grafana, "_with_header", lambda made, *_: made), "a data source neither belongs to exactly one tenant"
    ),
}


def made(off: Off) -> Build:
    return build({**sources(), **off.more}, PRODUCTION)


@pytest.mark.parametrize("off", DEFENCES.values(), ids=DEFENCES)
def test_without_a_defence_the_proof_finds_the_breach(off: Off, monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    off.switch(monkeypatch)
    monkeypatch.setattr(isolation, "say", lambda _, __, breach: messages.append(breach.message))
    found = made(off)
    assert findings(found) == []
    assert [path for path in found.artifacts if path.startswith(SHARED)]
    assert any(off.message in each for each in messages), messages


def test_tenants_whose_new_artifacts_fail_are_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    defence = DEFENCES["the matcher of every selector"]
    defence.switch(monkeypatch)
    found = made(defence)
    assert {each.rule for each in found.diagnostics} == {isolation.NOT_CONFINED}
    assert found.units == ()
    assert all(path.startswith(SHARED) for path in found.artifacts)
    assert b"tenants/" not in found.artifacts[f"{SHARED}prometheus.yaml"].data


def test_if_linked_files_fail_nothing_shared_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    defence = DEFENCES["the receivers that are linked"]
    defence.switch(monkeypatch)
    found = made(defence)
    assert {each.rule for each in found.diagnostics} == {isolation.NOT_CONFINED}
    assert not [path for path in found.artifacts if path.startswith(SHARED)]
    assert found.units != ()
    assert found.proven == NOTHING_PROVEN


KEPT: Final = {
    "rules/checkout.yaml": ("tenant: acme\n", "tenant: bank\n", "does not set its own `tenant`"),
    "rules/raw/node.yaml": ('{tenant="acme"}', "", "reads other tenants' series"),
    "scrape/checkout.yaml": ("replacement: acme", "replacement: bank", "does not end by setting its own `tenant`"),
    "alertmanager.yaml": ("receiver: acme/team", "receiver: bank/team", "somebody else's receiver"),
    "dashboards/checkout.json": ('"editable": false', '"editable": true', "can be edited by its viewers"),
    "dashboards/raw/traffic.json": ('tenant=\\"acme\\"', 'tenant=\\"bank\\"', "reads other tenants' series"),
}


@pytest.mark.parametrize(("path", "change"), [(path, each) for path, each in KEPT.items()], ids=list(KEPT))
def test_a_breach_in_a_kept_file_is_found_at_its_place(path: str, change: tuple[str, str, str]) -> None:
    file, (before, then, sentence) = f"build/production/tenants/acme/{path}", change
    files: dict[str, str | None] = dict(changed())
    text = files[file] or ""
    assert before in text
    found = build({**files, file: text.replace(before, then, 1), "tenants/acme/tenant.yaml": "tenant: {\n"})
    (wrong,) = (each for each in found.diagnostics if each.rule is isolation.NOT_CONFINED)
    assert sentence in wrong.message
    assert wrong.place is not None
    assert wrong.place.file == file
    assert wrong.place.keys
    assert wrong.notes
    assert "build/production/shared/prometheus.yaml" in found.kept
    assert not [each for each in found.artifacts if each.startswith(SHARED)]


def test_the_kept_files_of_a_broken_tenant_are_proven() -> None:
    found = build({**changed(), "tenants/acme/tenant.yaml": "tenant: {\n"})
    assert isolation.NOT_CONFINED not in {each.rule for each in found.diagnostics}
    assert found.proven == build(sources()).proven
    assert TENANTS.keys() == {"acme", "bank", "crew"}


def dashboard(title: str, *targets: Map, variables: list[Map] | None = None, **panel: object) -> str:
    value = {
        "title": title,
        "schemaVersion": 39,
        "panels": [{"id": 1, "type": "stat", "targets": list(targets), **panel}],
        "templating": {"list": variables or []},
        "annotations": {"list": [{"name": "a", "expr": 7}, {"name": "b", "target": {"expr": "up"}}, {}]},
    }
    return json.dumps(value)


def variable(kind: str, query: object, name: str = "z") -> Map:
    return cast("Map", {"name": name, "type": kind, "query": query})


UNUSUAL: Final[dict[str, str]] = {
    "mixture": dashboard(
        "a",
        {"expr": "up"},
        {"expr": "up", "datasource": {"uid": "x"}},
        {"expression": "$A", "datasource": {"type": "__expr__"}},
        datasource="-- Mixed --",
    ),
    "mixed-query": dashboard("b", {"expr": "up", "datasource": {"type": "datasource", "uid": "-- Mixed --"}}),
    "of-grafana": dashboard("c", {"expr": "up", "refId": "A"}, datasource={"type": "grafana"}),
    "of-panels": dashboard("d", {"refId": "A"}, datasource={"type": "datasource", "uid": "-- Dashboard --"}),
    "of-no-panels": dashboard("m", {"expr": "up"}, {"expr": "up", "datasource": {}}, datasource={"type": "datasource"}),
    "of-rows": dashboard("n", {"expr": "up"}, type="row", datasource={"type": "grafana", "uid": "grafana"}),
    "null-source": dashboard("e", {"expr": "up", "datasource": None}, datasource=None),
    "odd-source": dashboard("f", {"expr": "up"}, options={"datasource": "x", "a": [{"datasource": ["b"]}]}),
    "numbers": dashboard("g", {"expr": "up > $z"}, variables=[variable("custom", "a :\t5,b : -7.5")]),
    "names": dashboard(
        "h", {"expr": "rate($z[5m]) + ${z}_total"}, variables=[variable("query", "label_values(up, __name__)")]
    ),
    "old-words": dashboard("i", {"expr": 'sum by ([[z]]) (up{a="${z:regex}"})'}, variables=[variable("textbox", "a")]),
    "quotes": dashboard("j", {"expr": 'up{a=\'b\',c=`d`,e="f\\"g"} # $z "x"'}, variables=[variable("custom", "a,b")]),
    "half-kept": dashboard("k", {"expr": 'up{tenant="acme"} and up'}),
    "variables": dashboard(
        "l",
        {"expr": "up @ 1700000000 > 0x1f"},
        variables=[
            variable("query", ' label_values( up{a=~"x,y"} , job ) ', "a"),
            variable("query", {"query": "query_result(topk(3, up))", "metric": "x"}, "b"),
            variable("query", '{__name__=~"a.*"}', "c"),
            variable("adhoc", None, "d"),
            variable("datasource", "prometheus", "e"),
            variable("switch", "up", "f"),
            {**variable("query", {"query": "x", "metric": "y"}, "g"), "datasource": "-- Grafana --"},
        ],
    ),
}
RULES: Final = """
groups:
  - name: odd/name
    interval: 2m
    limit: 5
    labels: {a: b}
    rules:
      - {record: a, expr: 1}
      - {record: b, expr: "0.5", labels: {c: "{{ 1 }}"}}
      - {record: c, expr: 'a * on ("instance") group_left ("version") b'}
      - {alert: A, expr: "up{a='b'} == 1 # {}", for: 0, labels: {severity: warning}}
      - alert: B
        expr: 'label_replace(up, "owner", "$1", "tenant", "(.*)") > 1e3'
        labels: {team: '{{ $labels.team }}', severity: critical}
        annotations: {x: '{{ if eq $labels.a "}}" }}{{ else }}{{ printf "%q" $value }}{{ end }}{{/* a comment */}}'}
"""


def test_whatever_the_compiler_accepts_is_proven() -> None:
    unusual = {f"tenants/acme/dashboards/{name}.json": text for name, text in UNUSUAL.items()}
    found = build({**sources(), **unusual, "tenants/acme/rules/odd.yaml": RULES}, PRODUCTION)
    assert findings(found) == []
    assert found.proven.rules == 72
