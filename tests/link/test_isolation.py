"""The proof finds every corrupted field that could breach isolation, in new artifacts and in kept ones."""

from copy import deepcopy
from typing import Any, Final, TypeAlias

import pytest

from tests.link.isolation.confined import Spoil, judged, proven, values
from varve.language.grafana.uid import uid
from varve.link import isolation
from varve.model.artifact import Proven
from varve.model.source import Value
from varve.resolve.datasource import own, shared

File: TypeAlias = Any
"""A parsed artifact."""

RULES: Final = "tenants/acme/rules/checkout.yaml"
RAW: Final = "tenants/acme/rules/raw/node.yaml"
SCRAPE: Final = "tenants/acme/scrape/checkout.yaml"
SERVICE_DASHBOARD: Final = "tenants/acme/dashboards/checkout.json"
DASHBOARD: Final = "tenants/acme/dashboards/raw/traffic.json"
OWN: Final = "tenants/acme/alertmanager.yaml"
STRICT: Final = "tenants/bank/alertmanager.yaml"
STRICT_MAIN: Final = "tenants/bank/prometheus.yaml"
MAIN: Final = "shared/prometheus.yaml"
HEARTBEAT: Final = "shared/rules/heartbeat.yaml"
SHARED: Final = "shared/alertmanager.yaml"
FOLDERS: Final = "shared/grafana/dashboards.yaml"
SOURCES: Final = "shared/grafana/datasources.yaml"


def rule(name: str, **fields: object) -> Spoil:
    """The rule of that name, with other fields."""
    return lambda file: _rule(file, name).update(fields)


def _rule(file: File, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each for group in file["groups"] for each in group["rules"] if name in (each.get("alert"), each.get("record"))
    )
    return found


def expr(text: str) -> Spoil:
    """An alert with another expression."""
    return rule("QueueStuck", expr=text)


def group(**fields: object) -> Spoil:
    return lambda file: file["groups"][0].update(fields)


def job(**fields: object) -> Spoil:
    return lambda file: file["scrape_configs"][0].update(fields)


def panel(**fields: object) -> Spoil:
    return lambda file: file["panels"][0].update(fields)


def target(**fields: object) -> Spoil:
    return lambda file: file["panels"][0]["targets"][0].update(fields)


def variable(index: int, **fields: object) -> Spoil:
    return lambda file: file["templating"]["list"][index].update(fields)


def top(**fields: object) -> Spoil:
    return lambda file: file.update(fields)


def node(file: File) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in file["route"]["routes"] if each["matchers"] == ['tenant="acme"'])
    return found


def leaf(**fields: object) -> Spoil:
    return lambda file: node(file)["routes"][0].update(fields)


def receiver(**fields: object) -> Spoil:
    return lambda file: _receiver(file).update(fields)


def _receiver(file: File) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in file["receivers"] if each["name"].startswith("acme/"))
    return found


def _hook(file: File) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _receiver(file)["webhook_configs"]
    return found


def channel(**fields: object) -> Spoil:
    return lambda file: _hook(file)[0].update(fields)


def other_kind(**fields: object) -> Spoil:
    """A receiver of another kind."""
    return lambda file: (_receiver(file).pop("webhook_configs"), _receiver(file).update(fields))


def _platform_receiver(file: File) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in file["receivers"] if each["name"] == "platform")
    return found


def inhibition(**fields: object) -> Spoil:
    return lambda file: file["inhibit_rules"][0].update(fields)


def provider(**fields: object) -> Spoil:
    return lambda file: file["providers"][0].update(fields)


def source(index: int, **fields: object) -> Spoil:
    return lambda file: file["datasources"][index].update(fields)


PLATFORM_LOGIN: Final = "/run/secrets/varve/platform/slack/webhook"
BANK_LOGIN: Final = "/run/secrets/varve/tenants/bank/hook/url"
LAST: Final = {"target_label": "tenant", "replacement": "bank"}
WEBHOOK: Final = [{"url_file": "/run/secrets/varve/tenants/bank/hook/url"}]
BANKS: Final = {"type": "prometheus", "uid": own("production", "bank").uid}
INFO: Final = 'info(up{tenant="acme"})'
FORGED: Final = 'label_replace(up{tenant="acme"}, "tenant", "bank", "", "")'
JOINED: Final = 'label_join(up{tenant="acme"}, ("tenant"), "", "job")'

