"""The limits of scrapes: what a tenant's quotas grant each scrape, and the limits that result."""

from collections.abc import Mapping
from typing import Final, cast

from varve.model.source import Map
from varve.resolve.discovery import is_discovered

LIMITS: Final = (
    "sample_limit",
    "target_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
)
"""The names of the limits, the same as in Prometheus."""

_DISCOVERED_LIMITS: Final[Mapping[str, int]] = {"target_limit": 1_000}
"""The default limit of a scrape that discovers its targets: as many as a scrape may name."""


def granted(value: Map) -> Mapping[str, int]:
    """The limits of each scrape that the quotas of a unit set."""
    quotas = cast("dict[str, int]", value.get("quotas") or {})
    return {name: quotas[name] for name in LIMITS if name in quotas}


def limits(value: Map, job: Map) -> Mapping[str, int]:
    """The limits of a scrape or a probe of a unit: its own, at most the granted ones, which also fill its gaps."""
    most = granted(value)
    own = {name: cast("int", job[name]) for name in LIMITS if name in job}
    return {**bounds(value, job), **{name: min(each, most.get(name, each)) for name, each in own.items()}}


def bounds(value: Map, job: Map) -> Mapping[str, int]:
    """The upper bounds of a scrape or a probe: what is granted, and how many targets may be discovered."""
    return {**(_DISCOVERED_LIMITS if is_discovered(job) else {}), **granted(value)}
