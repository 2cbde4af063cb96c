"""The links of an alert lead to systems that exist: its dashboard by uid, and a prefilled silence."""

from typing import Final
from urllib.parse import unquote

from tests.emit.alertmanager.notifying import notifying
from tests.emit.repository import task
from tests.emit.test_target import ALL, GRAFANA
from varve.emit import address
from varve.emit.kit import Task
from varve.language import matcher
from varve.language.grafana.uid import uid
from varve.language.matcher import Matcher

STRICT: Final = '{acme: {alertmanagers: ["own:9093"], alertmanager_url: "https://own.example/am/", grafana_org: 7}}'


def dashboard_url(task: Task, service: str) -> str | None:
    return address.dashboard_url(task.unit, task.environment, service)


def silence_url(task: Task, alert: str, service: str) -> str | None:
    base = address.silences(task.unit, task.environment)
    return base and address.silence_url(base, alert, "acme", service)


def _task(targets: str = ALL, **more: str) -> Task:
    settings = {"grafana": GRAFANA, "alertmanager": '{url: "https://alerts.example/"}', **more}
    production = {"environments/production.yaml": f"platform: {{targets: {targets}}}\n"}
    return task({**notifying("labels: {}", more=settings), **production})


def test_alerts_of_a_service_link_to_its_dashboard_and_others_to_the_tenants() -> None:
    base = "https://grafana.example/d/"
    assert dashboard_url(_task(), "checkout") == base + uid("production", "acme", "service", "checkout") + "?orgId=1"
    assert dashboard_url(_task(), "") == base + uid("production", "acme", "tenant") + "?orgId=1"


def test_a_silence_has_matchers_that_alertmanager_accepts() -> None:
    url = silence_url(_task(), "QueueStuck", "checkout") or ""
    base, _, filled = url.partition("#/silences/new?filter=")
    assert base == "https://alerts.example/"
    assert set(matcher.read(unquote(filled))) == {
        Matcher("alertname", "=", "QueueStuck"),
        Matcher("tenant", "=", "acme"),
        Matcher("service", "=", "checkout"),
    }
    assert "service" not in (silence_url(_task(), "QueueStuck", "") or "service")
    url = address.silence_url("", "QueueStuck", "acme", "checkout", (("severity", "warning"),))
    assert {*matcher.read(unquote(url.partition("=")[2]))} == {
        *matcher.read(unquote(filled)),
        Matcher("severity", "=", "warning"),
    }


def test_a_strict_tenants_links_lead_to_its_own_systems() -> None:
    own = _task(strict=STRICT)
    assert (silence_url(own, "A", "") or "").startswith("https://alerts.example/#")
    assert (dashboard_url(own, "") or "").endswith("?orgId=1")
    own.unit.value["tenant"]["isolation"] = "strict"  # type: ignore[call-overload, index]
    assert (silence_url(own, "A", "") or "").startswith("https://own.example/am/#")
    assert (dashboard_url(own, "") or "").endswith("?orgId=7")


def test_there_is_no_link_to_a_system_that_is_not_run() -> None:
    only = _task('{prometheus: {version: "3.5"}}')
    only.environment.platform["targets"] = {"prometheus": {"version": "3.5"}}
    assert dashboard_url(only, "checkout") is None
    assert silence_url(only, "A", "checkout") is None