RULES_MUTATIONS: Final[dict[str, tuple[str, Spoil]]] = {
    "a selector without a tenant": (RULES, expr("sum(queue_depth)")),
    "one of two selectors": (RULES, expr('up{tenant="acme"} and on (job) queue_depth')),
    "another tenant": (RULES, expr('up{tenant="bank"}')),
    "any tenant": (RULES, expr('up{tenant=~".+"}')),
    "any but one": (RULES, expr('up{tenant!="bank"}')),
    "two values at once": (RULES, expr('up{tenant="acme",tenant=~".*"}')),
    "names of all": (RULES, expr('{__name__=~".+"}')),
    "below a range": (RULES, expr("rate(up[5m])")),
    "below a subquery": (RULES, expr("max_over_time(up[1h:5m])")),
    "before an offset": (RULES, expr("up offset 1h")),
    "at an instant": (RULES, expr("up @ end()")),
    "whether it is absent": (RULES, expr('absent(up{job="x"})')),
    "the info metrics of all": (RULES, expr(INFO)),
    "a label that is written": (RULES, expr(FORGED)),
    "a label that is joined": (RULES, expr(JOINED)),
    "a label that is counted": (RULES, expr('count_values("tenant", up{tenant="acme"})')),
    "a string that only looks alike": (RULES, expr('up{job="tenant=\\"acme\\""}')),
    "a comment that only looks alike": (RULES, expr('up # {tenant="acme"}')),
    "no PromQL": (RULES, expr("up{")),
    "no expression": (RULES, expr("")),
    "a rule of another": (RULES, rule("QueueStuck", labels={"tenant": "bank"})),
    "a rule of nobody": (RULES, rule("QueueStuck", labels={"severity": "critical"})),
    "a label that is a template": (RULES, rule("QueueStuck", labels={"tenant": "{{ $labels.tenant }}"})),
    "a label with a query": (RULES, rule("QueueStuck", labels={"tenant": "acme", "x": '{{ query "up" }}'})),
    "a text with a query": (RULES, rule("QueueStuck", annotations={"summary": '{{ with query "up" }}x{{ end }}'})),
    "a text that links a table": (RULES, rule("QueueStuck", annotations={"summary": '{{ tableLink "up" }}'})),
    "an alert and a recording": (RULES, rule("QueueStuck", record="x")),
    "a group of another": (RULES, group(name="bank/checkout")),
    "a group that only begins alike": (RULES, group(name="acme-two/checkout")),
    "a group that reads other tenants": (RULES, group(source_tenants=["bank"])),
    "labels of a group": (RAW, group(labels={"tenant": "bank"})),
    "labels of a group with a query": (RAW, group(labels={"x": '{{ query "up" }}'})),
    "a recording of the server's": (RAW, rule("node:load", record="up")),
    "a recording of a scrape's": (RAW, rule("node:load", record="scrape_samples_scraped")),
    "a recording of varve's": (RAW, rule("node:load", record="varve_tenant_quota_used:ratio")),
    "rules that are no list": (RULES, group(rules={"0": {"expr": "up"}})),
}
SCRAPE_MUTATIONS: Final[dict[str, tuple[str, Spoil]]] = {
    "a job of another": (SCRAPE, job(job_name="bank/checkout/app")),
    "a job that honours its targets' labels": (SCRAPE, job(honor_labels=True)),
    "a job that sets no tenant": (SCRAPE, job(relabel_configs=[])),
    "a job that sets another tenant": (SCRAPE, job(relabel_configs=[LAST])),
    "samples that set another tenant": (SCRAPE, job(metric_relabel_configs=[LAST])),
    "a login of another": (
        SCRAPE,
        job(basic_auth={"password_file": "/run/secrets/varve/tenants/bank/hook/url"}),
    ),
    "a login of the platform": (
        SCRAPE,
        job(authorization={"credentials_file": "/run/secrets/varve/platform/mimir/token"}),
    ),
    "a way up from the own logins": (
        SCRAPE,
        job(bearer_token_file="/run/secrets/varve/tenants/acme/../bank/hook/url"),  # noqa: S106 - a path
    ),
    "a secret as an authority": (SCRAPE, job(tls_config={"ca_file": "/run/secrets/varve/tenants/bank/hook/url"})),
    "the name of another job": (
        SCRAPE,
        lambda file: file["scrape_configs"][0].update(job_name=file["scrape_configs"][1]["job_name"]),
    ),
    "a second kind of file": (SCRAPE, top(groups=[])),
    "a header with a secret of another": (
        SCRAPE,
        job(http_headers={"X": {"files": ["/run/secrets/varve/tenants/bank/hook/url"]}}),
    ),
    "targets of a file": (SCRAPE, job(file_sd_configs=[{"files": ["/run/secrets/varve/tenants/bank/hook/url"]}])),
    "targets of another, from a file": (
        SCRAPE,
        job(file_sd_configs=[{"files": ["/etc/targets/bank/checkout/app.json"]}]),
    ),
    "targets of another, from a server": (
        SCRAPE,
        job(http_sd_configs=[{"url": "https://sd.example/bank/checkout/app"}]),
    ),
    "targets of a cloud": (SCRAPE, job(ec2_sd_configs=[{"region": "eu-west-1"}])),
    "a proxy": (SCRAPE, job(proxy_url="http://proxy.bank.example:3128")),
    "a proxy of the server's": (SCRAPE, job(proxy_from_environment=True)),
    "a login that is fetched": (SCRAPE, job(oauth2={"token_url": "http://bank.example/"})),
    "a file that is written": (SCRAPE, job(scrape_failure_log_file="/run/secrets/varve/tenants/acme/x")),
    "a login in plain": (SCRAPE, job(basic_auth={"username": "a", "password": "b"})),
    "a key of another, by two slashes": (SCRAPE, job(tls_config={"key_file": f"/{BANK_LOGIN}"})),
    "a key of another, by a way around": (SCRAPE, job(tls_config={"key_file": f"/proc/self/root{BANK_LOGIN}"})),
    "a parameter that is no list": (SCRAPE, job(params={"match[]": {"a": "b"}})),
    "a target that is no text": (SCRAPE, job(static_configs=[{"targets": [{"a": "b"}]}])),
    "a field of nothing": (SCRAPE, job(metric_relabel_configs=None)),
    "a step with an unknown field": (
        SCRAPE,
        lambda file: file["scrape_configs"][0]["relabel_configs"].insert(0, {"action": "replace", "zoo": "x"}),
    ),
}
DASHBOARD_MUTATIONS: Final[dict[str, tuple[str, Spoil]]] = {
    "the uid of another": (DASHBOARD, top(uid=uid("production", "bank", "raw", "traffic"))),
    "a dashboard to be changed": (DASHBOARD, top(editable=True)),
    "a query of all": (DASHBOARD, target(expr="sum(seen_total)")),
    "a query of a variable": (DASHBOARD, target(expr='seen_total{tenant="$job"}')),
    "a variable for the name of a metric": (DASHBOARD, target(expr="$job")),
    "a query in a row": (
        DASHBOARD,
        lambda file: file["panels"][1]["panels"][0]["targets"][0].update(expr="up"),
    ),
    "a query that only seems to go to Grafana": (DASHBOARD, target(expr="up", datasource={"uid": "grafana"})),
    "an older model": (DASHBOARD, lambda file: file.update(schemaVersion=12, rows=[{"panels": file["panels"]}])),
    "a model without rows": (DASHBOARD, top(schemaVersion=12)),
    "a model that is no number": (DASHBOARD, top(schemaVersion="39")),
    "rows of an older model": (DASHBOARD, top(rows=[{"panels": [{"targets": [{"expr": "up"}]}]}])),
    "a newer model": (DASHBOARD, top(spec={"elements": {}})),
    "elements of a newer model": (DASHBOARD, top(elements={"panel-1": {"kind": "Panel"}})),
    "a panel of the library": (DASHBOARD, panel(libraryPanel={"uid": "x", "name": "y"})),
    "a panel that alerts": (DASHBOARD, panel(alert={"conditions": []})),
    "a panel of HTML": (DASHBOARD, panel(type="text", options={"mode": "html", "content": "a"})),
    "an old panel of HTML": (DASHBOARD, panel(type="text", mode="HTML ", content="a")),
    "a panel of an unknown type": (DASHBOARD, panel(type="zoo-panel")),
    "a panel of no type": (DASHBOARD, lambda file: file["panels"][0].pop("type")),
    "a panel in what is no row": (DASHBOARD, panel(panels=[{"type": "stat"}])),
    "a row in a row": (DASHBOARD, lambda file: file["panels"][1]["panels"].append({"type": "row"})),
    "a button that sends a request": (DASHBOARD, panel(options={"a": [{"fetch": {"url": "/api/users"}}]})),
    "a query of Grafana's files": (
        DASHBOARD,
        lambda file: file["panels"].append(
            {
                "type": "table",
                "datasource": {"type": "grafana", "uid": "grafana"},
                "targets": [{"queryType": "list", "datasource": {"type": "grafana", "uid": "grafana"}}],
            }
        ),
    ),
    "two variables of one name": (DASHBOARD, variable(2, name="job")),
    "a source of many values": (DASHBOARD, variable(0, current={"value": ["a"]})),
    "a query of varve's own drawing": (
        SERVICE_DASHBOARD,
        lambda file: _queried_panel(file)["targets"][0].update(expr="up"),
    ),
    "the source of another": (DASHBOARD, panel(datasource=BANKS)),
    "the source of another in a query": (DASHBOARD, target(datasource=BANKS)),
    "a source by its name": (DASHBOARD, panel(datasource="Prometheus production bank")),
    "the default of the organisation": (DASHBOARD, panel(datasource=None)),
    "no source": (DASHBOARD, lambda file: file["panels"][0].pop("datasource")),
    "no source of a query": (DASHBOARD, lambda file: file["panels"][0]["targets"][0].pop("datasource")),
    "a source somewhere else": (DASHBOARD, panel(options={"inner": {"datasource": BANKS}})),
    "another value of the source": (DASHBOARD, variable(0, current={"value": BANKS["uid"]})),
    "another pattern of the source": (DASHBOARD, variable(0, regex="")),
    "a source that can be chosen": (DASHBOARD, variable(0, hide=0)),
    "a source that an address chooses": (DASHBOARD, variable(0, skipUrlSync=False)),
    "a second source": (DASHBOARD, lambda file: file["templating"]["list"].append({"type": "datasource"})),
    "a variable of all": (DASHBOARD, variable(1, query="label_values(seen_total, job)")),
    "a variable of all labels": (DASHBOARD, variable(1, query={"query": "label_values(tenant)"})),
    "a variable of all metrics": (DASHBOARD, variable(1, query="metrics(.*)")),
    "a variable of a result": (DASHBOARD, variable(1, query="query_result(up)")),
    "a variable that is a selector": (DASHBOARD, variable(1, query='{job="x"}')),
    "a variable that selects by another field": (
        DASHBOARD,
        variable(1, query={"query": 'label_values({tenant="acme"}, job)', "metric": "up"}),
    ),
    "a variable of another source": (DASHBOARD, variable(1, datasource=BANKS)),
    "the value of a variable": (DASHBOARD, variable(1, type="custom", query='"} or up{a="')),
    "the current value of a variable": (DASHBOARD, variable(1, current={"value": '"} or up{a="'})),
    "the custom all value of a variable": (DASHBOARD, variable(1, allValue='"} or up{a="')),
    "a variable for a name, which Prometheus answers": (DASHBOARD, target(expr='$job{tenant="acme"}')),
    "a filter in the place of the tenant": (DASHBOARD, target(adhocFilters=[{"key": "tenant", "value": "bank"}])),
    "what a copied panel holds": (DASHBOARD, panel(scopedVars={"job": {"value": '"} or up{a="'}})),
    "an annotation of all": (DASHBOARD, lambda file: file["annotations"]["list"][0].update(expr="up")),
    "the target of an annotation": (
        DASHBOARD,
        lambda file: file["annotations"]["list"][0].update(target={"expr": "up"}),
    ),
    "an annotation without a source": (DASHBOARD, lambda file: file["annotations"]["list"][0].pop("datasource")),
    "a strict tenant that reads what is shared": (
        "tenants/bank/dashboards/_tenant.json",
        variable(0, current={"value": shared("production").uid}, regex=f"/^{shared('production').name}$/"),
    ),
}


