"""Scrape files: every job sets the owner of its series last, whatever its template, target or tenant sets."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.emit.repository import ACME, BLACKBOX, CHECKOUT, SEALED, STRICT, Changed, parsed, sound

SCRAPE = "templates/prometheus/scrape.yaml.j2"
PROBE = "templates/prometheus/probe.yaml.j2"
FILE = f"{ACME}/scrape/checkout.yaml"
APP = "scrape: {app: {targets: ['checkout:9090']}}\n"
HOME = "probes: {home: {http: {url: 'https://acme.example/'}}}\n"


def _jobs(changed: Changed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed(sound(changed), FILE)["scrape_configs"]
    return found


def _identity(component: str) -> list[dict[str, str]]:
    labels = {"job": "checkout", "component": component, "tenant": "acme"}
    return [{"target_label": label, "replacement": value} for label, value in labels.items()]


def test_a_whole_file(snapshot: SnapshotAssertion) -> None:
    service = """scrape:
  app:
    targets: ["checkout-1:9090", "checkout-2:9090"]
    scheme: https
    metrics_path: /actuator/prometheus
    params: {collect: [all]}
    interval: 15s
    timeout: 5s
    labels: {zone: "a $1 {{"}
    sample_limit: 5000
    honor_timestamps: false
    fallback_scrape_protocol: PrometheusText0.0.4
    basic_auth: {username: varve, password: {secret: metrics/password}}
    tls_config: {server_name: checkout.acme.example, insecure_skip_verify: true}
probes:
  home: {http: {url: "https://acme.example/?a=$1", interval: 1m, timeout: 10s, module: http_2xx_french}}
