"""Every alert has its runbook, its owner, its contact, and links to a dashboard and a silence."""

import pytest

from tests.emit.alertmanager.notifying import task as notifying_task
from tests.emit.repository import CHECKOUT, Changed, pack, task
from varve.emit.address import silence_url, silences
from varve.emit.prometheus.annotation import annotations
from varve.model.source import Map, Value

TENANT = "tenants/acme/tenant.yaml"
ALICE = {"tenants/acme/users/alice.yaml": "name: Alice {{ Smith\nemail: alice@acme.example\n"}
HEAD = "tenant: {name: ACME, tier: gold, region: eu-west-1, isolation: logical, owners: [sre@acme.example]}\n"

CASES: dict[str, tuple[Changed, str, Map, Map]] = {
    "nothing is set": ({CHECKOUT: "", TENANT: HEAD}, "checkout", {}, {}),
    "the tenant has a contact": ({CHECKOUT: ""}, "checkout", {}, {"contact": "#acme-alerts"}),
    "the service has its own contact": (
        {CHECKOUT: "contact: {email: pay@acme.example}\n"},
        "checkout",
        {},
        {"contact": "pay@acme.example"},
    ),
    "a person is named with the address": (
        {CHECKOUT: "contact: {user: alice}\n", **ALICE},
        "checkout",
        {},
        {"contact": 'Alice {{ "{{" }} Smith <alice@acme.example>'},
    ),
    "the service has an owner and a runbook": (
        {CHECKOUT: "owner: payments {{\nrunbook: https://runbooks.example/x\n", TENANT: HEAD},
        "checkout",
        {},
        {"runbook_url": "https://runbooks.example/x", "owner": 'payments {{ "{{" }}'},
    ),
    "the alert has a runbook of its own": (
        {CHECKOUT: "owner: payments\nrunbook: https://runbooks.example/x\n", TENANT: HEAD},
        "checkout",
        {"annotations": {"runbook_url": "https://runbooks.example/own"}},
        {"owner": "payments"},
    ),
    "an alert of the tenant itself": ({}, "", {}, {"contact": "#acme-alerts"}),
}


@pytest.mark.parametrize(("changed", "service", "rule", "expected"), CASES.values(), ids=CASES)
def test_the_annotations_of_an_alert(changed: Changed, service: str, rule: Map, expected: Map) -> None:
    assert annotations(task(changed), {"alert": "QueueStuck", **rule}, service) == expected


READ: Changed = {"environments/production.yaml": "platform: {runbooks: 'https://git.example/packs/'}\n"}
LINK = "https://git.example/packs/http-service/runbook.md#httperrorratiohigh"


@pytest.mark.parametrize(
    ("changed", "pack", "rule", "expected"),
    [
        pytest.param(READ, "http-service", {}, LINK, id="the platform sets the address of runbooks"),
        pytest.param({}, "http-service", {}, None, id="nobody can read it"),
        pytest.param(READ, "", {}, None, id="an alert of no pack"),
        pytest.param(
            {**READ, CHECKOUT: "runbook: https://runbooks.example/x\n"},
            "http-service",
            {},
            "https://runbooks.example/x",
            id="the service has its own",
        ),
        pytest.param(READ, "http-service", {"annotations": {"runbook_url": "x"}}, None, id="the alert has its own"),
    ],
)
def test_an_alert_of_a_pack_leads_to_its_runbook(changed: Changed, pack: str, rule: Map, expected: str | None) -> None:
    made = task({CHECKOUT: "", **changed})
    alert: Map = {"alert": "HttpErrorRatioHigh", **rule}
    assert annotations(made, alert, "checkout", pack).get("runbook_url") == expected


def test_for_any_alert_name_the_link_is_a_url() -> None:
    made = task({CHECKOUT: "", **READ})
    texts = annotations(made, {"alert": "Élan: 5 % of {{ x }}"}, "checkout", "http-service")
    assert texts["runbook_url"] == "https://git.example/packs/http-service/runbook.md#%C3%A9lan-5--of--x-"


def test_a_pack_without_a_runbook_has_no_link() -> None:
    made = task({CHECKOUT: "", **READ, **pack("rules: []\n")})
    assert "runbook_url" not in annotations(made, {"alert": "Mine"}, "checkout", "mine")
    made = task({CHECKOUT: "", **READ, **pack("rules: []\n"), "templates/packs/mine/runbook.md": ""})
    assert str(annotations(made, {"alert": "Mine"}, "checkout", "mine")["runbook_url"]).endswith(
        "/mine/runbook.md#mine"
    )


def test_an_alert_links_to_its_dashboard_and_to_a_silence_unless_it_sets_these_links() -> None:
    made = notifying_task("labels: {}")
    texts = annotations(made, {"alert": "QueueStuck"}, "checkout")
    assert texts["silence_url"] == silence_url(
        silences(made.unit, made.environment) or "", "QueueStuck", "acme", "checkout"
    )
    own: Map = {"alert": "QueueStuck", "annotations": {"silence_url": "https://own.example"}}
    assert "silence_url" not in annotations(made, own, "checkout")


APART: dict[str, tuple[dict[str, Value], tuple[tuple[str, str], ...]]] = {
    "the severity": ({"severity": "warning", "queue": "a"}, (("severity", "warning"),)),
    "the objective": ({"severity": "critical", "slo": "fast"}, (("severity", "critical"), ("slo", "fast"))),
    "the escalation": ({"escalation": "warning-30m"}, (("escalation", "warning-30m"),)),
    "nothing that is known only when it fires": ({"severity": "{{ $labels.severity }}"}, ()),
}


@pytest.mark.parametrize(("labels", "apart"), APART.values(), ids=APART)
def test_a_silence_is_about_no_other_alert_of_the_same_name(
    labels: dict[str, Value], apart: tuple[tuple[str, str], ...]
) -> None:
    made = notifying_task("labels: {}")
    texts = annotations(made, {"alert": "QueueStuck", "labels": labels}, "checkout")
    base = silences(made.unit, made.environment) or ""
    assert texts["silence_url"] == silence_url(base, "QueueStuck", "acme", "checkout", apart)
    assert str(texts["silence_url"]).count("%3D%22") == 3 + len(apart)