def _queried_panel(file: File) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in file["panels"] if each.get("targets"))
    return found


RECEIVER_MUTATIONS: Final[dict[str, Spoil]] = {
    "a receiver with a header": channel(http_config={"http_headers": {"X": {"files": [BANK_LOGIN]}}}),
    "a receiver with a proxy": channel(http_config={"proxy_url": "http://proxy.bank.example:3128"}),
    "a receiver with a certificate": channel(http_config={"tls_config": {"key_file": f"/{BANK_LOGIN}"}}),
    "a receiver that leads anywhere": channel(url="http://169.254.169.254/"),
    "a receiver of another kind": receiver(wechat_configs=[{"api_url": "http://169.254.169.254/"}]),
    "a receiver without a channel": lambda file: _receiver(file).pop("webhook_configs"),
    "a receiver with a channel of nothing": receiver(webhook_configs=[]),
    "a receiver with two channels": receiver(email_configs=[{"to": "eve@bank.example"}]),
    "a receiver with one channel twice": lambda file: _hook(file).append(_hook(file)[0]),
    "another's Slack": other_kind(slack_configs=[{"api_url": "http://169.254.169.254/", "channel": "#a"}]),
    "another's PagerDuty": other_kind(pagerduty_configs=[{"url": "http://169.254.169.254/"}]),
    "another's Opsgenie": other_kind(opsgenie_configs=[{"api_url": "http://169.254.169.254/"}]),
    "mail by another server": other_kind(email_configs=[{"to": "a@acme.example", "smarthost": "mail.bank.example:25"}]),
    "mail to more people": other_kind(email_configs=[{"to": "a@acme.example", "headers": {"Bcc": "eve@bank.example"}}]),
}