"""
    # A job may skip the verification of certificates, of which a policy always warns.
    unverified = {"policies/settings.yaml": "policies: {verified-certificates: {enabled: false}}\n"}
    changed = {CHECKOUT: service, "tenants/acme/secrets/metrics.sops.yaml": SEALED, **BLACKBOX, **unverified}
    assert sound(changed).artifacts[FILE].data.decode() == snapshot


def test_a_service_that_is_not_scraped_has_no_file() -> None:
    assert FILE not in sound({CHECKOUT: "owner: payments\n"}).artifacts


TEMPLATES = {
    "the usual": None,
    "one that honours labels": "job_name: x\nhonor_labels: true\n",
    "one that sets another tenant": "job_name: x\nrelabel_configs: [{target_label: tenant, replacement: other}]\n",
    "one that drops every label": "job_name: x\nrelabel_configs: [{action: labeldrop, regex: tenant|job}]\n",
    "one without steps": "job_name: x\nrelabel_configs:\n",
}


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_the_tenant_is_set_last_and_labels_of_targets_are_not_honoured(template: str | None) -> None:
    changed = {CHECKOUT: APP + HOME, **BLACKBOX} | ({SCRAPE: template, PROBE: template} if template else {})
    job, probe = _jobs(changed)
    assert job["honor_labels"] is probe["honor_labels"] is False
    assert job["relabel_configs"][-3:] == _identity("app")
    assert probe["relabel_configs"][-3:] == _identity("probe")


def test_samples_are_relabelled_only_where_a_template_does_and_then_the_tenant_is_last_there_too() -> None:
    template = "job_name: x\nmetric_relabel_configs: [{target_label: tenant, replacement: other}]\n"
    (job,) = _jobs({CHECKOUT: APP, SCRAPE: template})
    assert job["metric_relabel_configs"][-3:] == _identity("app")
    assert "metric_relabel_configs" not in _jobs({CHECKOUT: APP})[0]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            "basic_auth: {username: u, password: {secret: metrics/password}}",
            {"basic_auth": {"username": "u", "password_file": "/run/secrets/varve/tenants/acme/metrics/password"}},
        ),
        (
            "authorization: {credentials: {secret: metrics/token}}",
            {"authorization": {"credentials_file": "/run/secrets/varve/tenants/acme/metrics/token"}},
        ),
    ],
    ids=["a password", "a token"],
)
def test_a_secret_is_the_absolute_path_of_a_file_of_the_tenant(settings: str, expected: dict[str, object]) -> None:
    changed = {
        CHECKOUT: f"scrape: {{app: {{targets: ['a:1'], {settings}}}}}\n",
        "tenants/acme/secrets/metrics.sops.yaml": SEALED,
    }
    (job,) = _jobs(changed)
    assert {key: job[key] for key in expected} == expected


def test_a_probe_goes_through_the_exporter_and_keeps_the_url_as_its_instance() -> None:
    (job,) = _jobs({CHECKOUT: HOME, **BLACKBOX})
    assert job["job_name"] == "acme/checkout/probe/home"
    assert job["static_configs"] == [{"targets": ["https://acme.example/"], "labels": {"probe": "home"}}]
    assert job["params"] == {"module": ["http_2xx"]}
    assert {"target_label": "__address__", "replacement": "blackbox:9115"} in job["relabel_configs"]
    assert {"source_labels": ["__param_target"], "target_label": "instance"} in job["relabel_configs"]


def test_no_replacement_holds_a_dollar_that_prometheus_would_fill_in() -> None:
    """Ids, hosts and ports have none, and nothing else of a tenant becomes a replacement."""
    jobs = _jobs({CHECKOUT: "scrape: {app: {targets: ['a:1'], labels: {zone: '$1'}}}\n" + HOME, **BLACKBOX})
    assert all("$" not in step.get("replacement", "") for job in jobs for step in job["relabel_configs"])


FINDING = {
    f"environments/{name}.yaml": "platform: {discovery: {files: {folder: /etc/targets}}}\n"
    for name in ("staging", "production")
}
FOUND = [{"files": ["/etc/targets/acme/checkout/app.json"]}]


def test_a_job_with_discovered_targets_names_none_and_sets_its_labels_by_relabelling() -> None:
    source = "scrape: {app: {discovered: true, labels: {zone: 'a $1', rack: r7}}}\n"
    (job,) = _jobs({**FINDING, CHECKOUT: source})
    assert job["file_sd_configs"] == FOUND
    assert "static_configs" not in job
    labels = [{"target_label": "zone", "replacement": "a $$1"}, {"target_label": "rack", "replacement": "r7"}]
    assert job["relabel_configs"] == [*labels, *_identity("app")]
    assert job["target_limit"] == 1000


def test_targets_may_be_named_in_addition_to_discovered_ones() -> None:
    source = "scrape: {app: {discovered: true, targets: ['a:1'], target_limit: 7, labels: {zone: a}}}\n"
    (job,) = _jobs({**FINDING, CHECKOUT: source})
    assert job["static_configs"] == [{"targets": ["a:1"], "labels": {"zone": "a"}}]
    assert (job["file_sd_configs"], job["target_limit"]) == (FOUND, 7)


def test_without_discovered_there_is_no_discovery() -> None:
    (job,) = _jobs({**FINDING, CHECKOUT: "scrape: {app: {discovered: false, targets: ['a:1']}}\n"})
    assert job.keys() & {"file_sd_configs", "http_sd_configs", "target_limit"} == set()


@pytest.mark.parametrize(
    "more",
    ["", "file_sd_configs: [{files: [/etc/targets/bank/ledger/app.json]}]\n", "target_limit: 0\n", "target_limit: x\n"],
)
def test_no_template_changes_discovery_or_its_target_limit(more: str) -> None:
    changed = {**FINDING, CHECKOUT: "scrape: {app: {discovered: true}}\n", SCRAPE: f"job_name: x\n{more}"}
    (job,) = _jobs(changed)
    assert (job["file_sd_configs"], job["target_limit"]) == (FOUND, 1000)


def test_an_older_prometheus_has_the_same_job_in_its_main_file() -> None:
    old = "platform: {targets: {prometheus: {version: '2.42'}}, discovery: {files: {folder: /etc/targets}}}\n"
    changed = {**FINDING, "environments/production.yaml": old, CHECKOUT: "scrape: {app: {discovered: true}}\n"}
    (job,) = parsed(sound(changed), "build/production/shared/prometheus.yaml")["scrape_configs"]
    assert job["file_sd_configs"] == FOUND


def test_discovery_works_for_a_strict_tenants_own_server() -> None:
    changed = {**FINDING, **STRICT, CHECKOUT: "scrape: {app: {discovered: true}}\n"}
    assert _jobs(changed)[0]["file_sd_configs"] == FOUND


LIMITS = (
    "sample_limit: 500, target_limit: 9, label_limit: 20, label_name_length_limit: 60, label_value_length_limit: 70"
)
QUOTAS = {"environments/tiers/gold.yaml": "quotas: {sample_limit: 400, label_limit: 20}\n"}
_BOUNDS = ("sample_limit", "target_limit", "label_limit", "label_name_length_limit", "label_value_length_limit")


def _bounds(job: dict[str, Any]) -> list[object]:
    return [job.get(name) for name in _BOUNDS]


def test_a_job_has_the_limits_that_it_sets() -> None:
    (job,) = _jobs({CHECKOUT: f"scrape: {{app: {{targets: ['a:1'], {LIMITS}}}}}\n"})
    assert _bounds(job) == [500, 9, 20, 60, 70]
    assert not any(_bounds(each) != [None] * 5 for each in _jobs({CHECKOUT: APP + HOME, **BLACKBOX}))


def test_granted_limits_apply_to_jobs_and_probes_without_lower_ones() -> None:
    job, probe = _jobs({**QUOTAS, CHECKOUT: APP.replace("}}", ", label_limit: 7}}") + HOME, **BLACKBOX})
    assert _bounds(job) == [400, None, 7, None, None]
    assert _bounds(probe) == [400, None, 20, None, None]


@pytest.mark.parametrize(
    ("limit", "bound"),
    [
        ("", 400),
        ("sample_limit: 401", 400),
        ("sample_limit: 0", 400),
        ("sample_limit: true", 400),
        ("sample_limit: 9", 9),
        ("sample_limit: 9.0", 9),
        ("sample_limit: 0.5", 400),
    ],
)
def test_no_template_removes_a_granted_limit(limit: str, bound: int) -> None:
    (job,) = _jobs({**QUOTAS, CHECKOUT: APP, SCRAPE: f"job_name: x\n{limit}\n"})
    assert _bounds(job) == [bound, None, 20, None, None]
