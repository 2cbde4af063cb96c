"""The scrape jobs of a tenant: each sets `tenant`, whatever its targets claim, and uses only the tenant's logins.

A job may set whatever Prometheus knows of a scrape, except for what makes it connect elsewhere than to its targets.
"""

from collections.abc import Iterator
from typing import Final, cast

from varve.language.promql import LABEL
from varve.link.isolation.discovery import DISCOVERY_FIELDS, discovery_breaches
from varve.link.isolation.evidence import Breach, Facts, File, Name, Proof, is_own
from varve.link.isolation.secret import leaks
from varve.link.isolation.shape import MAP, TEXT, TEXTS, TRUTH, Shape, empty, listed, maps, misshapen
from varve.model.source import Keys, Map

_STEP: Final[Shape] = {
    **dict.fromkeys(("separator", "regex", "modulus", "target_label", "replacement", "action"), TEXT),
    "source_labels": [TEXT],
}
_LIMITS: Final = (
    "body_size_limit",
    "keep_dropped_targets",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "native_histogram_bucket_limit",
    "native_histogram_min_bucket_factor",
    "sample_limit",
    "target_limit",
)
_FORMATS: Final = ("fallback_scrape_protocol", "metric_name_escaping_scheme", "metric_name_validation_scheme")
_SWITCHES: Final = (
    "always_scrape_classic_histograms",
    "convert_classic_histograms_to_nhcb",
    "enable_compression",
    "enable_http2",
    "extra_scrape_metrics",
    "follow_redirects",
    "honor_labels",
    "honor_timestamps",
    "scrape_classic_histograms",
    "scrape_native_histograms",
    "track_timestamps_staleness",
)
_TLS: Final[Shape] = {
    **dict.fromkeys(("ca_file", "cert_file", "key_file", "server_name", "min_version", "max_version"), TEXT),
    "insecure_skip_verify": TRUTH,
}
JOBS: Final[Shape] = [
    {
        **dict.fromkeys(("job_name", "scrape_interval", "scrape_timeout", "scheme", "metrics_path"), TEXT),
        **dict.fromkeys((*_LIMITS, *_FORMATS), TEXT),
        **dict.fromkeys(_SWITCHES, TRUTH),
        "scrape_protocols": [TEXT],
        "params": {"*": [TEXT]},
        "basic_auth": {"username": TEXT, "password_file": TEXT},
        "authorization": {"type": TEXT, "credentials_file": TEXT},
        "tls_config": _TLS,
        "static_configs": [{"targets": [TEXT], "labels": TEXTS}],
        **{key: [MAP] for key in DISCOVERY_FIELDS},
        **{key: [_STEP] for key in ("relabel_configs", "metric_relabel_configs")},
    }
]
"""The keys that a job may have: others lead to files, headers, proxies, other service discoveries or other servers."""

_SHAPE: Final[Shape] = {"scrape_configs": JOBS}


def prove(file: File, facts: Facts) -> Proof:
    """What is proven of a scrape file, or its breaches."""
    if wrong := misshapen(file.value, _SHAPE) or tuple(empty(file.value)):
        return Proof(wrong)
    jobs = maps(cast("Map", file.value or {}), "scrape_configs")
    return Proof(
        tuple(each for index, job in enumerate(jobs) for each in job_breaches(job, file.tenant, facts, index)),
        tuple(Name("job", str(job.get("job_name")), ("scrape_configs", at)) for at, job in enumerate(jobs)),
    )


def job_breaches(job: Map, tenant: str, facts: Facts, index: int) -> Iterator[Breach]:
    """The breaches of the job at a position of the list."""
    at: Keys = ("scrape_configs", index)
    if not is_own(job.get("job_name"), tenant):
        yield Breach("a job is not named after its tenant", (*at, "job_name"))
    if job.get("honor_labels") is not False:
        yield Breach("a job honours the labels of its targets", at)
    for field, needed in (("relabel_configs", True), ("metric_relabel_configs", False)):
        steps = listed(job, field)
        if (steps or needed) and steps[-1:] != [{"target_label": LABEL, "replacement": tenant}]:
            yield Breach(f"`{field}` of a job does not end by setting its own `{LABEL}`", at)
    yield from discovery_breaches(job, facts, at)
    own: Map = {key: each for key, each in job.items() if key not in DISCOVERY_FIELDS}
    yield from leaks(own, f"{facts.secrets}/tenants/{tenant}", facts.secrets, at)