def route_mutations(path: str) -> dict[str, tuple[str, Spoil]]:
    """Ways to corrupt the routes, in a tenant's own file and in the shared one."""
    return {
        "the node of another": (path, lambda file: node(file).update(matchers=['tenant="zoo"'])),
        "the node of many": (path, lambda file: node(file).update(matchers=['tenant=~"acme|bank|crew"'])),
        "the node of all": (path, lambda file: node(file).update(matchers=[])),
        "a node with an older matcher field": (path, lambda file: node(file).update(match={"tenant": "acme"})),
        "a node that continues": (path, lambda file: node(file).update({"continue": True})),
        "a node that leads elsewhere": (path, lambda file: node(file).update(receiver="acme/team")),
        "a node that is muted at times": (path, lambda file: node(file).update(mute_time_intervals=["acme/business"])),
        "a node twice": (path, lambda file: file["route"]["routes"].append(node(file))),
        "a root that leads to a tenant": (path, lambda file: file["route"].update(receiver="acme/team")),
        "a root that is muted at times": (
            path,
            lambda file: file["route"].update(mute_time_intervals=["acme/business"]),
        ),
        "a root that matches some": (path, lambda file: file["route"].update(matchers=['tenant!="crew"'])),
        "a root that groups tenants": (path, lambda file: file["route"].update(group_by=["alertname"])),
        "a leaf to another": (path, leaf(receiver="bank/oncall")),
        "a leaf to the platform": (path, leaf(receiver="platform")),
        "a leaf without a receiver": (path, lambda file: node(file)["routes"][0].pop("receiver")),
        "below a leaf": (path, leaf(routes=[{"receiver": "bank/oncall"}])),
        "a leaf that groups tenants": (path, leaf(group_by=["service"])),
        "hours of another": (path, leaf(active_time_intervals=["bank/business"])),
        "mutes by another": (path, leaf(mute_time_intervals=["bank/business"])),
        "the receiver of another": (path, receiver(name="bank/oncall")),
        "a receiver without a name": (path, lambda file: _receiver(file).pop("name")),
        "a receiver with a secret of another": (path, receiver(webhook_configs=WEBHOOK)),
        **{name: (path, spoil) for name, spoil in RECEIVER_MUTATIONS.items()},
        "a receiver twice": (path, lambda file: file["receivers"].append(_receiver(file))),
        "the platform's receiver twice": (path, lambda file: file["receivers"].append(_platform_receiver(file))),
        "mail with a file of its own": (path, top(**{"global": {"smtp_auth_secret_file": "/etc/passwd"}})),
        "matchers of nothing": (path, leaf(matchers=None)),
        "hours with an unknown field": (
            path,
            lambda file: file["time_intervals"][0].update(time_intervals=[{"zoo": 1}]),
        ),
        "hours that are another's": (path, lambda file: file["time_intervals"][0].update(name="bank/business")),
        "an inhibition that targets all": (path, inhibition(target_matchers=['severity="warning"'])),
        "an inhibition by anybody": (path, inhibition(source_matchers=['severity="critical"'])),
        "an inhibition of another": (path, inhibition(target_matchers=['tenant="zoo"'])),
        "an inhibition of many": (path, inhibition(source_matchers=['tenant="acme"', 'tenant="zoo"'])),
        "an inhibition across": (path, inhibition(equal=["service"])),
        "a file of texts from elsewhere": (path, top(templates=["/etc/passwd"])),
        "a login of a tenant for all": (
            path,
            top(**{"global": {"smtp_auth_password_file": "/run/secrets/varve/tenants/acme/hook/url"}}),
        ),
        "an older kind of hours": (path, top(mute_time_intervals=[{"name": "x"}])),
        "a matcher that cannot be read": (path, leaf(matchers=["severity=~("])),
    }


