"""Jira as its maker runs it: which addresses are of it, and which Alertmanager can find an issue there."""

from typing import Final
from urllib.parse import urlsplit

from varve.language.version import Version

_SITES: Final = ".atlassian.net"
_GATEWAY: Final = "api.atlassian.com"
_SEARCHES: Final = Version(0, 29)
_SEARCHES_RIGHT: Final = Version(0, 31)


def since(url: str) -> Version | None:
    """The first Alertmanager that searches there as Jira Cloud demands, or None where Jira is somebody's own.

    Until 0.31 it takes the first `/2` of an address for the API's version, be it the name of a site or an id.
    """
    host = urlsplit(url).hostname or ""
    if not host.endswith(_SITES) and host != _GATEWAY:
        return None
    return _SEARCHES_RIGHT if "/2" in url.partition("/rest/api/2")[0] else _SEARCHES
