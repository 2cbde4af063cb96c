import json
import re

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.emit.grafana.repository import FULL, dashboards, panels, queries, raw, with_locale
from tests.emit.repository import ACME, build, findings, pack, task
from varve.emit import grafana
from varve.language import promql
from varve.language.grafana.interpolation import read
from varve.language.grafana.uid import uid
from varve.language.message import LANGUAGES

SAME = {"", "Hosts", "Quotas"}
"""Texts that are the same in another language too."""

LOCALES = {"fr": "fr_FR", "en": "en_GB", "de": "de_DE", "es": "es_ES", "it": "it_IT"}


def test_a_unit_has_a_dashboard_for_each_service_one_of_its_own_and_those_it_brings() -> None:
    assert list(dashboards(raw())) == ["checkout", "_tenant", "raw/traffic"]


def test_a_whole_dashboard(snapshot: SnapshotAssertion) -> None:
    whole = {each.path: each.data.decode() for each in grafana.emit(task(FULL))}
    assert whole[f"{ACME}/dashboards/_tenant.json"] == snapshot


def test_rows_come_in_the_order_of_questions() -> None:
    rows = [each["title"] for each in dashboards()["checkout"]["panels"] if each["type"] == "row"]
    assert rows == ["Overview", "Service level objectives", "Hosts", "HTTP requests", "Probes from outside"]


def test_thresholds_are_the_resolved_parameters() -> None:
    drawn = panels(dashboards()["checkout"])
    limits = {
        title: [step["value"] for step in each["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]]
        for title, each in drawn.items()
    }
    assert limits["Latency"] == [0.3]
    assert limits["Failed requests"] == [0.005]
    assert limits["availability: bad events"] == [0.0005, 0.0072]
    assert limits["Certificates"] == [3 * 86400, 21 * 86400]


def test_every_selector_of_every_query_matches_the_tenant() -> None:
    for name, dashboard in dashboards(with_locale("en_GB")).items():
        for query in queries(dashboard):
            assert query.count("{") == query.count('{tenant="acme"'), (name, query)
            assert not isinstance(promql.read(read(query).text), str)  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dashboard_is_in_the_language_of_its_tenant(language: str) -> None:
    """Every text of every panel is in the catalogue of every language, with its parameters filled in."""
    english, drawn = dashboards(with_locale("en_GB")), dashboards(with_locale(LOCALES[language]))
    for name, dashboard in drawn.items():
        for panel, english_panel in zip(dashboard["panels"], english[name]["panels"], strict=True):
            for field in ("title", "description"):
                text = panel.get(field, "")
                assert "%(" not in text
                assert text != english_panel.get(field) or language == "en" or text in SAME, text


def test_the_description_of_a_service_is_in_the_tenants_language() -> None:
    assert dashboards(with_locale("fr_FR"))["checkout"]["description"] == "La caisse"


def test_links_lead_to_the_tenant_and_the_runbook() -> None:
    links = {each["title"]: each["url"] for each in dashboards()["checkout"]["links"]}
    assert links == {
        "ACME": f"https://grafana.example/d/{uid('production', 'acme', 'tenant')}?orgId=1",
        "Runbook": "https://runbooks.acme.example/checkout",
    }


def test_the_tenants_dashboard_lists_the_others_by_their_tags() -> None:
    (link,) = dashboards()["_tenant"]["links"]
    assert (link["type"], link["tags"]) == ("dashboards", ["environment:production", "tenant:acme"])


def test_a_service_without_packs_has_a_dashboard_too() -> None:
    made = dashboards({**FULL, "tenants/acme/services/checkout.yaml": "owner: payments\n"})
    assert list(panels(made["checkout"])) == ["Alerts firing", "Targets up", "Alerts"]
    assert list(panels(made["_tenant"])) == ["Alerts firing", "Alerts"]


def test_a_pack_of_a_repository_may_bring_a_row() -> None:
    row = "title: Queue\npanels:\n  - title: Depth\n    description: d\n    type: stat\n    unit: none\n    targets: [{expr: \"depth{tenant='{{ tenant.id }}'}\"}]\n"  # noqa: E501 - a file
    changed = {**FULL, **pack("rules: []\n"), "templates/packs/mine/dashboard.yaml.j2": row}
    service = "owner: payments\npacks: {mine: {}}\n"
    made = dashboards({**changed, "tenants/acme/services/checkout.yaml": service})
    assert panels(made["checkout"])["Depth"]["targets"][0]["expr"] == "depth{tenant='acme'}"


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        pytest.param("{}", "`panels[0]` lacks `title`", id="a panel without a title"),
        pytest.param(
            "{title: a, description: b, type: pie, unit: none, targets: []}",
            "`pie` is not a panel type that a template can use",
            id="a panel of no type",
        ),
        pytest.param(
            "{title: a, description: b, type: stat, unit: none, targets: [], colour: red}",
            "`panels[0]` has the unknown key `colour`",
            id="a key that nothing reads",
        ),
    ],
)
def test_a_template_of_a_pack_has_the_shape_of_a_row(panel: str, message: str) -> None:
    template = {"templates/packs/host/dashboard.yaml.j2": f"title: Hosts\npanels: [{panel}]\n"}
    acme = task({**FULL, **template})
    assert list(grafana.emit(acme))
    assert [(each.rule.code, each.message) for each in acme.report] == [("emit/wrong-shape", message)]


def test_a_template_query_that_is_not_promql_is_refused() -> None:
    panel = "{title: a, description: b, type: stat, unit: none, targets: [{expr: 'rate(up[$__rate_interval)'}]}"
    template = {"templates/packs/host/dashboard.yaml.j2": f"title: Hosts\npanels: [{panel}]\n"}
    acme = task({**FULL, **template})
    assert list(grafana.emit(acme))
    assert {each.rule.code for each in acme.report} == {"emit/invalid-field"}


def test_keys_are_sorted_and_ids_are_counted() -> None:
    for artifact in grafana.emit(task(FULL)):
        dashboard = json.loads(artifact.data)
        assert artifact.data.decode() == json.dumps(dashboard, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        assert [each["id"] for each in dashboard["panels"]] == list(range(1, 1 + len(dashboard["panels"])))


def test_uids_differ_between_all_dashboards_of_all_environments() -> None:
    both = {"environments/staging.yaml": str(FULL["environments/production.yaml"]).replace("production", "staging")}
    made = build({**raw(), **both})
    assert findings(made) == []
    texts = [each.data.decode() for path, each in made.artifacts.items() if "/dashboards/" in path]
    uids = [found for text in texts for found in re.findall(r'^  "uid": "(.*)"', text, re.MULTILINE)]
    assert len(uids) == len(set(uids)) == len(texts) == 6
    assert all(re.fullmatch("[a-z0-9]{40}", each) for each in uids)