LINK_MUTATIONS: Final[dict[str, tuple[str, Spoil]]] = {
    "a tenant that is left out": (SHARED, lambda file: file["route"]["routes"].pop()),
    "a tenant that nobody is": (
        SHARED,
        lambda file: file["route"]["routes"].append({"matchers": ['tenant="zoo"'], "receiver": "platform"}),
    ),
    "a strict tenant among others": (
        SHARED,
        lambda file: file["route"]["routes"].insert(1, {"matchers": ['tenant="bank"'], "receiver": "platform"}),
    ),
    "the platform's receiver": (
        SHARED,
        lambda file: _platform_receiver(file).update(
            slack_configs=[{"channel": "#eve", "api_url_file": PLATFORM_LOGIN}]
        ),
    ),
    "the platform's receiver without a channel": (SHARED, lambda file: _platform_receiver(file).pop("slack_configs")),
    "another server of mail": (SHARED, lambda file: file["global"].update(smtp_smarthost="mail.bank.example:25")),
    "another server of a strict tenant's mail": (
        STRICT,
        lambda file: file["global"].update(smtp_smarthost="mail.eve.example:25"),
    ),
    "a login of the platform for somebody": (
        STRICT,
        lambda file: (
            _platform_receiver(file).pop("slack_configs"),
            _platform_receiver(file).update(
                jira_configs=[
                    {
                        "api_url": "https://eve.example/",
                        "http_config": {"basic_auth": {"password_file": PLATFORM_LOGIN}},
                    }
                ]
            ),
        ),
    ),
    "another channel of a receiver": (SHARED, receiver(webhook_configs=[], email_configs=[{"to": "eve@bank.example"}])),
    "another repeat interval of a leaf": (SHARED, leaf(repeat_interval="10y")),
    "other times of hours": (
        SHARED,
        lambda file: file["time_intervals"][0].update(time_intervals=[{"years": ["1999"]}]),
    ),
    "an inhibition that is gone": (SHARED, lambda file: file["inhibit_rules"].pop()),
    "the rules of a strict tenant": (
        MAIN,
        lambda file: file["rule_files"].append(f"../{STRICT[:-17]}rules/_tenant.yaml"),
    ),
    "rules from elsewhere": (MAIN, lambda file: file["rule_files"].append("/etc/prometheus/all.yaml")),
    "rules by a pattern": (MAIN, lambda file: file["rule_files"].append("../tenants/*/rules/*.yaml")),
    "rules twice": (MAIN, lambda file: file["rule_files"].append(file["rule_files"][0])),
    "rules that are left out": (MAIN, lambda file: file["rule_files"].pop()),
    "jobs of a strict tenant": (
        MAIN,
        lambda file: file["scrape_config_files"].append("../tenants/bank/scrape/checkout.yaml"),
    ),
    "a job of nobody": (MAIN, top(scrape_configs=[{"job_name": "zoo/a/b", "honor_labels": False}])),
    "a login of a tenant to read": (
        MAIN,
        top(remote_read=[{"bearer_token_file": "/run/secrets/varve/tenants/acme/hook/url"}]),
    ),
    "an external label": (MAIN, lambda file: file["global"]["external_labels"].update(tenant="bank")),
    "a label of alerts that is dropped": (
        MAIN,
        lambda file: file["alerting"].update(alert_relabel_configs=[{"action": "labeldrop", "regex": "ten.*"}]),
    ),
    "a label of alerts that is written": (MAIN, lambda file: file["alerting"].update(alert_relabel_configs=[LAST])),
    "a label of samples that is renamed": (
        MAIN,
        lambda file: file["remote_write"][0].update(write_relabel_configs=[{"action": "labelmap", "regex": "(.+)"}]),
    ),
    "a login of a tenant": (
        MAIN,
        lambda file: file["remote_write"][0].update(bearer_token_file="/run/secrets/varve/tenants/acme/hook/url"),  # noqa: S106 - a path
    ),
    "alerts to a strict tenant": (
        MAIN,
        lambda file: file["alerting"]["alertmanagers"][0]["static_configs"][0].update(
            targets=["alerts.bank.example:9093"]
        ),
    ),
    "alerts of a strict tenant to another": (
        STRICT_MAIN,
        lambda file: file["alerting"]["alertmanagers"][0]["static_configs"][0].update(
            targets=["alerts.vault.example:9093"]
        ),
    ),
    "rules of all in a strict server": (
        STRICT_MAIN,
        lambda file: file["rule_files"].append("../acme/rules/checkout.yaml"),
    ),
    "a folder of another": (FOLDERS, lambda file: file["providers"][0]["options"].update(path="/var/lib/varve/bank")),
    "a folder that is the whole": (FOLDERS, lambda file: file["providers"][0]["options"].update(path="/var/lib/varve")),
    "the uid of a folder": (FOLDERS, provider(folderUid=uid("production", "bank", "folder"))),
    "the name of a folder": (FOLDERS, provider(folder="production bank")),
    "the organisation of a folder": (FOLDERS, provider(orgId=7)),
    "a strict tenant in the first organisation": (FOLDERS, lambda file: file["providers"][1].update(orgId=1)),
    "a folder to be changed": (FOLDERS, provider(allowUiUpdates=True)),
    "a source that is another's": (SOURCES, source(1, uid=own("production", "acme").uid)),
    "a source in another organisation": (SOURCES, source(1, orgId=1)),
    "a source of a strict server for all": (SOURCES, source(0, url="http://prometheus-bank:9090")),
    "a source of another server": (SOURCES, source(1, url="http://prometheus:9090")),
    "a source that names another tenant": (SOURCES, source(2, secureJsonData={"httpHeaderValue1": "acme"})),
    "a source that names no tenant": (SOURCES, source(2, jsonData={})),
    "a shared source that names a tenant": (SOURCES, source(0, secureJsonData={"httpHeaderValue1": "acme"})),
    "a source by default": (SOURCES, source(0, isDefault=True)),
    "a source to be changed": (SOURCES, source(0, editable=True)),
}


