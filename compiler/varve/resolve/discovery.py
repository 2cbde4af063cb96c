"""Where the targets of a scrape are found that names none itself: the platform's word, and no tenant's."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from varve.model.unit import Environment
from varve.resolve.platform import credentials

if TYPE_CHECKING:
    from varve.model.source import Map

KEYS: Final[Mapping[str, str]] = {"files": "file_sd_configs", "http": "http_sd_configs"}
"""Prometheus's words for the ways in which a platform can say it."""


def is_found(scrape: "Map") -> bool:
    """Whether a scrape has its targets found, beside those that it may name."""
    return scrape.get("discovered") is True


def said(environment: Environment) -> "Map":
    """What the platform says of it: one of the ways in `KEYS`, or nothing."""
    return cast("Map", environment.platform.get("discovery") or {})


def discovery(environment: Environment, job: str) -> "Map":
    """What a job says of it, `job` being its name, `<tenant>/<service>/<scrape>`; nothing where the platform is silent.

    No two jobs have one name, so no two of them are given the same targets.
    """
    return {KEYS[way]: [_way(environment, way, cast("Map", each), job)] for way, each in said(environment).items()}


def _way(environment: Environment, way: str, own: "Map", job: str) -> "Map":
    refresh: Map = {"refresh_interval": own["refresh"]} if "refresh" in own else {}
    if way == "files":
        return {"files": [f"{_below(own['folder'])}/{job}.json"], **refresh}
    return {"url": f"{_below(own['url'])}/{job}", **refresh, **credentials(environment, "platform", own)}


def _below(place: object) -> str:
    return str(place).rstrip("/")
