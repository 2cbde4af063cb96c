"""The limits of scrapes: what a tenant is granted for each of them, and what a scrape makes of it."""

from collections.abc import Mapping
from typing import Final, cast

from varve.model.source import Map
from varve.resolve.discovery import is_found

LIMITS: Final = (
    "sample_limit",
    "target_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
)
"""The names of them, which are those of Prometheus."""

_FOUND: Final[Mapping[str, int]] = {"target_limit": 1_000}
"""What bounds a scrape whose targets are found and that nobody bounds: as many of them as a scrape could name."""


def granted(value: Map) -> Mapping[str, int]:
    """What the quotas of a unit say of each scrape."""
    said = cast("dict[str, int]", value.get("quotas") or {})
    return {name: said[name] for name in LIMITS if name in said}


def limits(value: Map, job: Map) -> Mapping[str, int]:
    """The limits of a scrape or a probe of a unit: its own, and what is granted where it says none, or more."""
    most = granted(value)
    own = {name: cast("int", job[name]) for name in LIMITS if name in job}
    return {**bounds(value, job), **{name: min(each, most.get(name, each)) for name, each in own.items()}}


def bounds(value: Map, job: Map) -> Mapping[str, int]:
    """What bounds a scrape or a probe that says no less: what is granted, and how many targets may be found."""
    return {**(_FOUND if is_found(job) else {}), **granted(value)}
