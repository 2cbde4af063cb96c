"""Service discovery for scrapes that name no targets: only the platform configures it, never a tenant."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from varve.model.unit import Environment
from varve.resolve.platform import credentials

if TYPE_CHECKING:
    from varve.model.source import Map

KEYS: Final[Mapping[str, str]] = {"files": "file_sd_configs", "http": "http_sd_configs"}
"""Prometheus' field for each way of discovery that a platform can configure."""


def is_discovered(scrape: "Map") -> bool:
    """Whether a scrape discovers targets, in addition to those that it may name."""
    return scrape.get("discovered") is True


def settings(environment: Environment) -> "Map":
    """The platform's `discovery` map, with one of the keys of `KEYS`; empty if not set."""
    return cast("Map", environment.platform.get("discovery") or {})


def discovery(environment: Environment, job: str) -> "Map":
    """The discovery fields of the job named `job`, `<tenant>/<service>/<scrape>`; empty if none are configured.

    Job names are unique, so no two jobs get the same targets.
    """
    return {
        KEYS[way]: [_sd_config(environment, way, cast("Map", each), job)] for way, each in settings(environment).items()
    }


def _sd_config(environment: Environment, way: str, own: "Map", job: str) -> "Map":
    refresh: Map = {"refresh_interval": own["refresh"]} if "refresh" in own else {}
    if way == "files":
        return {"files": [f"{_without_slash(own['folder'])}/{job}.json"], **refresh}
    return {"url": f"{_without_slash(own['url'])}/{job}", **refresh, **credentials(environment, "platform", own)}


def _without_slash(place: object) -> str:
    return str(place).rstrip("/")
