"""What a tenant brings is confined to it: each way out is found in the bytes, and what stays inside passes."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from varve.language.uid import uid
from varve.link import isolation
from varve.link.linking import Linking, Member
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.unit import Environment
from varve.resolve.datasource import own, shared

FOLDER = "build/production/tenants/acme"

ALERTMANAGER: dict[str, Any] = {
    "templates": ["../../shared/alertmanager/fr_FR.tmpl"],
    "route": {
        "receiver": "platform",
        "group_by": ["tenant", "alertname"],
        "routes": [
            {
                "matchers": ['tenant="acme"'],
                "receiver": "platform",
                "group_by": ["tenant", "service"],
                "routes": [
                    {"matchers": ['severity="critical"'], "receiver": "acme/oncall", "continue": True},
                    {"receiver": "acme/team", "active_time_intervals": ["acme/business"], "group_by": ["tenant"]},
                ],
            }
        ],
    },
    "receivers": [
        {"name": "platform", "slack_configs": [{"api_url_file": "/run/secrets/platform/slack/url"}]},
        {"name": "acme/oncall", "pagerduty_configs": [{"routing_key_file": "/run/secrets/tenants/acme/pd/key"}]},
        {"name": "acme/team"},
    ],
    "time_intervals": [{"name": "acme/business"}, {"name": "acme/users/alice/night"}],
    "inhibit_rules": [
        {
            "source_matchers": ['tenant="acme"', 'severity="critical"'],
            "target_matchers": ['tenant="acme"', 'severity="warning"'],
            "equal": ["tenant", "service"],
        }
    ],
}
RULES: dict[str, Any] = {
    "groups": [{"name": "acme/checkout", "rules": [{"alert": "A", "expr": "up", "labels": {"tenant": "acme"}}]}]
}
SCRAPE: dict[str, Any] = {
    "scrape_configs": [
        {
            "job_name": "acme/checkout/app",
            "honor_labels": False,
            "relabel_configs": [{"target_label": "tenant", "replacement": "acme"}],
        }
    ]
}


def _dashboard(*named: str) -> dict[str, Any]:
    variables = [{"type": "datasource", "current": {"value": shared("production").uid}}, {"type": "query"}]
    return {"uid": uid("production", "acme", *named), "templating": {"list": variables}}


FILES = {
    f"{FOLDER}/alertmanager.yaml": ALERTMANAGER,
    f"{FOLDER}/rules/checkout.yaml": RULES,
    f"{FOLDER}/scrape/checkout.yaml": SCRAPE,
    f"{FOLDER}/dashboards/_tenant.json": _dashboard("tenant"),
    f"{FOLDER}/dashboards/checkout.json": _dashboard("service", "checkout"),
    f"{FOLDER}/dashboards/raw/vendors.json": _dashboard("raw", "vendors"),
}


def _said(files: dict[str, Any], *, fresh: bool = False) -> list[str]:
    report = Report()
    platform: Any = {"secrets": {"root": "/run/secrets"}}
    environment = Environment("production", platform, Stack(()))
    member = Member("acme", strict=False, fresh=fresh, files=tuple(files))
    isolation.check(Linking(environment, (member,), lambda *_: {}, files.__getitem__, {}, report))
    assert all(each.rule is isolation.NOT_CONFINED and each.place for each in report)
    return [each.message for each in report]


def _node(value: dict[str, Any]) -> dict[str, Any]:
    node: dict[str, Any] = value["route"]["routes"][0]
    return node


ESCAPES: dict[str, Callable[[Any], object]] = {
    "the node matches another tenant": lambda it: _node(it).update(matchers=['tenant="bank"']),
    "the node matches many": lambda it: _node(it).update(matchers=['tenant=~"acme|bank"']),
    "the node matches all": lambda it: _node(it).pop("matchers"),
    "a second node": lambda it: it["route"]["routes"].append(deepcopy(_node(it))),
    "no node": lambda it: it["route"].update(routes=[]),
    "the root leads to the tenant": lambda it: it["route"].update(receiver="acme/team"),
    "the node hands on": lambda it: _node(it).update({"continue": True}),
    "the node leads to the tenant": lambda it: _node(it).update(receiver="acme/team"),
    "another tenant's receiver": lambda it: _node(it)["routes"][0].update(receiver="bank/oncall"),
    "a receiver that only begins alike": lambda it: _node(it)["routes"][0].update(receiver="acme-two/oncall"),
    "the platform's receiver": lambda it: _node(it)["routes"][0].update(receiver="platform"),
    "a route without a receiver": lambda it: _node(it)["routes"][0].pop("receiver"),
    "a route below a route": lambda it: _node(it)["routes"][0].update(routes=[{"receiver": "bank/oncall"}]),
    "groups over tenants": lambda it: _node(it)["routes"][1].update(group_by=["service"]),
    "hours of another": lambda it: _node(it)["routes"][1].update(active_time_intervals=["bank/business"]),
    "mutes by another": lambda it: _node(it)["routes"][1].update(mute_time_intervals=["bank/business"]),
    "the name of another's receiver": lambda it: it["receivers"][2].update(name="bank/team"),
    "a receiver without a name": lambda it: it["receivers"][2].pop("name"),
    "the name of another's hours": lambda it: it["time_intervals"][0].update(name="bank/business"),
    "another's secret": lambda it: it["receivers"][1]["pagerduty_configs"][0].update(
        routing_key_file="/run/secrets/tenants/bank/pd/key"
    ),
    "a way up from the own secrets": lambda it: it["receivers"][1]["pagerduty_configs"][0].update(
        routing_key_file="/run/secrets/tenants/acme/../bank/pd/key"
    ),
    "the platform's secret": lambda it: it["receivers"][1]["pagerduty_configs"][0].update(
        http_config={"authorization": {"credentials_file": "/run/secrets/platform/slack/url"}}
    ),
    "a file of texts that names a define": lambda it: it.update(
        templates=['../../shared/alertmanager/q" }}{{ end }}{{ define "varve.fr_FR.slack.text" }}x.tmpl']
    ),
    "a file of texts from elsewhere": lambda it: it.update(templates=["/etc/alertmanager/fr_FR.tmpl"]),
    "silences another": lambda it: it["inhibit_rules"][0].update(target_matchers=['severity="warning"']),
    "silenced by another": lambda it: it["inhibit_rules"][0].update(source_matchers=['severity="critical"']),
    "silences across tenants": lambda it: it["inhibit_rules"][0].update(equal=["service"]),
    "no file of routes at all": lambda it: it.clear(),
}


@pytest.mark.parametrize("fresh", [True, False], ids=["built now", "kept"])
@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
def test_routes_that_lead_out_are_found(escape: Callable[[Any], object], *, fresh: bool) -> None:
    changed = deepcopy(FILES)
    escape(changed[f"{FOLDER}/alertmanager.yaml"])
    assert _said(changed, fresh=fresh)


@pytest.mark.parametrize("fresh", [True, False], ids=["built now", "kept"])
def test_what_stays_inside_passes(*, fresh: bool) -> None:
    assert _said(FILES, fresh=fresh) == []


KEPT: dict[str, tuple[str, Callable[[Any], object]]] = {
    "a rule that says another tenant": (
        "rules",
        lambda it: it["groups"][0]["rules"][0]["labels"].update(tenant="bank"),
    ),
    "a rule that says no tenant": ("rules", lambda it: it["groups"][0]["rules"][0].pop("labels")),
    "a group of another": ("rules", lambda it: it["groups"][0].update(name="bank/checkout")),
    "a job of another": ("scrape", lambda it: it["scrape_configs"][0].update(job_name="bank/checkout/app")),
    "a job that says nothing": ("scrape", lambda it: it["scrape_configs"][0].pop("relabel_configs")),
    "a job that says something later": (
        "scrape",
        lambda it: it["scrape_configs"][0]["relabel_configs"].append({"target_label": "tenant", "replacement": "bank"}),
    ),
    "the uid of another's dashboard": ("dashboards", lambda it: it.update(uid=uid("production", "bank", "tenant"))),
    "the data source of another": (
        "dashboards",
        lambda it: it["templating"]["list"][0]["current"].update(value=own("production", "bank").uid),
    ),
    "a data source of nobody": ("dashboards", lambda it: it["templating"].clear()),
    "a job that believes its target": ("scrape", lambda it: it["scrape_configs"][0].update(honor_labels=True)),
}


@pytest.mark.parametrize(("kind", "escape"), KEPT.values(), ids=KEPT)
def test_a_kept_artifact_that_leads_out_is_found(kind: str, escape: Callable[[Any], object]) -> None:
    changed = deepcopy(FILES)
    escape(changed[next(path for path in changed if path.startswith(f"{FOLDER}/{kind}/checkout."))])
    assert _said(changed)


@pytest.mark.parametrize("held", [None, [], "text", {"groups": None}, {"groups": [None]}, {"route": []}])
def test_a_file_of_any_other_shape_is_no_mistake_of_ours(held: object) -> None:
    for path in FILES:
        _said({path: held})
