"""A real Prometheus on a compiled file writes what is of each tenant under its name, and nothing else under it."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
import yaml

from tests.emit.repository import CHECKOUT, SEALED, sound
from tests.live.process import running, until
from tests.live.store import Labels, Sent, store

Named: TypeAlias = tuple[str, str | None]
"""The path of a store, and the name under which something is written there; None where there is no header."""

MAINS: Final = ("shared", "tenants/bank")
SECONDS: Final = 90
EXPOSED: Final = b"# HELP queue_depth What waits.\n# TYPE queue_depth gauge\nqueue_depth 7\n"
PLATFORM: Final = """platform:
  targets: {prometheus: {version: "%(version)s"}, alertmanager: {version: "0.34"}, grafana: {version: "13.0"}}
  prometheus: {scrape_interval: 1s, evaluation_interval: 1s}
  external_labels: {cluster: eu-1}
  alertmanagers: ["127.0.0.1:9"]
  alertmanager: {url: "https://alerts.example"}
  receiver: {webhook: {url: {secret: alerts/token}}}
  heartbeat: {url: {secret: alerts/token}, interval: 10s}
  grafana:
    url: https://grafana.example
    dashboards: /var/lib/varve
    datasources:
      logical: {url: "http://prometheus.example:9090"}
      partial: {url: "http://mimir.example/prometheus", header: X-Scope-OrgID}
  strict:
    bank:
      alertmanagers: ["127.0.0.2:9"]
      alertmanager_url: https://alerts.bank.example
      heartbeat_url: {secret: alerts/password}
      prometheus_url: "http://prometheus.bank.example:9090"
      grafana_org: 2
  remote_write:
    all: {url: "%(store)s/all", tenants: {header: X-Scope-OrgID, rest: infra}}
    some: {url: "%(store)s/some", tenants: {header: THANOS-TENANT, of: partial, rest: infra}}
    alone: {url: "%(store)s/alone", tenants: {header: X-Scope-OrgID, of: partial}}
    plain: {url: "%(store)s/plain"}
"""
TENANT: Final = "tenant: {name: %s, tier: gold, region: eu-west-1, isolation: %s, owners: [sre@%s.example]}\n"
PLAIN: Final[Named] = ("/plain", None)
KINDS: Final = {"acme": "logical", "crew": "partial", "crew-2": "partial", "bank": "strict"}
SERVICE: Final = "scrape: {app: {targets: ['app.%s.example:80']}}\nrecords: {'app:one': {expr: vector(1)}}\n"
WRITTEN: Final[Mapping[Named, set[str | None]]] = {
    ("/all", "acme"): {"acme"},
    ("/all", "crew"): {"crew"},
    ("/all", "crew-2"): {"crew-2"},
    ("/all", "bank"): {"bank"},
    ("/all", "infra"): {None},
    ("/some", "crew"): {"crew"},
    ("/some", "crew-2"): {"crew-2"},
    ("/some", "bank"): {"bank"},
    ("/some", "infra"): {None, "acme"},
    ("/alone", "crew"): {"crew"},
    ("/alone", "crew-2"): {"crew-2"},
    ("/alone", "bank"): {"bank"},
    PLAIN: {None, *KINDS},
}
"""Whose series are written where; of no tenant is the heartbeat."""


def compiled(folder: Path, version: str, url: str) -> None:
    """All that the servers run on. They ask a proxy for their targets, and say soon what metrics mean.

    What is said in a header stands behind the URL too: Debian's Prometheus 2.42 sends no headers that are configured.
    """
    changed: dict[str, str | None] = {
        "environments/production.yaml": PLATFORM % {"version": version, "store": url},
        "environments/secrets/alerts.sops.yaml": SEALED,
        CHECKOUT: None,
    }
    for tenant, kind in KINDS.items():
        changed[f"tenants/{tenant}/tenant.yaml"] = TENANT % (tenant, kind, tenant)
        changed[f"tenants/{tenant}/services/app.yaml"] = SERVICE % tenant
    for path, artifact in sound(changed).artifacts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(artifact.data)
        if "/scrape/" in path or path.endswith("/prometheus.yaml"):
            config = yaml.safe_load(artifact.data)
            _adapted(config, url)
            (folder / path).write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")


def _adapted(file: Any, url: str) -> None:  # noqa: ANN401 - YAML
    for job in file.get("scrape_configs", []):
        job["proxy_url"] = url
    for entry in file.get("remote_write", []):
        entry["url"] += "".join(f"?{name}" for name in entry.get("headers", {}).values())
        entry["metadata_config"] = {**entry.get("metadata_config", {}), "send_interval": "1s"}


def written(sent: list[Sent]) -> dict[Named, set[Labels]]:
    """The series that came, without what differs between a server's stores, by where and under which name."""
    found = defaultdict[Named, set[Labels]](set)
    for each in list(sent):
        path, _, name = each.path.partition("?")
        found[path, name or None].update(each.series)
    return found


def headers(sent: list[Sent]) -> dict[Named, set[tuple[str | None, ...]]]:
    """What two headers said wherever something came."""
    found = defaultdict[Named, set[tuple[str | None, ...]]](set)
    for each in sent:
        path, _, name = each.path.partition("?")
        found[path, name or None].add(tuple(each.headers.get(header) for header in ("x-scope-orgid", "thanos-tenant")))
    return found


def tenants(series: set[Labels]) -> set[str | None]:
    """Whose they are."""
    return {dict(each).get("tenant") for each in series}


def due(found: Mapping[Named, set[Labels]]) -> dict[Named, set[Labels]]:
    """What has to have come, when a store that does not tell tenants apart has got this."""
    return {name: {each for each in found[PLAIN] if dict(each).get("tenant") in own} for name, own in WRITTEN.items()}


@pytest.mark.parametrize(("server", "version"), [("prometheus_newest", "3.5"), ("prometheus_oldest", "2.42")])
def test_each_tenants_series_come_under_its_name_and_no_others(
    server: str, version: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    program, sent = str(request.getfixturevalue(server)), list[Sent]()
    with ExitStack() as stack:
        url = stack.enter_context(store(sent, EXPOSED))
        compiled(tmp_path, version, url)
        for main in MAINS:
            folder = tmp_path / "build/production" / main
            (folder / "data").mkdir()
            flags = [f"--config.file={folder}/prometheus.yaml", "--web.listen-address=127.0.0.1:0"]
            stack.enter_context(running([program, *flags, "--storage.tsdb.path=series"], folder / "data", {}))
        assert until(lambda: _is_complete(sent), SECONDS), {name: tenants(each) for name, each in written(sent).items()}
    assert {name: tenants(each) for name, each in written(sent).items()} == WRITTEN
    assert {each.path for each in sent if each.metadata} == {"/plain"}
    if server == "prometheus_newest":
        expected = {(path, name): {(None, name) if path == "/some" else (name, None)} for path, name in WRITTEN}
        assert headers(sent) == expected


def _is_complete(sent: list[Sent]) -> bool:
    """Whether every tenant was heard of where nobody is told apart, and what came there has come elsewhere, too."""
    found = written(sent)
    scraped = {dict(each).get("tenant") for each in found[PLAIN] if ("__name__", "queue_depth") in each}
    is_explained = any(each.metadata for each in sent)
    return is_explained and scraped == {*KINDS} and tenants(found[PLAIN]) == WRITTEN[PLAIN] and found == due(found)