def heartbeat_rule(**fields: object) -> Spoil:
    """The rule of the heartbeat, with other fields."""
    return lambda file: file["groups"][0]["rules"][0].update(fields)


HEARTBEAT_MUTATIONS: Final[dict[str, tuple[str, Spoil]]] = {
    "one that reads series": (HEARTBEAT, heartbeat_rule(expr="count(up)")),
    "one of a tenant": (HEARTBEAT, heartbeat_rule(labels={"severity": "none", "tenant": "acme"})),
    "one with another label": (HEARTBEAT, heartbeat_rule(labels={"severity": "none", "team": "x"})),
    "one that waits": (HEARTBEAT, heartbeat_rule(**{"for": "1h"})),
    "one of another name": (HEARTBEAT, heartbeat_rule(alert="Watchdog")),
    "one that is a recording": (HEARTBEAT, heartbeat_rule(alert=None, record="heartbeat")),
    "one whose text has a query": (HEARTBEAT, heartbeat_rule(annotations={"summary": '{{ query "up" }}'})),
    "one that is rarely evaluated": (HEARTBEAT, group(interval="10y")),
    "no rule": (HEARTBEAT, group(rules=[])),
    "no group": (HEARTBEAT, top(groups=[])),
    "another rule in its group": (
        HEARTBEAT,
        lambda file: file["groups"][0]["rules"].append({"alert": "A", "expr": "up"}),
    ),
    "another group in its file": (HEARTBEAT, lambda file: file["groups"].append(file["groups"][0])),
    "rules without it": (MAIN, lambda file: file["rule_files"].pop(0)),
    "rules with it twice": (MAIN, lambda file: file["rule_files"].append(file["rule_files"][0])),
    "rules of a strict server without it": (STRICT_MAIN, lambda file: file["rule_files"].pop(0)),
    "rules of a strict server with another": (
        STRICT_MAIN,
        lambda file: file["rule_files"].__setitem__(0, "../../shared/rules/Heartbeat.yaml"),
    ),
}


