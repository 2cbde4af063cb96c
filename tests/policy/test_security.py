"""The shipped security policies can be evaluated on everything that the schemas accept, and in bounded time."""

import re
import time
import tomllib
from pathlib import Path
from typing import cast

import pytest
import yaml

from tests.policy.shaped import SEEDS, faults, programs, world
from tests.workbench import ROOT, files, snapshot
from varve import pipeline
from varve.language.fault import Fault
from varve.model.policy import Scope
from varve.model.source import Map
from varve.policy import program as asking
from varve.policy import wording
from varve.policy.inputs import inputs_of

FOLDER = ROOT / "policies" / "security"
SOON = 1.0
LONG = "https://acme.example/?" + "a" * 99_000
ANY = '"' + "é" * 45_000 + "@" + "1" * 45_000
NO_QUERIES: tuple[object, ...] = ({}, 7, None, ANY)
PANEL: Map = {"type": "stat", "id": 1}


def service(**fields: object) -> Map:
    return cast("Map", {"id": "checkout", **fields})


def platform(**settings: object) -> Map:
    return cast("Map", {"targets": {"prometheus": {"version": "3.5"}}, **settings})


def dashboard(**fields: object) -> Map:
    return cast("Map", {"name": "queues", "origin": "own", "value": {"title": "Queues", "panels": [PANEL], **fields}})


def panel(**fields: object) -> Map:
    return dashboard(panels=[{**PANEL, **fields}, {"type": "row", "panels": [{**PANEL, **fields}]}])


def alert(**fields: object) -> Map:
    return cast("Map", {"name": "Down", "expr": "up == 0", **fields})


