"""Where the targets of a job are discovered: only where the platform sets it, for this job.

Whoever chooses the file or the server of the targets chooses where Prometheus connects, and with which of its logins.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from varve.link.isolation.evidence import Breach, Facts
from varve.link.isolation.shape import under
from varve.model.source import Keys, Map, Value
from varve.resolve.notify import PLATFORM

_FILES: Final = "file_sd_configs"
_HTTP: Final = "http_sd_configs"
DISCOVERY_FIELDS: Final = (_FILES, _HTTP)
"""The fields of a job for service discovery: those of Prometheus' mechanisms that the platform's settings offer."""

_LOGINS: Final[Mapping[str, str]] = {"basic_auth": "password", "authorization": "credentials"}
_ID: Final = "[a-z][a-z0-9-]*"
_SCRAPE: Final = re.compile(f"{_ID}/{_ID}/{_ID}")
"""The name of a job that is a scrape; it contains nothing that would lead elsewhere as part of a path."""


def discovery_breaches(job: Map, facts: Facts, at: Keys) -> Iterator[Breach]:
    """The service discoveries of a job that are not what the platform sets for it."""
    fields = [field for field in DISCOVERY_FIELDS if field in job]
    due = _due_fields(str(job.get("job_name")), facts) if fields else {}
    for field in fields:
        if job[field] != due.get(field):
            yield Breach("targets are discovered elsewhere than the platform sets for this job", (*at, field))


def _due_fields(name: str, facts: Facts) -> Mapping[str, Value]:
    files, http = (under(facts.discovery or {}, kind) for kind in ("files", "http"))
    if not _SCRAPE.fullmatch(name):
        return {}
    if files:
        return {_FILES: [{"files": [f"{_folder(files, 'folder')}/{name}.json"], **_refresh(files)}]}
    if http:
        logins = {kind: _login(under(http, kind), field, facts) for kind, field in _LOGINS.items() if kind in http}
        return {_HTTP: [{"url": f"{_folder(http, 'url')}/{name}", **_refresh(http), **logins}]}
    return {}


def _folder(settings: Map, key: str) -> str:
    return str(settings.get(key)).rstrip("/")


def _refresh(settings: Map) -> Map:
    return {"refresh_interval": settings["refresh"]} if "refresh" in settings else {}


def _login(login: Map, field: str, facts: Facts) -> Map:
    """A login of the platform, with its secret in a file of the platform's folder."""
    file = f"{facts.secrets}/{PLATFORM}/{under(login, field).get('secret')}"
    return {**{key: each for key, each in login.items() if key != field}, f"{field}_file": file}