def heartbeat_receiver(**fields: object) -> Spoil:
    """The heartbeat's receiver, with other fields."""
    return lambda file: _heartbeat_receiver(file).update(fields)


def _heartbeat_receiver(file: File) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in file["receivers"] if each["name"] == "heartbeat")
    return found


def heartbeat_node(**fields: object) -> Spoil:
    """The node of the heartbeat, with other fields."""
    return lambda file: file["route"]["routes"][0].update(fields)


def heartbeat_route_mutations(path: str) -> dict[str, tuple[str, Spoil]]:
    """Ways to corrupt how an Alertmanager sends the heartbeat."""
    return {
        "its node is gone": (path, lambda file: file["route"]["routes"].pop(0)),
        "its receiver is gone": (path, lambda file: file["receivers"].remove(_heartbeat_receiver(file))),
        "its node comes last": (path, lambda file: file["route"]["routes"].append(file["route"]["routes"].pop(0))),
        "its node is there twice": (path, lambda file: file["route"]["routes"].insert(0, file["route"]["routes"][0])),
        "its node takes tenants' too": (path, heartbeat_node(matchers=['alertname="Heartbeat"'])),
        "its node takes those of all": (path, heartbeat_node(matchers=['alertname="Heartbeat"', 'tenant=~".*"'])),
        "its node takes whatever is no tenant's": (path, heartbeat_node(matchers=['tenant=""'])),
        "its node takes those of a tenant": (path, heartbeat_node(matchers=['alertname="Heartbeat"', 'tenant="acme"'])),
        "its node takes a part of it": (path, heartbeat_node(matchers=['alertname="Heartbeat"', 'tenant=""', 'a="b"'])),
        "its node leads to the platform": (path, heartbeat_node(receiver="platform")),
        "its node leads to a tenant": (path, heartbeat_node(receiver="acme/team")),
        "its node leads on": (path, heartbeat_node(routes=[{"receiver": "acme/team"}])),
        "its node continues": (path, heartbeat_node(**{"continue": True})),
        "its node is muted at times": (path, heartbeat_node(mute_time_intervals=["acme/business"])),
        "its node is active only at times": (path, heartbeat_node(active_time_intervals=["acme/business"])),
        "its node groups tenants": (path, heartbeat_node(group_by=["alertname"])),
        "its receiver is a tenant's": (path, heartbeat_receiver(name="acme/heartbeat")),
        "its address is a tenant's": (path, heartbeat_receiver(webhook_configs=WEBHOOK)),
        "it is inhibited by a tenant": (path, inhibition(target_matchers=['alertname="Heartbeat"'])),
        "it is inhibited by anybody": (
            path,
            lambda file: file["inhibit_rules"].append({"target_matchers": ['tenant=""'], "equal": ["tenant"]}),
        ),
    }


def outdated_heartbeat(path: str) -> dict[str, tuple[str, Spoil]]:
    """Ways to corrupt when and where the heartbeat is sent."""
    return {
        "it is sent late": (path, heartbeat_node(group_wait="1h")),
        "it is repeated late": (path, heartbeat_node(repeat_interval="10y")),
        "its group interval is too long": (path, heartbeat_node(group_interval="5m")),
        "its end is sent": (
            path,
            lambda file: _heartbeat_receiver(file)["webhook_configs"][0].update(send_resolved=True),
        ),
        "somebody else is notified": (path, heartbeat_receiver(email_configs=[{"to": "a@acme.example"}])),
        "another address is notified": (
            path,
            lambda file: _heartbeat_receiver(file)["webhook_configs"][0].update(
                url_file="/run/secrets/varve/platform/beat/elsewhere"
            ),
        ),
        "nobody is notified": (path, lambda file: _heartbeat_receiver(file).pop("webhook_configs")),
    }


def write(which: str, **fields: object) -> Spoil:
    """The remote write of that name, with other fields."""
    return lambda file: _write(file, which).update(fields)


def _write(file: File, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in file["remote_write"] if each["name"] == name)
    return found


def _keeping(tenant: str) -> list[File]:
    return [{"action": "keep", "source_labels": ["tenant"], "regex": tenant}]