HOSTILE: dict[str, tuple[Scope, Map]] = {
    "a long address of Jira": (Scope.RECEIVER, {"id": "desk", "type": "jira", "api_url": LONG}),
    "a receiver without anything of its own": (Scope.RECEIVER, {"id": "all", "type": "pagerduty"}),
    "a receiver of many mailboxes": (Scope.RECEIVER, {"id": "all", "type": "email", "to": ["a@a.example"] * 20}),
    "a route of many matchers": (Scope.ROUTE, {"id": "all", "match": ['service=~".*a{1000}.*"'] * 500}),
    "a route of one long matcher": (Scope.ROUTE, {"id": "all", "match": [f'service=~"{"(a|b)*" * 10_000}"']}),
    "a long address of a remote write": (Scope.PLATFORM, platform(remote_write={"mimir": {"url": LONG}})),
    "many remote writes": (
        Scope.PLATFORM,
        platform(remote_write={f"mimir-{each}": {"url": "https://a.example"} for each in range(2000)}),
    ),
    "a long address of everything": (
        Scope.PLATFORM,
        platform(
            alertmanager={"url": LONG},
            grafana={"url": LONG, "datasources": {"logical": {"url": LONG}, "partial": {"url": LONG}}},
            strict={"bank": {"alertmanager_url": LONG, "prometheus_url": LONG}},
        ),
    ),
    "a long address of the platform's Jira": (Scope.PLATFORM, platform(receiver={"jira": {"api_url": LONG}})),
    "a long host": (
        Scope.PLATFORM,
        platform(
            scrape={"allow": ["*." + "a" * 99_000]},
            notify={"allow": ["a" * 99_000], "domains": ["*." + "a." * 45_000]},
            grafana={"url": "https://a.example", "datasources": {}, "allow": ["a" * 99_000]},
        ),
    ),
    "a long mail server": (Scope.PLATFORM, platform(smtp={"smarthost": "a" * 99_000 + ":25", "require_tls": False})),
    "a platform that says nothing": (Scope.PLATFORM, platform()),
    "a strict tenant that says nothing": (Scope.PLATFORM, platform(strict={"bank": {}})),
    "secrets that say nothing": (Scope.PLATFORM, platform(secrets={"root": "/run", "recipients": {}})),
    "a service that says nothing": (Scope.SERVICE, service()),
    "maps that are empty": (Scope.SERVICE, service(scrape={}, probes={}, alerts={}, records={})),
    "a long target": (Scope.SERVICE, service(scrape={"app": {"targets": ["a" * 99_000 + ":1"]}})),
    "many targets": (
        Scope.SERVICE,
        service(scrape={f"app-{each}": {"targets": ["a.acme.example:9090"] * 1000} for each in range(40)}),
    ),
    "many targets that take any certificate": (
        Scope.SERVICE,
        service(scrape={"app": {"targets": ["a:9090"] * 1000, "tls_config": {"insecure_skip_verify": True}}}),
    ),
    "a long path of metrics": (Scope.SERVICE, service(scrape={"app": {"targets": ["a:1"], "metrics_path": "/" + ANY}})),
    "long parameters of a scrape": (
        Scope.SERVICE,
        service(scrape={"app": {"targets": ["a:1"], "params": {ANY: [ANY], "token": [], "a": [""] * 5000}}}),
    ),
    "a long address of a probe": (Scope.SERVICE, service(probes={"home": {"http": {"url": LONG}}})),
    "many recordings": (Scope.SERVICE, service(records={f"a:{each}": {"expr": "x" * 200} for each in range(3000)})),
    "an alert with thousands of labels": (Scope.ALERT, alert(labels={f"l{each}": "1-2+@4" for each in range(9000)})),
    "an alert with thousands of annotations": (
        Scope.ALERT,
        alert(annotations={f"a{each}": "{{ $labels.x }} 1-2+@4=://" for each in range(9000)}),
    ),
    "labels that are nearly addresses": (Scope.ALERT, alert(labels={"x": "a@" * 100, "y": "+1 " * 66, "z": "-" * 200})),
    "texts that are nearly addresses": (
        Scope.ALERT,
        alert(annotations={"x": "a@a." * 2000, "y": "+1 (2)/3-4" * 800, "z": "123-45-678" * 800, "w": "4111 " * 1600}),
    ),
    "an expression as long as there may be": (Scope.ALERT, alert(expr="sum(rate(x[5m])) + " * 430, origin="vendor")),
    "an expression of brackets": (Scope.ALERT, alert(expr="[" * 4000 + "offset " * 500, origin="alert")),
    "a unit that says nothing": (Scope.UNIT, {"tenant": {"id": "acme"}, "services": {}}),
    "a dashboard that says nothing": (Scope.DASHBOARD, {"name": "queues", "origin": "pack", "value": {}}),
    "a dashboard of empty things": (Scope.DASHBOARD, dashboard(templating={}, links=[], annotations={}, tags=[])),
    "options of no kind that anybody knows": (Scope.DASHBOARD, panel(options={"mode": 7, "content": ["html"]})),
    "options that are true": (Scope.DASHBOARD, panel(options={"mode": True, "content": None})),
    "a long text": (Scope.DASHBOARD, panel(options={"mode": "markdown", "content": ANY})),
    "links of a panel that are none": (
        Scope.DASHBOARD,
        panel(links=["a", 7, {"url": 7}, {"url": None}, {"url": LONG}]),
    ),
    "links of a panel that are no list": (Scope.DASHBOARD, panel(links={"url": "a"})),
    "links of a dashboard that are none": (Scope.DASHBOARD, dashboard(links=[{"url": 7}, {"url": []}, {}])),
    "a long link": (Scope.DASHBOARD, dashboard(links=[{"url": LONG}])),
    "a query that is no text": (
        Scope.DASHBOARD,
        dashboard(templating={"list": [{"name": "a", "type": "query", "query": each} for each in NO_QUERIES]}),
    ),
    "a long name of a variable": (
        Scope.DASHBOARD,
        dashboard(templating={"list": [{"name": "a" * 99_000, "type": "textbox"}]}),
    ),
    "targets without a query": (Scope.DASHBOARD, panel(targets=[{}, {"refId": "A"}, {"expr": ""}, {"expr": ANY}])),
    "as many panels as there may be": (
        Scope.DASHBOARD,
        dashboard(panels=[{**PANEL, "targets": [{"expr": "sum by (a) (x)"}] * 20, "options": {}}] * 150),
    ),
    "whether it is public is a text": (Scope.DASHBOARD, dashboard(isPublic="yes", snapshot=None)),
    "an artifact that says nothing": (Scope.ARTIFACT, {"path": "build/a", "name": "a", "value": {}}),
    "an Alertmanager with receivers of nobody": (
        Scope.ARTIFACT,
        {
            "path": "build/a",
            "name": "alertmanager.yaml",
            "value": {
                "global": {},
                "receivers": [{"name": "a"}, {"name": "b", "slack_configs": [{}], "jira_configs": []}],
            },
        },
    ),
    "a Prometheus that says little": (
        Scope.ARTIFACT,
        {
            "path": "build/a",
            "name": "prometheus.yaml",
            "value": {"global": {}, "alerting": {}, "remote_write": [{}], "scrape_configs": [{"tls_config": {}}]},
        },
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_the_schemas_accept_can_be_judged(seed: int) -> None:
    assert faults("security", world(seed)) == []


@pytest.mark.parametrize(("scope", "subject"), HOSTILE.values(), ids=list(HOSTILE))
def test_confusing_subjects_are_judged_quickly(scope: Scope, subject: Map) -> None:
    given = inputs_of(scope, {}, [subject])
    assert given.excess == (None,)
    for id_, made in programs("security").items():
        if made.policy.scope is scope:
            begun = time.process_time()
            activation = asking.activation(made, given, 0)
            assert not isinstance(activation, Fault)
            matched = asking.matches(made, activation)
            held = asking.holds(made, activation) if matched is True else matched
            assert isinstance(held, bool), f"{id_}: {held}"
            if matched and not held:
                assert isinstance(wording.message(made, activation), str), id_
            assert time.process_time() - begun < SOON, id_


def test_the_example_can_be_judged_by_all_of_them_at_once() -> None:
    chosen = {each.stem: {"severity": "note"} for each in FOLDER.iterdir()}
    own = {path: data for folder in ("tenants", "environments") for path, data in _under(folder).items()}
    settings = {"varve.yaml": (ROOT / "varve.yaml").read_bytes()}
    policies = {"policies/settings.yaml": yaml.safe_dump({"policies": chosen}).encode()}
    diagnostics = pipeline.compile(snapshot({**own, **settings, **policies})).diagnostics
    codes = {each.rule.code for each in diagnostics}
    assert "policy/encrypted-scrape" in codes
    assert not codes & {"policy/cannot-judge", "policy/too-large", "policy/bad-expression"}


def _under(folder: str) -> dict[str, bytes]:
    return {f"{folder}/{path}": data for path, data in files(ROOT / folder).items()}


def test_few_policies_are_always_active() -> None:
    always = {id_ for id_, made in programs("security").items() if made.policy.always}
    assert always == {
        *("credentials-in-address", "credentials-in-probe", "credentials-in-remote-write"),
        *("encrypted-mail", "verified-certificates"),
    }


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_policy_says_what_it_does_not_prove_and_of_which_weakness_it_is(path: Path) -> None:
    policy = programs("security")[path.stem].policy
    assert policy.limits
    assert policy.cwe


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_policy_has_a_story_and_a_bad_source(path: Path) -> None:
    assert (ROOT / "tests" / "stories" / "policy" / f"{path.stem}.md").is_file()
    rows = tomllib.loads((ROOT / "tests" / "bad" / "policy-security.toml").read_text("utf-8"))["case"]
    assert f"policy/{path.stem}" in {row["code"] for row in rows}


@pytest.mark.parametrize(
    ("parameter", "ids"),
    [
        *((each, "personal-data-in-") for each in ("fills", "mail", "names", "nobody", "numbers", "uses")),
        *((each, "wildcard-") for each in ("shared", "wide")),
        ("asks", "credentials-in-(?!link)"),
        ("types", "html-panel|script-panels"),
    ],
)
def test_what_policies_have_in_common_is_the_same_in_all_of_them(parameter: str, ids: str) -> None:
    policies = [made.policy for id_, made in programs("security").items() if re.match(ids, id_)]
    found = [each.parameters[parameter] for each in policies if parameter in each.parameters]
    assert len(found) > 1
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize(
    "id_", ["personal-data-in-labels", "personal-data-in-variables", "personal-data-in-recordings"]
)
def test_every_name_matches_the_patterns_that_search_for_it(id_: str) -> None:
    parameters = programs("security")[id_].policy.parameters
    names = cast("Map", parameters["names"])
    for name in names:
        assert ("uses" not in parameters) or re.search(cast("str", parameters["uses"]), f"sum by ({name}) (x)")
        assert ("fills" not in parameters) or re.search(cast("str", parameters["fills"]), f"{{{{ $labels.{name} }}}}")


def test_the_table_of_vulnerabilities_is_sound() -> None:
    parameters = programs("security")["known-vulnerabilities"].policy.parameters
    entries = cast("list[dict[str, str]]", parameters["known"])
    assert re.fullmatch(r"2026-[0-9]{2}-[0-9]{2}", cast("str", parameters["as_of"]))
    for each in entries:
        assert set(each) == {"system", "from", "before", "id", "what"}
        assert re.fullmatch(r"CVE-[0-9]{4}-[0-9]{4,}", each["id"])
        assert each["system"] in ("prometheus", "alertmanager", "grafana")
        assert _version(each["from"]) < _version(each["before"])
    assert len({(each["system"], each["from"], each["id"]) for each in entries}) == len(entries)


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))
