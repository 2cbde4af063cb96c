"""What the machines of the example would say when they are scraped: all is well, but for what a scene breaks."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.live.internet import Answer, Request

HEALTHY = """\
http_requests_total{code="200"} %(fast)s
http_request_duration_seconds_bucket{le="0.1"} %(fast)s
http_request_duration_seconds_bucket{le="0.5"} %(fast)s
http_request_duration_seconds_bucket{le="+Inf"} %(fast)s
http_request_duration_seconds_count %(fast)s
dispatch_request_duration_seconds_bucket{le="0.1"} %(fast)s
dispatch_request_duration_seconds_bucket{le="+Inf"} %(fast)s
envoy_cluster_upstream_rq_time_seconds_bucket{le="0.1"} %(fast)s
envoy_cluster_upstream_rq_time_seconds_bucket{le="+Inf"} %(fast)s
vault_request_seconds_bucket{le="0.1"} %(fast)s
vault_request_seconds_bucket{le="+Inf"} %(fast)s
vault_requests_total{status="200"} %(fast)s
vault_tokenisations_total{result="ok"} %(fast)s
envoy_cluster_upstream_rq_total{response_code="200"} %(fast)s
core_bookings_total{result="booked"} %(fast)s
sepa_instant_transfers_total{outcome="accepted"} %(fast)s
telemetry_messages_total{result="stored"} %(fast)s
quotes_total{result="priced"} %(fast)s
documents_sent_total %(fast)s
routing_plans_total{late="false"} %(fast)s
probe_success 1
"""
"""What everybody counts; a host that says what it need not is no fault. A thousand a second go on."""

DOWN = "down"
SILENT = "silent"


@dataclass(slots=True)
class Scene:
    """What is broken now: by host, or by the URL that a probe asks, lines beside the healthy ones, DOWN or SILENT.

    `logins` are the hosts that want one.
    """

    logins: Mapping[str, str]
    broken: dict[str, str] = field(default_factory=dict)
    healed: dict[str, str] = field(default_factory=dict)


def answer(scene: Scene, request: Request) -> Answer:
    """What a host says to a scrape, or the blackbox exporter of the URL that it is asked to probe."""
    wanted = scene.logins.get(request.host)
    if wanted not in {None, request.headers.get("authorization")}:
        return Answer(401)
    target = parse_qs(urlsplit(request.path).query).get("target", [request.host])[0]
    samples = scene.broken.get(target, scene.healed.get(target, ""))
    if samples == DOWN:
        return Answer(503)
    now = {"fast": f"{time.time() * 1000:.0f}", "now": f"{time.time():.3f}"}
    text = "" if samples == SILENT else f"{_healthy(samples)}{samples}\n" % now
    return Answer(200, text.encode(), "text/plain; version=0.0.4")


def _healthy(samples: str) -> str:
    """The healthy lines whose metric is not said otherwise."""
    otherwise = {line.partition("{")[0].partition(" ")[0] for line in samples.splitlines()}
    return "".join(line for line in HEALTHY.splitlines(keepends=True) if line.split(" ")[0] not in otherwise)