STORE_MUTATIONS: Final[dict[str, tuple[str, Spoil]]] = {
    "the series of all under a tenant's name": (MAIN, write("apart/acme", write_relabel_configs=[])),
    "those of another": (MAIN, write("apart/acme", write_relabel_configs=_keeping("crew"))),
    "those of several": (MAIN, write("apart/acme", write_relabel_configs=_keeping("acme|crew"))),
    "another name": (MAIN, write("apart/acme", headers={"X-Scope-OrgID": "crew"})),
    "the name of a strict tenant": (MAIN, write("apart/acme", headers={"X-Scope-OrgID": "bank"})),
    "another header": (MAIN, write("some/crew", headers={"X-Other": "crew"})),
    "the metadata of all metrics": (MAIN, write("some/crew", metadata_config={"send": True})),
    "a tenant by a step behind": (MAIN, write("some/crew", write_relabel_configs=[*_keeping("crew"), LAST])),
    "a store elsewhere": (MAIN, write("some/crew", url="https://eve.example/push")),
    "a tenant that is left out": (MAIN, lambda file: file["remote_write"].remove(_write(file, "apart/crew"))),
    "a tenant twice": (MAIN, lambda file: file["remote_write"].append(_write(file, "apart/crew"))),
    "a tenant without a data source that sends a header": (MAIN, write("some/crew", name="some/acme")),
    "a rest that is all": (MAIN, write("some", write_relabel_configs=[])),
    "a rest that is a tenant's": (MAIN, write("apart", headers={"X-Scope-OrgID": "crew"})),
    "a plain store with a header that names a tenant": (MAIN, write("mimir", headers={"X-Scope-OrgID": "crew"})),
    "a strict tenant's series under another's name": (
        STRICT_MAIN,
        write("apart/bank", headers={"X-Scope-OrgID": "acme"}),
    ),
    "what a strict tenant's server has, under another's name": (
        STRICT_MAIN,
        write("apart", headers={"X-Scope-OrgID": "acme"}),
    ),
    "everything in a strict tenant's server": (STRICT_MAIN, write("some/bank", write_relabel_configs=[])),
    "reading as a tenant": (
        MAIN,
        top(remote_read=[{"url": "https://a.example", "headers": {"X-Scope-OrgID": "acme"}}]),
    ),
}

MUTATIONS: Final = {
    **{f"rules: {name}": each for name, each in RULES_MUTATIONS.items()},
    **{f"scrapes: {name}": each for name, each in SCRAPE_MUTATIONS.items()},
    **{f"dashboards: {name}": each for name, each in DASHBOARD_MUTATIONS.items()},
    **{f"own routes: {name}": each for name, each in route_mutations(OWN).items()},
    **{f"shared routes: {name}": each for name, each in route_mutations(SHARED).items()},
    **{f"linked: {name}": each for name, each in LINK_MUTATIONS.items()},
    **{f"stores: {name}": each for name, each in STORE_MUTATIONS.items()},
    **{f"heartbeat: {name}": each for name, each in HEARTBEAT_MUTATIONS.items()},
    **{
        f"shared heartbeat: {name}": each
        for name, each in {**heartbeat_route_mutations(SHARED), **outdated_heartbeat(SHARED)}.items()
    },
    **{f"strict heartbeat: {name}": each for name, each in heartbeat_route_mutations(STRICT).items()},
}

PATHS: Final = sorted({path for path, _ in MUTATIONS.values()})


@pytest.mark.parametrize("fresh", [True, False], ids=["built now", "kept"])
@pytest.mark.parametrize(("path", "spoil"), MUTATIONS.values(), ids=MUTATIONS)
def test_every_corrupted_field_is_found(path: str, spoil: Spoil, *, fresh: bool) -> None:
    found = proven(path, spoil, fresh=fresh)
    assert {each.rule for each in found.diagnostics} == {isolation.NOT_CONFINED}
    assert f"build/production/{path}" in {each.place.file for each in found.diagnostics if each.place}


@pytest.mark.parametrize(("path", "spoil"), outdated_heartbeat(STRICT).values(), ids=outdated_heartbeat(STRICT))
def test_a_fresh_strict_tenant_needs_the_current_heartbeat(path: str, spoil: Spoil) -> None:
    (found,) = proven(path, spoil).diagnostics
    assert found.rule is isolation.NOT_CONFINED


def test_a_kept_strict_tenant_may_have_an_earlier_heartbeat_or_none() -> None:
    files: dict[str, Any] = {path: deepcopy(each) for path, each in values().items()}
    heartbeat_node(repeat_interval="1h")(files[f"build/production/{STRICT}"])
    assert judged(files, fresh=False).messages == []
    files[f"build/production/{STRICT}"]["route"]["routes"].pop(0)
    files[f"build/production/{STRICT}"]["receivers"].remove(_heartbeat_receiver(files[f"build/production/{STRICT}"]))
    files[f"build/production/{STRICT_MAIN}"]["rule_files"].pop(0)
    assert judged(files, fresh=False).messages == []
    assert len(judged(files).messages) > 1


def test_uncorrupted_files_pass() -> None:
    found = proven()
    assert found.messages == []
    assert found.proven == Proven(rules=67, queries=66, routes=17, alerts=44)


def test_there_are_many_mutations() -> None:
    assert len(MUTATIONS) > 40


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", ["text", 7, {"groups": [None]}, {"route": []}, {"panels": [[]]}, {"zoo": 1}], ids=str)
def test_a_file_of_any_other_shape_is_reported(path: str, value: Value) -> None:
    assert judged({**values(), f"build/production/{path}": value}).messages


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", [None, {}, []], ids=["nothing", "no keys", "no items"])
def test_an_empty_file_raises_no_error(path: str, value: Value) -> None:
    judged({**values(), f"build/production/{path}": value})
